from fastapi import FastAPI, HTTPException
from openai import OpenAI

app = FastAPI()
client = OpenAI()


FACES: dict[str, str] = {}


def require_face_consent(user: str, person: str) -> None:
    if FACES.get(user) != person:
        raise HTTPException(403, "请先告知被编辑人并取得其单独同意")


@app.post("/api/faces")
def edit_face(user: str, person: str):
    require_face_consent(user, person)
    return {"person": person}
