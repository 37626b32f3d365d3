import hashlib
import logging

logger = logging.getLogger(__name__)


def chat(request):
    # ruleid: cn-genai-prompt-logged-in-clear-python
    logger.info("chat: %s", request.prompt)
    return reply(request.prompt)


async def answer(prompt: str) -> str:
    # ruleid: cn-genai-prompt-logged-in-clear-python
    logging.debug(f"answering {prompt}")
    return await model(prompt)


def ask(user_id, user_input):
    text = user_input.strip()
    # ruleid: cn-genai-prompt-logged-in-clear-python
    logger.warning("input was " + text)


def chat_without_words(request):
    # ok: cn-genai-prompt-logged-in-clear-python
    logger.info("chat of %d characters", len(request.prompt))
    # ok: cn-genai-prompt-logged-in-clear-python
    logger.info("chat %s", hashlib.sha256(request.prompt.encode()).hexdigest())
    # ok: cn-genai-prompt-logged-in-clear-python
    logger.info("chat by %s", request.user_id)
    return reply(request.prompt)


def chat_masked(request):
    # ok: cn-genai-prompt-logged-in-clear-python
    logger.info("chat: %s", mask(request.prompt))


def system_prompt_loaded(path):
    # ok: cn-genai-prompt-logged-in-clear-python
    logger.info("templates read from %s", path)
