"""What happens to accounts that are used for unlawful ends: warn, limit, suspend, close; and the records of it."""

from app import store

LADDER = ["warned", "limited", "suspended", "closed"]


def record(user_id: int, prompt: str) -> None:
    """Keep the record, move the account one step up the ladder, and put it on the reporting desk."""
    store.insert("misuse", user_id=user_id, prompt_digest=hash(prompt))
    raise_step(user_id)


def raise_step(user_id: int) -> str:
    """Set the account to the next step and return that step."""
    earlier = len(store.rows("misuse", user_id=user_id))
    step = LADDER[min(earlier // 3, len(LADDER) - 1)]
    store.update("accounts", user_id, state=step)
    return step
