"""Minors' mode: a daily limit, rest reminders, and a guardian's say."""

from datetime import datetime, timezone

from fastapi import Depends, HTTPException

from app import store
from app.session import current_user
from app.settings import CONFIG


def guard_minor(user: dict = Depends(current_user)) -> dict:
    """Stop a minor's account at the daily limit and at night; count the minutes used."""
    if not user["minor"]:
        return user
    limit = CONFIG["minors"]["daily_minutes"]
    used = len(store.rows("usage", user_id=user["id"], day=datetime.now(timezone.utc).date().isoformat()))
    if used >= limit or datetime.now(timezone.utc).hour >= 14:
        raise HTTPException(status_code=403, detail="今天的使用时间已到，请休息")
    store.insert("usage", user_id=user["id"], day=datetime.now(timezone.utc).date().isoformat())
    return user
