from fastapi import FastAPI, HTTPException
from openai import OpenAI

app = FastAPI()
client = OpenAI()


PERSONAL: dict[str, bool] = {}


@app.put("/api/me/personalisation")
def personalise(user: str, on: bool):
    PERSONAL[user] = on
    return {"on": on}
