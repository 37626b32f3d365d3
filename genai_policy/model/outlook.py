"""What will change for a service without anybody changing it: duties that begin or end to bind on a day to come."""

from __future__ import annotations

import datetime as dt

from msgspec import Struct

from genai_policy.model.law import Law, Obligation
from genai_policy.model.message import Message
from genai_policy.model.service import Service
from genai_policy.model.verdict import Applicability, Applies, ObligationOutcome


class Turn(Struct, frozen=True):
    """On ``day`` the answer about ``obligation`` turns from ``before`` to ``after``. ``outcome`` is what today's tree would
    give on that day (None where the duty ends)."""

    service: Service
    obligation: Obligation
    day: dt.date
    before: Applies
    after: Applicability
    outcome: ObligationOutcome | None = None


class Outlook(Struct, frozen=True):
    """The turns between ``as_of`` and ``until`` (None: all that the packs know of), by day, and the periods that run."""

    as_of: dt.date
    until: dt.date | None
    law: Law
    turns: tuple[Turn, ...]
    clocks: tuple[Message, ...]
