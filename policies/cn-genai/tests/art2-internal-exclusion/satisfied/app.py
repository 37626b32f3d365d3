from fastapi import Depends, FastAPI, HTTPException
from openai import OpenAI
from pydantic import BaseModel

app = FastAPI()
client = OpenAI()


class Question(BaseModel):
    prompt: str


def require_staff(badge: str) -> str:
    if not badge.startswith("staff-"):
        raise HTTPException(403, "仅限内部员工")
    return badge


@app.post("/api/chat")
def chat(question: Question, badge: str = Depends(require_staff)):
    answer = client.chat.completions.create(model="moyan", messages=[{"role": "user", "content": question.prompt}])
    return {"answer": answer.choices[0].message.content}
