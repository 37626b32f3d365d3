"""Why a condition is met: its parts as a tree, each with its own answer and the declared fact it stands on."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct

from genai_policy.model.code import Place
from genai_policy.model.law import Answer, Condition
from genai_policy.model.message import Text


class Decision(Struct, frozen=True):
    """One node of the tree.

    ``kind`` is ``group`` (all, any, not: ``parts`` are its members), ``fact`` (``declared`` is the service's value, None where there is
    none, and ``place`` its line), ``predicate`` (``parts`` are its rules), ``rule`` (one rule of a predicate: ``gives`` is what it
    answers when its one part is met) or ``always``. ``answer`` is that of this node alone. ``expanded`` is false for a predicate that
    stands in full earlier in the tree. ``contested`` says that the answer hangs on a disputed reading; ``note`` is the predicate's.
    """

    kind: Literal["group", "fact", "predicate", "rule", "always"]
    condition: Condition
    answer: Answer
    parts: tuple[Decision, ...] = ()
    declared: Any = None
    place: Place | None = None
    gives: str = ""
    expanded: bool = True
    contested: bool = False
    note: Text | None = None
    dispute: Decision | None = None
    """Of a predicate: the condition that holds and makes its answer a disputed one."""
