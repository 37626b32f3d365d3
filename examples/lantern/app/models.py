"""The two models behind the service."""

import base64

from openai import AsyncOpenAI

from app.settings import CHAT_URL, IMAGE_URL

chat_model = AsyncOpenAI(base_url=CHAT_URL)
image_model = AsyncOpenAI(base_url=IMAGE_URL)


async def answer(prompt: str) -> str:
    """Return the whole answer."""
    reply = await chat_model.chat.completions.create(model="lantern-chat", messages=[{"role": "user", "content": prompt}])
    return reply.choices[0].message.content or ""


async def answer_in_pieces(prompt: str):
    """Yield the answer as it is written."""
    stream = await chat_model.chat.completions.create(
        model="lantern-chat", messages=[{"role": "user", "content": prompt}], stream=True
    )
    async for event in stream:
        yield event.choices[0].delta.content or ""


async def draw(prompt: str) -> bytes:
    """Return a picture as PNG."""
    result = await image_model.images.generate(model="img", prompt=prompt, response_format="b64_json")
    return base64.b64decode(result.data[0].b64_json or "")
