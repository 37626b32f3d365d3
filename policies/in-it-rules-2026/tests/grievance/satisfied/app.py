from fastapi import FastAPI, HTTPException
from openai import OpenAI

app = FastAPI()
client = OpenAI()


COMPLAINTS: list[dict[str, str]] = []


@app.post("/api/complaints")
def complain(text: str):
    COMPLAINTS.append({"text": text, "status": "received"})
    return {"number": len(COMPLAINTS)}
