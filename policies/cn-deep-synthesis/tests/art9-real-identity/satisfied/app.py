from fastapi import FastAPI, HTTPException
from openai import OpenAI

app = FastAPI()
client = OpenAI()


CODES: dict[str, str] = {}
PEOPLE: dict[str, str] = {}


def verify_mobile(mobile: str, code: str) -> None:
    if CODES.get(mobile) != code:
        raise HTTPException(403, "手机号码未通过验证")


@app.post("/api/register")
def register(name: str, mobile: str, code: str):
    verify_mobile(mobile, code)
    PEOPLE[name] = mobile
    return {"name": name}
