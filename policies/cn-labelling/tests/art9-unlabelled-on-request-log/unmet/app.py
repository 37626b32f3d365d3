from fastapi import FastAPI, HTTPException
from openai import OpenAI

app = FastAPI()
client = OpenAI()


ACCEPTED: dict[str, str] = {}
GIVEN: list[dict[str, str]] = []
STORE: dict[str, str] = {}


def require_acceptance(user: str) -> None:
    if ACCEPTED.get(user) != "2026-09":
        raise HTTPException(403, "请先同意标识义务和使用责任的约定")


def log_unlabelled(user: str, number: str, at: str) -> None:
    GIVEN.append({"recipient": user, "content_id": number, "at": at})


@app.get("/api/unlabelled")
def unlabelled(user: str, number: str, at: str):
    require_acceptance(user)
    log_unlabelled(user, number, at)
    return {"content": STORE[number]}
