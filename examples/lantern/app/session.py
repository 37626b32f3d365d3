"""Who is asking."""

from fastapi import Cookie, HTTPException

from app import store


def current_user(session: str = Cookie(default="")) -> dict:
    """Return the account behind the session cookie, or refuse."""
    found = store.rows("sessions", token=session)
    if not found:
        raise HTTPException(status_code=401)
    account = store.rows("accounts", id=found[0]["user_id"])[0]
    if account["state"] in ("suspended", "closed"):
        raise HTTPException(status_code=403)
    return account
