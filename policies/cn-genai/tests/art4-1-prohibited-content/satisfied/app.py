from fastapi import Depends, FastAPI, HTTPException
from openai import OpenAI
from pydantic import BaseModel

app = FastAPI()
client = OpenAI()


class Question(BaseModel):
    prompt: str


WORDS = ("违禁词一", "违禁词二")


def check_input(text: str) -> str:
    if any(word in text for word in WORDS):
        raise HTTPException(400, "这个问题不能回答")
    return text


def check_output(text: str) -> str:
    return "这部分内容不能显示" if any(word in text for word in WORDS) else text


@app.post("/api/chat")
def chat(question: Question):
    prompt = check_input(question.prompt)
    answer = client.chat.completions.create(model="moyan", messages=[{"role": "user", "content": prompt}])
    return {"answer": check_output(answer.choices[0].message.content)}
