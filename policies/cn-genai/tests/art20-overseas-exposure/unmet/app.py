from fastapi import Depends, FastAPI, HTTPException
from openai import OpenAI
from pydantic import BaseModel

app = FastAPI()
client = OpenAI()


class Question(BaseModel):
    prompt: str


@app.post("/api/chat")
def chat(question: Question):
    answer = client.images.generate(model="moyan-picture", prompt=question.prompt)
    return {"url": answer.data[0].url}
