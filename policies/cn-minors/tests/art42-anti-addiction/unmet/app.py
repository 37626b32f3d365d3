from fastapi import FastAPI, HTTPException
from openai import OpenAI

app = FastAPI()
client = OpenAI()


USED: dict[str, int] = {}


def limit_minor(user: str, minor: bool, minutes: int) -> None:
    USED[user] = USED.get(user, 0) + minutes
    if minor and USED[user] > 40:
        raise HTTPException(429, "今天的使用时间已满，请休息")


@app.post("/api/write")
def write(prompt: str, user: str, minor: bool):
    limit_minor(user, minor, 1)
    answer = client.chat.completions.create(model="moyan", messages=[{"role": "user", "content": prompt}])
    return {"answer": answer.choices[0].message.content}
