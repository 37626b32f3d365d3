"""What is kept of people's requests, and for how long."""

from datetime import datetime, timedelta, timezone

from app import store
from app.settings import CONFIG


def keep(user_id: int, prompt: str) -> None:
    """Keep a request for the time that config/prod.yaml names."""
    store.insert("prompts", user_id=user_id, prompt=prompt)


def purge() -> None:
    """Delete what is older than the retention time; runs every night."""
    limit = datetime.now(timezone.utc) - timedelta(days=CONFIG["retention"]["prompts_days"])
    store.DB.execute("DELETE FROM prompts WHERE at < ?", (limit.isoformat(),))
    store.DB.commit()
