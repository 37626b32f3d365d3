"""What loading lets pass and a pack author has to know: rules that nothing looks for, conditions that never decide, sources nobody has read
again; and obligations without cases. All of it at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path

from genai_policy.errors import Mistake, PackError
from genai_policy.load.mistakes import quoted, suggest
from genai_policy.load.pack_sources import PACK_FILE
from genai_policy.load.rule_files import read_rules
from genai_policy.model.law import Condition, Law, Pack, Predicate

CASES = ("satisfied", "unmet", "undetermined", "not-applicable")
"""The small repositories that show what an obligation's outcomes look like."""


def lint(law: Law, as_of: dt.date) -> Iterator[Mistake]:
    """Yield every mistake in a law that loads, on the day ``as_of``."""
    yield from _rules(law)
    yield from _predicates(law)
    for pack in law.packs:
        yield from _sources(pack, as_of)


def missing_cases(law: Law) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield every obligation that lacks cases, and which, in packs that carry tests: advice, for such a pack judges as another does."""
    for pack in law.packs:
        yield from _cases(pack)


def has_no_cases(pack: Pack) -> bool:
    """Tell whether no obligation of ``pack`` can have cases: a draft never binds, so every repository would be not-applicable."""
    return pack.status == "draft"


def _rules(law: Law) -> Iterator[Mistake]:
    """A rule counts only where a control looks for it, and a control can look only for rules that are there."""
    looked_for = {
        str(name): control.file
        for control in law.controls.values()
        for way in control.ways
        if way.kind == "forbidden"
        for name in way.params.get("rules", ())
    }
    seen: dict[str, str] = {}
    for pack in law.packs:
        yield from _rules_of(pack, law, looked_for, seen)
    for name, file in sorted(looked_for.items()):
        if name not in seen:
            yield Mistake(file, 0, 0, "rules", f"looks for the rule {quoted(name)}, which no pack has", suggest(name, seen, "rules"))


def _rules_of(pack: Pack, law: Law, looked_for: Mapping[str, str], seen: dict[str, str]) -> Iterator[Mistake]:
    place = f"{pack.id}/rules"
    try:
        rules = read_rules(pack)
    except PackError as error:
        yield from error.mistakes
        return
    for rule in rules:
        name = str(rule.get("id"))
        said = rule.get("metadata")
        said = said if isinstance(said, Mapping) else {}
        if name in seen:
            yield Mistake(place, 0, 0, name, f"the id is taken by a rule of {seen[name]}", "give it another id")
        seen.setdefault(name, pack.id)
        if name not in looked_for:
            yield Mistake(place, 0, 0, name, "is dead: no control looks for it", "name it in a `forbidden` way of its control")
        if said.get("control") not in law.controls:
            advice = suggest(str(said.get("control")), law.controls, "controls")
            yield Mistake(place, 0, 0, f"{name}.metadata.control", f"unknown control {quoted(str(said.get('control')))}", advice)
        if law.obligation(str(said.get("obligation"))) is None:
            known = [o.id for p in law.packs for o in p.obligations]
            advice = suggest(str(said.get("obligation")), known, "obligations")
            yield Mistake(place, 0, 0, f"{name}.metadata.obligation", f"unknown obligation {quoted(str(said.get('obligation')))}", advice)


def _predicates(law: Law) -> Iterator[Mistake]:
    used = set(_mentioned(law))
    for predicate in law.predicates.values():
        place = f"{predicate.pack}/predicates"
        if predicate.name not in used:
            yield Mistake(place, 0, 0, predicate.name, "is dead: no condition asks for it", "drop it, or ask for it")
        for number, why in _dead_rules(predicate):
            yield Mistake(place, 0, 0, f"{predicate.name}.rule[{number}]", f"is dead: {why}", "drop it, or move it up")


def _dead_rules(predicate: Predicate) -> Iterator[tuple[int, str]]:
    before: list[Condition] = []
    for number, (_, condition) in enumerate(predicate.rules):
        if any(earlier.op == "always" for earlier in before):
            yield number, "a rule above it always holds"
        elif condition in before:
            yield number, "a rule above it has the same condition"
        before.append(condition)


def _mentioned(law: Law) -> Iterator[str]:
    for pack in law.packs:
        for obligation in pack.obligations:
            conditions = [obligation.applies_when, obligation.contested_when, *(r.when for r in obligation.requires)]
            yield from (name for condition in conditions if condition for name in _names(condition))
    for predicate in law.predicates.values():
        conditions = [*(condition for _, condition in predicate.rules), predicate.contested]
        yield from (name for condition in conditions if condition for name in _names(condition))


def _names(condition: Condition) -> Iterator[str]:
    if condition.op == "predicate":
        yield condition.name
    for part in condition.parts:
        yield from _names(part)


def _sources(pack: Pack, as_of: dt.date) -> Iterator[Mistake]:
    if pack.read_again is not None and pack.read_again < as_of:
        problem = f"the sources have expired: they were to be read again by {pack.read_again}"
        advice = "read them, correct what has changed, and set `read-on` and `read-again`"
        yield Mistake(f"{pack.id}/{PACK_FILE}", 0, 0, "read-again", problem, advice)


def _cases(pack: Pack) -> Iterator[tuple[str, tuple[str, ...]]]:
    folder = Path(pack.directory) / "tests"
    if has_no_cases(pack) or not folder.is_dir():
        return
    for obligation in pack.obligations:
        case = folder / obligation.id.partition("/")[2]
        # an obligation that cannot have one of the outcomes says why beside the others
        needed = CASES if obligation.role == "duty" and not (case / "README.md").is_file() else ()
        missing = tuple(name for name in needed if not (case / name).is_dir())
        if missing:
            yield obligation.id, missing
