from fastapi import Depends, FastAPI, HTTPException
from openai import OpenAI
from pydantic import BaseModel

app = FastAPI()
client = OpenAI()


class Question(BaseModel):
    prompt: str


@app.post("/api/chat")
def chat(question: Question):
    answer = client.chat.completions.create(model="moyan", messages=[{"role": "user", "content": question.prompt}])
    return {"answer": answer.choices[0].message.content}
