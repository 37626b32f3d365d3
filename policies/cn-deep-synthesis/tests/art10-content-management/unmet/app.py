from fastapi import FastAPI, HTTPException
from openai import OpenAI

app = FastAPI()
client = OpenAI()

BANNED = ("爆炸物制作", "毒品合成")


def check_input(prompt: str) -> str:
    if any(word in prompt for word in BANNED):
        raise HTTPException(400, "内容不符合要求")
    return prompt


def check_output(text: str) -> str:
    for word in BANNED:
        text = text.replace(word, "＊")
    return text


@app.post("/api/chat")
def chat(prompt: str):
    answer = client.chat.completions.create(model="moyan", messages=[{"role": "user", "content": check_input(prompt)}])
    return {"answer": answer.choices[0].message.content}
