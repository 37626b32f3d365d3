"""Pictures."""

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from pydantic import BaseModel

from app import models, records
from app.filters import check_input, check_picture
from app.labels import mark_picture, write_metadata
from app.minors import guard_minor

router = APIRouter()


class Wish(BaseModel):
    """What a person would like to see."""

    prompt: str


@router.post("/pictures")
async def picture(wish: Wish, user: dict = Depends(guard_minor)) -> Response:
    """Draw one picture, marked for people and for machines."""
    prompt = check_input(user["id"], wish.prompt)
    png = check_picture(await models.draw(prompt))
    records.keep(user["id"], prompt)
    return Response(write_metadata(mark_picture(png)), media_type="image/png")
