from fastapi import FastAPI, HTTPException
from openai import OpenAI

app = FastAPI()
client = OpenAI()


CONTENTS: dict[int, str] = {}


@app.delete("/api/admin/contents")
def take_down(number: int):
    CONTENTS.pop(number, None)
    return {"removed": number}
