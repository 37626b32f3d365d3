from fastapi import FastAPI, HTTPException
from openai import OpenAI

app = FastAPI()
client = OpenAI()


def require_face_consent(user: str, person: str) -> None:
    return None


@app.post("/api/faces")
def edit_face(user: str, person: str):
    require_face_consent(user, person)
    return {"person": person}
