from fastapi import FastAPI, HTTPException
from openai import OpenAI

app = FastAPI()
client = OpenAI()


def enter_mode(user: str, minutes: int, spending: int) -> None:
    pass


@app.put("/api/guardian/mode")
def guardian_mode(user: str, minutes: int, spending: int):
    enter_mode(user, minutes, spending)
    return {"user": user}
