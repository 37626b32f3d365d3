"""What looks like a control and is none: listed as rejected, so that a reader sees that it was considered."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from genai_policy.assess.asked import evidence
from genai_policy.assess.stubs import stub
from genai_policy.assess.symbols import Symbol
from genai_policy.assess.walk import Calls, called, calls
from genai_policy.model import ir
from genai_policy.model.code import FunctionNode, Place
from genai_policy.model.message import Message
from genai_policy.model.verdict import Evidence, FactIndex

MAX_LISTED = 5


def lookalikes(kind: str, words: Sequence[str], claimed: Sequence[Symbol], facts: FactIndex, program: Calls) -> Iterator[Evidence]:
    """Yield up to five functions and arguments whose name suggests the control but that do not show it."""
    if not words:
        return
    pattern = re.compile("|".join(f"(?:{word})" for word in words), re.IGNORECASE)
    code = facts.code
    run = {r.function for r in code.routes} | {f for r in code.routes for f in r.guard_functions} | {e.function for e in code.entry_points}
    run |= {f for m in code.middleware for f in m.functions}
    taken = frozenset[str]().union(*(symbol.ids for symbol in claimed))
    count = 0
    for name in sorted(facts.code.functions):
        node = facts.code.functions[name]
        if name in taken or count >= MAX_LISTED:
            continue
        for note, line in _suspects(node, pattern, facts, program, used=name in run):
            count += 1
            yield evidence(kind, "rejected", note, places=[Place(node.file, line)], key=f"{note.code}:{name}")
            break


def _suspects(
    node: FunctionNode, pattern: re.Pattern[str], facts: FactIndex, program: Calls, *, used: bool
) -> Iterator[tuple[Message, int]]:
    args = {"name": node.code.qualname, "file": node.file}
    if pattern.search(node.code.name):
        reason = facts.left_out.get(node.file, "")
        if reason:
            yield Message("lookalike.foreign", {**args, "reason": reason}), node.code.line
        elif not used and not program.callers.get(node.id):
            yield Message("lookalike.dead", args), node.code.line
        elif stub(node, program) is not None:
            yield Message("lookalike.stub", args), node.code.line
        else:
            yield Message("lookalike.unclaimed", args), node.code.line
    for call in calls(node.code.body):
        for argument in call.args:
            if argument.name and pattern.search(argument.name) and isinstance(argument.value, ir.Literal) and not argument.value.value:
                yield Message("lookalike.off", {**args, "argument": argument.name, "callee": called(call)}), call.line
