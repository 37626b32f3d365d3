"""Marks on everything that the models make: what people see, and what machines read."""

import io
import json
import uuid

from PIL import Image, ImageDraw, PngImagePlugin

from app.settings import PROVIDER_CODE

TEXT_MARK = "（本内容由人工智能生成）"
IMAGE_MARK = "AI生成"


def mark_text(text: str) -> str:
    """Close an answer with the visible mark."""
    return f"{text}\n\n{TEXT_MARK}"


async def mark_stream(pieces):
    """Send the pieces of an answer, then the visible mark."""
    async for piece in pieces:
        yield piece
    yield f"\n\n{TEXT_MARK}"


def mark_picture(png: bytes) -> bytes:
    """Draw the visible mark into the lower right corner, at least a twentieth of the shorter side high."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    height = max(16, min(picture.size) // 20)
    ImageDraw.Draw(picture).text((picture.width - 4 * height, picture.height - 2 * height), IMAGE_MARK, fill="white")
    return _png(picture)


def write_metadata(png: bytes) -> bytes:
    """Write the implicit mark into the file's metadata: that it is generated, by whom, and its number."""
    block = {"Label": "1", "ContentProducer": PROVIDER_CODE, "ProduceID": uuid.uuid4().hex}
    notes = PngImagePlugin.PngInfo()
    notes.add_itxt("AIGC", json.dumps(block, ensure_ascii=False))
    return _png(Image.open(io.BytesIO(png)), notes)


def _png(picture: Image.Image, notes: PngImagePlugin.PngInfo | None = None) -> bytes:
    out = io.BytesIO()
    picture.save(out, format="PNG", pnginfo=notes)
    return out.getvalue()
