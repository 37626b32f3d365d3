from fastapi import FastAPI, HTTPException
from openai import OpenAI

app = FastAPI()
client = OpenAI()


BLOCKS: dict[str, set[str]] = {}


@app.post("/api/blocks")
def block(user: str, other: str):
    BLOCKS.setdefault(user, set()).add(other)
    return {"blocked": sorted(BLOCKS[user])}
