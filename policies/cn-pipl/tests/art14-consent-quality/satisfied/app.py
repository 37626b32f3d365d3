from fastapi import FastAPI, HTTPException
from openai import OpenAI

app = FastAPI()
client = OpenAI()


CONSENT: dict[str, str] = {}


@app.delete("/api/me/consent")
def withdraw(user: str):
    CONSENT.pop(user, None)
    return {"withdrawn": user}
