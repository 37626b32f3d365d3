"""Complaints and reports, open to everybody, with or without an account."""

from fastapi import APIRouter
from pydantic import BaseModel

from app import store

router = APIRouter()


class Complaint(BaseModel):
    """What is wrong, and how to answer."""

    subject: str
    text: str
    contact: str


@router.post("/complaints", status_code=201)
def complain(complaint: Complaint) -> dict[str, int]:
    """Take a complaint in and give it a number."""
    number = store.insert("complaints", subject=complaint.subject, text=complaint.text, contact=complaint.contact, state="received")
    return {"number": number}


@router.get("/complaints/{number}")
def state(number: int) -> dict[str, object]:
    """Say how far a complaint has got and what came of it."""
    found = store.rows("complaints", id=number)
    return {"state": found[0]["state"], "result": found[0]["result"]} if found else {"state": "unknown"}


def close(number: int, result: str) -> None:
    """Close a complaint and send the result to the person who made it."""
    store.update("complaints", number, state="closed", result=result)
    notify(store.rows("complaints", id=number)[0]["contact"], result)


def notify(contact: object, result: str) -> None:
    """Put the answer into the outgoing mail."""
    store.insert("outbox", contact=contact, text=result)
