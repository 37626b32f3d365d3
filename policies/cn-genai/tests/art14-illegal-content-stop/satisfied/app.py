from fastapi import Depends, FastAPI, HTTPException

app = FastAPI()
ITEMS: dict[str, str] = {}
RECORDS: list[dict[str, str]] = []
STATES: dict[str, str] = {}
LADDER = ("active", "warned", "limited", "suspended", "terminated")


def moderator(token: str) -> str:
    if token != "known":
        raise HTTPException(403, "仅限审核人员")
    return token


def record_misuse(user: str, conduct: str, measure: str) -> None:
    RECORDS.append({"user": user, "conduct": conduct, "measure": measure})


def apply_measure(user: str, conduct: str) -> str:
    state = LADDER[min(LADDER.index(STATES.get(user, "active")) + 1, len(LADDER) - 1)]
    STATES[user] = state
    record_misuse(user, conduct, state)
    return state


@app.post("/desk/takedown")
def take_down(item: str, who: str = Depends(moderator)):
    ITEMS.pop(item, None)
    return {"removed": item}


@app.post("/desk/measures")
def sanction(user: str, conduct: str, who: str = Depends(moderator)):
    return {"state": apply_measure(user, conduct)}
