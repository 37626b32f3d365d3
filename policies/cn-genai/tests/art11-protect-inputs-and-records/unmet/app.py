from fastapi import Depends, FastAPI, HTTPException
from openai import OpenAI
from pydantic import BaseModel
import logging

app = FastAPI()
client = OpenAI()


class Question(BaseModel):
    prompt: str


@app.post("/api/chat")
def chat(question: Question):
    logging.info("chat: %s", question.prompt)
    answer = client.chat.completions.create(model="moyan", messages=[{"role": "user", "content": question.prompt}])
    return {"answer": answer.choices[0].message.content}
