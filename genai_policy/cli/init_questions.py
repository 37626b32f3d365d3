"""The few questions of ``init`` on a terminal: facts that no code shows and that decide the most."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click
from msgspec.structs import replace

from genai_policy.cli.drafting import Draft, Guess, words
from genai_policy.cli.output import print_text

if TYPE_CHECKING:
    from genai_policy.report.layout import Pen

_YES = frozenset(("y", "yes", "j", "\u662f", "1"))
_NO = frozenset(("n", "no", "\u5426", "0"))
#: After so many answers that are none the question stays open.
_TRIES = 3


def is_conversation() -> bool:
    """Say whether somebody sits at the other end, to read and to answer."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def ask(draft: Draft, schema: Mapping[str, Any], pen: Pen) -> Draft:
    """Return ``draft`` with the facts that were answered. What was seen in the code is not asked."""
    wanted = [fact for fact in words()["questions"] if fact not in draft.facts]
    print_text("\n".join(pen.block(pen.say("init.ask-head", n=len(wanted)))) + "\n")
    facts = dict(draft.facts)
    for number, fact in enumerate(wanted, 1):
        allowed, several = _allowed(fact, schema)
        chosen = _choice(f"{number}/{len(wanted)} {fact}", pen.say(f"init.ask-{fact.replace('.', '-')}"), allowed, several, pen)
        if chosen:
            facts[fact] = Guess(chosen if several else chosen[0], (), answered=True)
    return replace(draft, facts=facts)


def agreed(question: str, pen: Pen) -> bool:
    """Ask a question that is answered with yes or no; Enter is yes."""
    for _ in range(_TRIES):
        print_text("\n".join(pen.block(f"{question} [Y/n]")) + "\n")
        answer = _line()
        if not answer or answer.lower() in _YES:
            return True
        if answer.lower() in _NO:
            return False
    return False


def _choice(head: str, question: str, allowed: Sequence[str], several: bool, pen: Pen) -> list[str]:
    for _ in range(_TRIES):
        lines = ["", *pen.block(f"{head}  {question}", "", "  ", "bold")]
        lines += pen.block("  ".join(f"{number} {value}" for number, value in enumerate(allowed, 1)), "  ", "  ")
        lines += pen.block(pen.say("init.ask-several" if several else "init.ask-one"), "  ", "  ", "dim")
        print_text("\n".join(lines) + "\n")
        answer = _line()
        if not answer:
            return []
        chosen = _chosen(answer, allowed)
        if chosen and (several or len(chosen) == 1):
            return chosen
        print_text("\n".join(pen.block(pen.say("init.ask-again", answer=answer))) + "\n")
    return []


def _chosen(answer: str, allowed: Sequence[str]) -> list[str]:
    """Return the values that ``answer`` names by number or by name; none where it names anything else."""
    parts = answer.replace(",", " ").replace("\uff0c", " ").split()
    named = [allowed[int(part) - 1] if part.isdecimal() and 0 < int(part) <= len(allowed) else part for part in parts]
    return sorted(set(named), key=allowed.index) if all(name in allowed for name in named) else []


def _allowed(fact: str, schema: Mapping[str, Any]) -> tuple[list[str], bool]:
    """Return the values a fact may have, and whether it may have several."""
    node: Mapping[str, Any] = schema
    for part in fact.split("."):
        node = node["properties"][part]
        if "$ref" in node:
            node = schema["$defs"][str(node["$ref"]).rpartition("/")[2]]
    several = node.get("type") == "array"
    values = node["items"] if several else node
    if "$ref" in values:
        values = schema["$defs"][str(values["$ref"]).rpartition("/")[2]]
    return [str(value) for value in values["enum"]], several


def _line() -> str:
    # the prompt itself is plain ASCII: what the console cannot show was replaced before
    return str(click.prompt("", prompt_suffix="> ", default="", show_default=False)).strip()
