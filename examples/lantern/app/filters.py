"""What may go into a model and what may come out."""

from pathlib import Path

from fastapi import HTTPException

from app import misuse

WORDS = [w for w in Path("config/blocked_words.txt").read_text(encoding="utf-8").splitlines() if w]


def check_input(user_id: int, prompt: str) -> str:
    """Refuse a forbidden request and count it against the account."""
    if any(word in prompt for word in WORDS):
        misuse.record(user_id, prompt)
        raise HTTPException(status_code=422, detail="这个请求不能处理")
    return prompt


def check_output(text: str) -> str:
    """Replace an answer that must not leave the service."""
    if any(word in text for word in WORDS):
        return "抱歉，这个问题我不能回答。"
    return text


def check_picture(png: bytes) -> bytes:
    """Refuse a picture that the image classifier rejects."""
    from app.classifier import unsafe_score

    if unsafe_score(png) > 0.5:
        raise HTTPException(status_code=422, detail="图片未通过审核")
    return png
