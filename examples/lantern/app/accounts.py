"""Accounts."""

import secrets

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel

from app import store
from app.settings import CONFIG

router = APIRouter()


class SignUp(BaseModel):
    """A new account."""

    phone: str
    birthday: str
    accepted_agreement: str = ""


def accept_agreement(phone: str, version: str) -> None:
    """Refuse a sign-up without the current agreement; record which version was accepted and when."""
    if version != CONFIG["agreement"]["version"]:
        raise HTTPException(status_code=422, detail="请先阅读并同意服务协议")
    store.insert("acceptances", phone=phone, version=version)


@router.post("/register", status_code=201)
def register(form: SignUp) -> dict[str, str]:
    """Open an account."""
    accept_agreement(form.phone, form.accepted_agreement)
    user = store.insert("accounts", phone=form.phone, birthday=form.birthday, minor=is_minor(form.birthday), state="active")
    token = secrets.token_urlsafe(32)
    store.insert("sessions", user_id=user, token=token)
    return {"session": token}


def is_minor(birthday: str) -> bool:
    """Return whether the person was born less than eighteen years ago."""
    from datetime import date

    born = date.fromisoformat(birthday)
    today = date.today()
    return (today.year - born.year) - ((today.month, today.day) < (born.month, born.day)) < 18
