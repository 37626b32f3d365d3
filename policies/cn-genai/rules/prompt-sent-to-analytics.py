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


def flask_view():
    # ruleid: cn-genai-prompt-sent-to-analytics
    mixpanel.track("someone", "asked", {"text": request.json["prompt"]})


async def fastapi_view(question: str):
    # ruleid: cn-genai-prompt-sent-to-analytics
    requests.post("https://hooks.slack.com/services/T0/B0/x", json={"text": question})


def open_line(prompt):
    # ruleid: cn-genai-prompt-sent-to-analytics
    requests.post("http://collector.example.com/events", json={"prompt": prompt})


def django_view(request):
    # ruleid: cn-genai-prompt-sent-to-analytics
    analytics.track(request.user.pk, "asked", {"text": request.POST.get("prompt")})


def inside(prompt):
    # ok: cn-genai-prompt-sent-to-analytics
    requests.post("http://localhost:8000/generate", json={"prompt": prompt})
    # ok: cn-genai-prompt-sent-to-analytics
    requests.post("http://model:8000/generate", json={"prompt": prompt})
    # ok: cn-genai-prompt-sent-to-analytics
    posthog.capture("someone", "asked", {"digest": sha256(prompt)})
    # ok: cn-genai-prompt-sent-to-analytics
    requests.post("https://hooks.slack.com/services/T0/B0/x", json={"text": "the service is up"})
