from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()
PEOPLE: dict[str, dict[str, str]] = {}


class Change(BaseModel):
    nickname: str


@app.get("/api/me")
def inspect(user: str):
    return PEOPLE.get(user, {})


@app.get("/api/me/export")
def export(user: str):
    return {"user": user, "data": dict(PEOPLE.get(user, {}))}


@app.patch("/api/me")
def correct(user: str, change: Change):
    PEOPLE.setdefault(user, {})["nickname"] = change.nickname
    return PEOPLE[user]


@app.delete("/api/me")
def delete(user: str):
    PEOPLE.pop(user, None)
    return {"deleted": user}
