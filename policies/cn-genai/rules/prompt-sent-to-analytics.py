import posthog
import sentry_sdk


def chat(request):
    # ruleid: cn-genai-prompt-sent-to-analytics
    posthog.capture(request.user_id, "chat", {"prompt": request.prompt})
    # ok: cn-genai-prompt-sent-to-analytics
    posthog.capture(request.user_id, "chat", {"length": len(request.prompt)})
    return reply(request.prompt)


def failed(prompt, error):
    # ruleid: cn-genai-prompt-sent-to-analytics
    sentry_sdk.set_extra("prompt", prompt)
    # ok: cn-genai-prompt-sent-to-analytics
    sentry_sdk.capture_exception(error)


def stored(prompt):
    # ok: cn-genai-prompt-sent-to-analytics
    history.record(prompt)
