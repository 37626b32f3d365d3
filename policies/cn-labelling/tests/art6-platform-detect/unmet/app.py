from fastapi import FastAPI, HTTPException
from openai import OpenAI

app = FastAPI()
client = OpenAI()


def check_label(content: dict[str, str], declared: bool) -> str:
    return ""


@app.post("/api/posts")
def publish(content: dict[str, str], declared: bool = False):
    content["notice"] = check_label(content, declared)
    POSTS.append(content)
    return content


POSTS: list[dict[str, str]] = []


@app.put("/api/posts/label")
def label_post(number: int, generated: bool):
    LABELS[number] = generated
    return {"number": number, "generated": generated}


LABELS: dict[int, bool] = {}
