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


def django_view(request):
    # ruleid: cn-genai-prompt-logged-in-clear-python
    logger.error("asked: %s", request.POST.get("prompt"))


class Handler(tornado.web.RequestHandler):
    def register(self, payload):
        # ruleid: cn-genai-prompt-logged-in-clear-python
        self.logger.info("new user %s", payload.id_card)


def sanic(messages: list):
    # ruleid: cn-genai-prompt-logged-in-clear-python
    loguru.logger.debug("messages: {}", messages)


def counted(request):
    # ok: cn-genai-prompt-logged-in-clear-python
    logger.info("tokens: %d", count_tokens(request.messages))


def price(prompt):
    # ok: cn-genai-prompt-logged-in-clear-python
    logger.info("costs %s", price_of(prompt))


def posted(prompt, session):
    answer = session.put("https://model.example.com", data={"prompt": prompt})
    # ok: cn-genai-prompt-logged-in-clear-python
    logger.debug("answered with %s", answer)


def worker(params):
    prompt = params["prompt"]
    # ruleid: cn-genai-prompt-logged-in-clear-python
    debug_logger.info(f"prompt: {prompt}")
    # ok: cn-genai-prompt-logged-in-clear-python
    debug_logger.info(f"temperature: {params['temperature']}")


def answered(client, messages):
    completion = client.chat.completions.create(model="chat", messages=[])
    # ruleid: cn-genai-prompt-logged-in-clear-python
    logger.info("answered %s", completion.choices[0].message.content)
    # ok: cn-genai-prompt-logged-in-clear-python
    logger.info("answered with %s tokens", completion.usage.total_tokens)
    # ok: cn-genai-prompt-logged-in-clear-python
    logger.info("answered in %s: %s", completion.model, completion.choices[0].finish_reason)
