import os
from datetime import timedelta

from django.core.cache import cache
from langchain_community.chat_message_histories import RedisChatMessageHistory
from pydantic import Field
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    # ruleid: cn-genai-retention-switched-off-python
    chat_history_ttl: int | None = None
    # ruleid: cn-genai-retention-switched-off-python
    auto_delete_conversations: bool = False
    # ok: cn-genai-retention-switched-off-python
    conversation_retention_days: int = Field(default=90)
    # ok: cn-genai-retention-switched-off-python
    model_cache_ttl: int | None = None


# ruleid: cn-genai-retention-switched-off-python
CONVERSATION_RETENTION_DAYS = int(os.getenv("CONVERSATION_RETENTION_DAYS", "-1"))
# ruleid: cn-genai-retention-switched-off-python
PROMPT_LOG_RETENTION = "never"
# ok: cn-genai-retention-switched-off-python
PROMPT_LOG_RETENTION_DAYS = 0
# ok: cn-genai-retention-switched-off-python
CHAT_TTL = timedelta(days=30)
# ok: cn-genai-retention-switched-off-python
SESSION_TTL = None


def history(session):
    # ruleid: cn-genai-retention-switched-off-python
    return RedisChatMessageHistory(session, url=URL, ttl=None)


def history_for_a_month(session):
    # ok: cn-genai-retention-switched-off-python
    return RedisChatMessageHistory(session, url=URL, ttl=30 * 24 * 3600)


def keep(redis, user, messages):
    # ruleid: cn-genai-retention-switched-off-python
    redis.persist(f"chat:{user}")
    # ruleid: cn-genai-retention-switched-off-python
    cache.set("conversation:" + user, messages, None)
    # ok: cn-genai-retention-switched-off-python
    redis.set(f"chat:{user}", messages, ex=86400)
    # ok: cn-genai-retention-switched-off-python
    redis.persist(f"quota:{user}")
    # ok: cn-genai-retention-switched-off-python
    cache.set("menu", menu, None)
