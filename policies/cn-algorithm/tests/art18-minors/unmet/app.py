from fastapi import FastAPI, HTTPException
from openai import OpenAI

app = FastAPI()
client = OpenAI()


def limit_minor(user: str, minor: bool, minutes: int) -> None:
    return None


@app.post("/api/write")
def write(prompt: str, user: str, minor: bool):
    limit_minor(user, minor, 1)
    answer = client.chat.completions.create(model="moyan", messages=[{"role": "user", "content": prompt}])
    return {"answer": answer.choices[0].message.content}
