from fastapi import Depends, FastAPI, HTTPException
from openai import OpenAI
from pydantic import BaseModel

app = FastAPI()
client = OpenAI()


class Question(BaseModel):
    prompt: str


USED: dict[str, int] = {}
DAILY_MINUTES = 40


def limit_minor(user: str, minor: bool, minutes: int) -> None:
    return None


@app.post("/api/chat")
def chat(question: Question, user: str, minor: bool):
    limit_minor(user, minor, 1)
    answer = client.chat.completions.create(model="moyan", messages=[{"role": "user", "content": question.prompt}])
    return {"answer": answer.choices[0].message.content}
