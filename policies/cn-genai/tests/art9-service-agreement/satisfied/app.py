from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

app = FastAPI()
ACCEPTED: dict[str, str] = {}
USERS: list[str] = []
VERSION = "2026-03"


class SignUp(BaseModel):
    phone: str
    accepted: str


def record_acceptance(phone: str, version: str) -> None:
    if version != VERSION:
        raise HTTPException(400, "请先同意服务协议")
    ACCEPTED[phone] = version


@app.post("/api/register", status_code=201)
def register(form: SignUp):
    record_acceptance(form.phone, form.accepted)
    USERS.append(form.phone)
    return {"user": len(USERS)}
