"""Pages that everybody can read."""

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates
from starlette.requests import Request

router = APIRouter()
templates = Jinja2Templates(directory="templates")


@router.get("/", response_class=HTMLResponse)
def home(request: Request) -> HTMLResponse:
    """The chat page."""
    return templates.TemplateResponse(request, "home.html")


@router.get("/docs-of-service/{name}", response_class=HTMLResponse)
def document(request: Request, name: str) -> HTMLResponse:
    """Show one of the published documents."""
    known = {p.name: p for p in Path("docs").glob("*.md")}
    text = known[name].read_text(encoding="utf-8") if name in known else ""
    return templates.TemplateResponse(request, "document.html", {"text": text})
