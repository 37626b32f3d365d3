"""The desk of the people who act on illegal content."""

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from app import complaints, store
from app.session import current_user

router = APIRouter(dependencies=[Depends(current_user)])


class Order(BaseModel):
    """What to take down, and why."""

    content_id: int
    reason: str


@router.post("/takedown")
def take_down(order: Order) -> dict[str, object]:
    """Stop generating and sending it, remove it, and keep the record for correction and report."""
    store.delete("prompts", id=order.content_id)
    store.insert("blocked", content_id=order.content_id, reason=order.reason)
    store.insert("incidents", content_id=order.content_id, reason=order.reason, fix="", reported="")
    return {"removed": order.content_id}


@router.post("/complaints/{number}/close")
def close_complaint(number: int, order: Order) -> dict[str, int]:
    """Answer a complaint."""
    complaints.close(number, order.reason)
    return {"closed": number}
