from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel

app = FastAPI()
COMPLAINTS: list[dict[str, str]] = []
MAILS: list[tuple[str, str]] = []


class Complaint(BaseModel):
    text: str
    contact: str


def signed_in(session: str = "") -> str:
    if not session:
        raise HTTPException(401, "请先登录")
    return session


@app.post("/api/complaints", status_code=201)
def complain(complaint: Complaint, who: str = Depends(signed_in)):
    COMPLAINTS.append({"text": complaint.text, "contact": complaint.contact, "state": "received"})
    return {"number": len(COMPLAINTS)}


def close_complaint(number: int, result: str) -> None:
    found = COMPLAINTS[number - 1]
    found["state"] = "closed"
    MAILS.append((found["contact"], result))


@app.post("/desk/complaints/{number}/close")
def close(number: int, result: str, who: str = Depends(signed_in)):
    close_complaint(number, result)
    return {"closed": number}
