from fastapi import FastAPI, HTTPException
from openai import OpenAI

app = FastAPI()
client = OpenAI()


CONTACTS: dict[str, tuple[int, str]] = {}


def store_contact(user: str, age: int, contact: str) -> None:
    if not contact:
        raise HTTPException(422, "请填写监护人或者紧急联系人")
    CONTACTS[user] = (age, contact)


@app.post("/api/register")
def register(user: str, age: int, contact: str, agreed: str):
    store_contact(user, age, contact)
    record_acceptance(user, agreed)
    return {"user": user}


ACCEPTANCES: list[tuple[str, str]] = []


def record_acceptance(user: str, agreed: str) -> None:
    if agreed != "2026-07":
        raise HTTPException(422, "请先同意服务协议")
    ACCEPTANCES.append((user, agreed))
