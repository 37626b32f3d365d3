import gradio as gr
import streamlit as st
from fastapi import APIRouter, Query
from flask import request
from pydantic import BaseModel
from rest_framework import serializers

router = APIRouter()


class ImageRequest(BaseModel):
    prompt: str
    # ruleid: cn-genai-label-removal-offered-python
    remove_watermark: bool = False
    # ok: cn-genai-label-removal-offered-python
    remove_background: bool = False


class ImageSerializer(serializers.Serializer):
    # ruleid: cn-genai-label-removal-offered-python
    hide_ai_label = serializers.BooleanField(default=False)
    # ok: cn-genai-label-removal-offered-python
    hide_axis_label = serializers.BooleanField(default=False)


@router.get("/image")
# ruleid: cn-genai-label-removal-offered-python
async def image(prompt: str, no_watermark: bool = Query(False)):
    return draw(prompt, no_watermark)


@router.get("/sketch")
# ok: cn-genai-label-removal-offered-python
async def sketch(prompt: str, watermark_text: str = "AI"):
    return draw(prompt, watermark_text)


def flask_view():
    # ruleid: cn-genai-label-removal-offered-python
    if request.json.get("without_watermark"):
        return plain()
    # ruleid: cn-genai-label-removal-offered-python
    bare = request.args["remove_aigc_label"]
    # ok: cn-genai-label-removal-offered-python
    size = request.args.get("watermark_size")
    return labelled(bare, size)


class Export(tornado.web.RequestHandler):
    def get(self):
        # ruleid: cn-genai-label-removal-offered-python
        return export(self.get_argument("disable_watermark", "0"))


# ruleid: cn-genai-label-removal-offered-python
plain = gr.Checkbox(label="去除水印")
# ruleid: cn-genai-label-removal-offered-python
bare = st.toggle("Remove watermark (premium)")
# ok: cn-genai-label-removal-offered-python
strength = gr.Checkbox(label="水印更醒目")


# ok: cn-genai-label-removal-offered-python
def detect(picture, remove_watermark_warning=True):
    return picture


class Labels:
    # ok: cn-genai-label-removal-offered-python
    def refuse(self, options):
        if "remove_watermark" in options:
            raise ValueError("labels stay")
