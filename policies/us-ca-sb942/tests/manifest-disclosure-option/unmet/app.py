from fastapi import FastAPI, HTTPException
from openai import OpenAI

app = FastAPI()
client = OpenAI()


@app.put("/api/posts/label")
def label_post(number: int, generated: bool):
    LABELS[number] = generated
    return {"number": number, "generated": generated}


LABELS: dict[int, bool] = {}
