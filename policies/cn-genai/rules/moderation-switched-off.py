import os

import google.generativeai as genai
from diffusers import StableDiffusionPipeline
from django.conf import settings
from google.generativeai.types import HarmBlockThreshold, HarmCategory
from pydantic import BaseModel, Field
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    # ruleid: cn-genai-moderation-switched-off-python
    enable_moderation: bool = False
    # ruleid: cn-genai-moderation-switched-off-python
    content_filter_enabled: bool = Field(default=False)
    # ok: cn-genai-moderation-switched-off-python
    sensitive_word_check_enabled: bool = True
    # ok: cn-genai-moderation-switched-off-python
    enable_streaming: bool = False


# ruleid: cn-genai-moderation-switched-off-python
MODERATION_ENABLED = os.getenv("MODERATION_ENABLED", "false") == "true"
# ruleid: cn-genai-moderation-switched-off-python
DISABLE_CONTENT_FILTER = True
# ruleid: cn-genai-moderation-switched-off-python
pipeline = StableDiffusionPipeline.from_pretrained("stable", safety_checker=None)
# ruleid: cn-genai-moderation-switched-off-python
strict = {HarmCategory.HARM_CATEGORY_HARASSMENT: HarmBlockThreshold.BLOCK_NONE}
# ok: cn-genai-moderation-switched-off-python
loose = {HarmCategory.HARM_CATEGORY_HARASSMENT: HarmBlockThreshold.BLOCK_LOW_AND_ABOVE}
# ok: cn-genai-moderation-switched-off-python
CHECK_ON = os.getenv("MODERATION_ENABLED", "true") != "false"
# ok: cn-genai-moderation-switched-off-python
pipeline_checked = StableDiffusionPipeline.from_pretrained("stable")
# ok: cn-genai-moderation-switched-off-python
DISABLE_CONTENT_CACHE = True


def chat(question):
    # ruleid: cn-genai-moderation-switched-off-python
    if os.environ.get("ENABLE_SENSITIVE_FILTER", "0") == "1":
        check(question)
    # ruleid: cn-genai-moderation-switched-off-python
    return model(question, use_moderation=False)


def chat_checked(question):
    # ok: cn-genai-moderation-switched-off-python
    moderated = False
    if check(question):
        moderated = True
    return moderated and model(question, use_moderation=True)


def shown_in_the_page(conf):
    # ruleid: cn-genai-moderation-switched-off-python
    if conf().get("openai_moderation_enabled", False):
        return check
    # ok: cn-genai-moderation-switched-off-python
    return conf().get("openai_moderation_enabled", True)


# ok: cn-genai-moderation-switched-off-python
BY_NAME = {"none": HarmBlockThreshold.BLOCK_NONE, "few": HarmBlockThreshold.BLOCK_ONLY_HIGH}
# ruleid: cn-genai-moderation-switched-off-python
model = GenerativeModel("chat", safety_settings=[SafetySetting(category=HARASSMENT, threshold=HarmBlockThreshold.BLOCK_NONE)])
