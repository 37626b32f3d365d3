import base64
import io

from fastapi import FastAPI, Response
from openai import OpenAI
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

app = FastAPI()
client = OpenAI()


def saved(picture: Image.Image, info: PngInfo | None = None) -> bytes:
    target = io.BytesIO()
    picture.save(target, format="PNG", pnginfo=info)
    return target.getvalue()


def mark_picture(png: bytes) -> bytes:
    picture = Image.open(io.BytesIO(png))
    height = max(1, min(picture.size) // 16)
    ImageDraw.Draw(picture).text((height, picture.height - 2 * height), "AI生成", font_size=height)
    return saved(picture)


def sign_provenance(png: bytes) -> bytes:
    info = PngInfo()
    info.add_text("AIGC", '{"AIGC":{"Label":"1","ContentProducer":"001191110102MACQD9K64018705","ProduceID":"1"}}')
    return saved(Image.open(io.BytesIO(png)), info)


@app.post("/api/pictures")
def draw(prompt: str):
    answer = client.images.generate(model="moyan-picture", prompt=prompt, response_format="b64_json")
    png = base64.b64decode(answer.data[0].b64_json)
    return Response(sign_provenance(mark_picture(png)), media_type="image/png")
