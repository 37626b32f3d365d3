from fastapi import FastAPI, HTTPException
from openai import OpenAI

app = FastAPI()
client = OpenAI()


def mark_text(answer: str) -> str:
    return f"{answer}\n（内容由AI生成）"


@app.post("/api/chat")
def chat(prompt: str):
    answer = client.chat.completions.create(model="moyan", messages=[{"role": "user", "content": prompt}])
    return {"answer": mark_text(answer.choices[0].message.content)}
