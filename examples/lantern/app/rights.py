"""Requests about one's own personal information."""

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from app import store
from app.session import current_user

router = APIRouter()


class Profile(BaseModel):
    """What a person may correct or add."""

    name: str | None = None
    birthday: str | None = None


@router.get("/data")
def inspect(user: dict = Depends(current_user)) -> dict:
    """Show what is held."""
    return {"account": user, "prompts": store.rows("prompts", user_id=user["id"])}


@router.get("/data/export")
def export(user: dict = Depends(current_user)) -> dict:
    """Hand out a copy."""
    store.insert("requests", user_id=user["id"], kind="copy")
    return {"account": user, "prompts": store.rows("prompts", user_id=user["id"]), "usage": store.rows("usage", user_id=user["id"])}


@router.patch("/data")
def correct(profile: Profile, user: dict = Depends(current_user)) -> dict:
    """Correct or supplement the account."""
    store.update("accounts", user["id"], **profile.model_dump(exclude_none=True))
    store.insert("requests", user_id=user["id"], kind="correct")
    return {"done": True, "account": store.rows("accounts", id=user["id"])[0]}


@router.delete("/data")
def erase(user: dict = Depends(current_user)) -> dict:
    """Delete what is held about the person, the account included."""
    for table in ("prompts", "usage", "sessions"):
        store.delete(table, user_id=user["id"])
    store.delete("accounts", id=user["id"])
    return {"done": True, "left": len(store.rows("prompts", user_id=user["id"]))}
