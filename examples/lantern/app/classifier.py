"""A small local picture classifier, loaded once."""

import io
from functools import lru_cache

import onnxruntime
from PIL import Image


@lru_cache(maxsize=1)
def _session():
    return onnxruntime.InferenceSession("weights/picture-safety.onnx")


def unsafe_score(png: bytes) -> float:
    """Return how likely the picture is forbidden, from 0 to 1."""
    pixels = Image.open(io.BytesIO(png)).convert("RGB").resize((224, 224))
    return float(_session().run(None, {"pixels": [list(pixels.getdata())]})[0][0])
