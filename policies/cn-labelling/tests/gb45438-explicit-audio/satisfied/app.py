from fastapi import FastAPI, Response
from openai import OpenAI

app = FastAPI()
client = OpenAI()


JINGLE = b"AI-generated: short-long, short-short"


def mark_sound(sound: bytes) -> bytes:
    return JINGLE + sound + JINGLE


@app.post("/api/speech")
def speak(text: str):
    answer = client.audio.speech.create(model="moyan-voice", voice="lin", input=text)
    return Response(mark_sound(answer.read()), media_type="audio/mpeg")
