"""What looks like a control and is none: listed as rejected, so that a reader sees that it was considered."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from genai_policy.assess.asked import evidence
from genai_policy.assess.stubs import stub
from genai_policy.assess.symbols import Symbol
from genai_policy.assess.walk import Calls, called
from genai_policy.model.code import FunctionNode, Place
from genai_policy.model.message import Message
from genai_policy.model.verdict import Evidence, FactIndex

MAX_LISTED = 5


def lookalikes(kind: str, words: Sequence[str], claimed: Sequence[Symbol], facts: FactIndex, program: Calls) -> Iterator[Evidence]:
    """Yield up to five functions and arguments whose name suggests the control but that do not show it."""
    if not words:
        return
    pattern = re.compile("|".join(f"(?:{word})" for word in words), re.IGNORECASE)
    taken = frozenset[str]().union(*(symbol.ids for symbol in claimed))
    found = {**_arguments(pattern, program), **_functions(pattern, facts, program)}
    for name in sorted(found.keys() - taken)[:MAX_LISTED]:
        note, place = found[name]
        yield evidence(kind, "rejected", note, places=[place], key=f"{note.code}:{name}")


_Suspect = tuple[Message, Place]


def _functions(pattern: re.Pattern[str], facts: FactIndex, program: Calls) -> dict[str, _Suspect]:
    """Return functions whose name suggests the control, by their id, each with the reason why it does not count."""
    code = facts.code
    run = {r.function for r in code.routes} | {f for r in code.routes for f in r.guard_functions} | {e.function for e in code.entry_points}
    run |= {f for m in code.middleware for f in m.functions}
    found: dict[str, _Suspect] = {}
    for name in sorted(code.functions):
        node = code.functions[name]
        if pattern.search(node.code.name):
            found[name] = _reason(node, facts, program, used=name in run), Place(node.file, node.code.line)
            if len(found) > MAX_LISTED * 2:
                break
    return found


def _reason(node: FunctionNode, facts: FactIndex, program: Calls, *, used: bool) -> Message:
    args = {"name": node.code.qualname, "file": node.file}
    reason = facts.left_out.get(node.file, "")
    if reason:
        return Message("lookalike.foreign", {**args, "reason": reason})
    if not used and not program.callers.get(node.id):
        return Message("lookalike.dead", args)
    return Message("lookalike.stub" if stub(node, program) is not None else "lookalike.unclaimed", args)


def _arguments(pattern: re.Pattern[str], program: Calls) -> dict[str, _Suspect]:
    """Return functions that call something with such an argument switched off (``watermark=False``)."""
    found: dict[str, _Suspect] = {}
    for node, (call, argument) in program.switched_off():
        if pattern.search(argument) and node.id not in found:
            args = {"name": node.code.qualname, "file": node.file, "argument": argument, "callee": called(call)}
            found[node.id] = Message("lookalike.off", args), Place(node.file, call.line)
    return found
