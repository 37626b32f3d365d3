import os

import dashscope
from anthropic import Anthropic
from django.conf import settings
from openai import OpenAI
from pydantic_settings import BaseSettings

# ruleid: cn-genai-secret-in-code
client = OpenAI(api_key="sk-proj-Zk29fLqT7xV0bWc4nRy8Hd3JmEa6Ug1PsoQi5K")
# ruleid: cn-genai-secret-in-code
claude = Anthropic(api_key="sk-ant-api03-Qf7Lw2ZxT9bVc4nRy8Hd3JmEa6Ug1PsoQi5Kt0")
# ruleid: cn-genai-secret-in-code
dashscope.api_key = "sk-4f7c1e09ab3d4e5f9c8b7a6d5e4f3c2b"
# ruleid: cn-genai-secret-in-code
ALIYUN_ACCESS_KEY_ID = "LTAI5tKq8Zr2Vb7Nc4Xw9Ye3"
# ruleid: cn-genai-secret-in-code
QIANFAN_SECRET_KEY = "q8ZrT2Vb7Nc4Xw9Ye3LmKd5Hs6Jf1Ga0"


class Settings(BaseSettings):
    # ruleid: cn-genai-secret-in-code
    wechat_app_secret: str = "7d1f0c9be24a4c6f8d3e5a7b9c1d2e3f"


PRODUCTION = {
    # ruleid: cn-genai-secret-in-code
    "AWS_ACCESS_KEY_ID": "AKIAQ7Z2LMX4KD9RT5WB",
}

# ok: cn-genai-secret-in-code
from_environment = OpenAI(api_key=os.environ["OPENAI_API_KEY"])
# ok: cn-genai-secret-in-code
from_settings = Anthropic(api_key=settings.ANTHROPIC_API_KEY)
# ok: cn-genai-secret-in-code
shown_in_help = "sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
# ok: cn-genai-secret-in-code
api_key = "your-api-key-goes-here-0123456789"
# ok: cn-genai-secret-in-code
task_name = "risk-scoring-of-conversations-v2-with-history"
# ok: cn-genai-secret-in-code
API_KEY_HEADER = "X-Api-Key"
# ok: cn-genai-secret-in-code
commit = "4f7c1e09ab3d4e5f9c8b7a6d5e4f3c2b11223344"
