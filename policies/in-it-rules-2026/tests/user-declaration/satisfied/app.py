from fastapi import FastAPI, HTTPException
from openai import OpenAI

app = FastAPI()
client = OpenAI()


@app.put("/api/posts/label")
def label_post(number: int, generated: bool):
    LABELS[number] = generated
    return {"number": number, "generated": generated}


LABELS: dict[int, bool] = {}


def check_label(content: dict[str, str], declared: bool) -> str:
    if '"Label":"1"' in content.get("AIGC", ""):
        return "本内容由人工智能生成"
    if declared:
        return "本内容可能由人工智能生成"
    return "疑似由人工智能生成" if "AI生成" in content.get("text", "") else ""


@app.post("/api/posts")
def publish(content: dict[str, str], declared: bool = False):
    content["notice"] = check_label(content, declared)
    POSTS.append(content)
    return content


POSTS: list[dict[str, str]] = []
