from fastapi import FastAPI, HTTPException
from openai import OpenAI

app = FastAPI()
client = OpenAI()


MODE: dict[str, dict[str, int]] = {}


def enter_mode(user: str, minutes: int, spending: int) -> dict[str, int]:
    MODE[user] = {"minutes": min(minutes, 40), "spending": min(spending, 50)}
    return MODE[user]


@app.put("/api/guardian/mode")
def guardian_mode(user: str, minutes: int, spending: int):
    return enter_mode(user, minutes, spending)
