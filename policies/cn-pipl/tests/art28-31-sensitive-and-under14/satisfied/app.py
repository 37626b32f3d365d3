from fastapi import FastAPI, HTTPException
from openai import OpenAI

app = FastAPI()
client = OpenAI()


SEPARATE: set[str] = set()


def require_consent(user: str) -> None:
    if user not in SEPARATE:
        raise HTTPException(403, "请先单独同意处理敏感个人信息")


@app.post("/api/health-notes")
def note(user: str, text: str):
    require_consent(user)
    NOTES.append((user, text))
    return {"count": len(NOTES)}


NOTES: list[tuple[str, str]] = []


GUARDIANS: dict[str, str] = {}


def require_guardian(user: str, age: int) -> None:
    if age < 14 and user not in GUARDIANS:
        raise HTTPException(403, "请由监护人同意后使用")


@app.post("/api/stories")
def story(user: str, age: int, title: str):
    require_guardian(user, age)
    STORIES.append(title)
    return {"title": title}


STORIES: list[str] = []
