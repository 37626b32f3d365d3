from fastapi import FastAPI, HTTPException
from openai import OpenAI

app = FastAPI()
client = OpenAI()


SESSIONS: set[str] = set()


@app.post("/api/session/end")
def leave(user: str):
    SESSIONS.discard(user)
    return {"ended": user}
