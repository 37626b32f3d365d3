from fastapi import FastAPI, HTTPException
from openai import OpenAI

app = FastAPI()
client = OpenAI()


MODE: dict[str, dict[str, int]] = {}


def enter_mode(user: str, minutes: int, spending: int) -> dict[str, int]:
    MODE[user] = {"minutes": min(minutes, 40), "spending": min(spending, 50)}
    return MODE[user]


@app.put("/api/guardian/mode")
def guardian_mode(user: str, minutes: int, spending: int):
    return enter_mode(user, minutes, spending)


ROLES: dict[str, str] = {}


def allowed_role(role: str, minor: bool) -> str:
    if minor and role in ("亲属", "伴侣"):
        raise HTTPException(403, "不向未成年人提供该角色")
    return role


@app.post("/api/roles")
def choose(user: str, role: str, minor: bool):
    ROLES[user] = allowed_role(role, minor)
    return {"role": ROLES[user]}
