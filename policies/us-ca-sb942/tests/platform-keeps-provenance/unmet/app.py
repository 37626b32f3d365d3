from fastapi import FastAPI, HTTPException
from openai import OpenAI

app = FastAPI()
client = OpenAI()


def relabel(text: str, number: str) -> str:
    body = text.split("AIGC:")[0]
    return body + "AIGC:" + number
