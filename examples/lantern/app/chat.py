"""Chat."""

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from app import models, records
from app.filters import check_input, check_output
from app.labels import mark_stream, mark_text
from app.minors import guard_minor

router = APIRouter()


class Question(BaseModel):
    """What a person asks."""

    prompt: str


@router.post("/chat")
async def chat(question: Question, user: dict = Depends(guard_minor)) -> dict[str, str]:
    """Answer in one piece."""
    prompt = check_input(user["id"], question.prompt)
    text = check_output(await models.answer(prompt))
    records.keep(user["id"], prompt)
    return {"answer": mark_text(text)}


@router.post("/chat/stream")
async def chat_stream(question: Question, user: dict = Depends(guard_minor)) -> StreamingResponse:
    """Answer while it is written."""
    prompt = check_input(user["id"], question.prompt)
    records.keep(user["id"], prompt)
    return StreamingResponse(mark_stream(checked(models.answer_in_pieces(prompt))), media_type="text/event-stream")


async def checked(pieces):
    """Check each sentence before it leaves."""
    async for piece in pieces:
        yield check_output(piece)
