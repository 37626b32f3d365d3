from fastapi import FastAPI, HTTPException
from openai import OpenAI

app = FastAPI()
client = OpenAI()


def mark_file(text: str) -> str:
    return "【AI生成】\n" + text


@app.get("/api/export")
def export(number: str):
    return {"file": mark_file(STORE[number])}


STORE: dict[str, str] = {}
