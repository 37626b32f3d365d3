"""Compliant services, broken and rewritten by text edits, judged as a check would: are the faults found, the harmless edits left alone?

``python -m tests.flowbench.bench [-v]`` prints the table. The services and their variants are data (``services/*.toml``).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

import tomli
from msgspec import Struct

from genai_policy.assess.evidence import hook as hook_evidence
from genai_policy.assess.outcomes import control_outcome
from genai_policy.model.law import Control, Way
from genai_policy.model.message import Text
from genai_policy.model.service import Service
from genai_policy.model.verdict import Claim, ControlOutcome, FactIndex
from tests.unit.assess.judging import AS_OF, locators_from
from tests.unit.linked import linked

HERE = Path(__file__).parent
CONTROLS = HERE.parents[1] / "policies" / "controls"
CODE = (".py", ".ts", ".tsx", ".js", ".java", ".go")
_TEXT = Text("", "")


class Variant(Struct, frozen=True):
    """One tree to judge. ``kind``: ``compliant``, ``broken`` (``control`` must be unmet at ``line`` of ``file``) or ``harmless``."""

    service: str
    kind: str
    op: str
    files: Mapping[str, str]
    implements: Mapping[str, Any]
    control: str = ""
    file: str = ""
    lines: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """A readable id."""
        return f"{self.service}: {self.kind}: {self.op} [{self.control}]"


class Judged(Struct, frozen=True):
    """What was said of a variant."""

    variant: Variant
    outcomes: Mapping[str, ControlOutcome]

    @property
    def answer(self) -> str:
        """The outcome of the variant's control, or the worst of all."""
        if self.variant.control:
            return self.outcomes[self.variant.control].outcome
        found = {o.outcome for o in self.outcomes.values()}
        return next((o for o in ("unmet", "undetermined") if o in found), "satisfied")

    @property
    def right(self) -> bool:
        """Broken: unmet, with a finding at the line. Else: everything satisfied."""
        if self.variant.kind != "broken":
            return self.answer == "satisfied"
        return self.answer == "unmet" and self.at_the_line

    @property
    def at_the_line(self) -> bool:
        """Whether a finding points at the broken line."""
        found = [e for e in self.outcomes[self.variant.control].evidence if e.polarity == "contradicts"]
        return not self.variant.lines or any(p.file == self.variant.file and p.line in self.variant.lines for e in found for p in e.places)


def variants() -> Iterator[Variant]:
    """Yield every service and every variant of it."""
    for path in sorted((HERE / "services").glob("*.toml")):
        data = tomli.loads(path.read_text(encoding="utf-8"))
        base: dict[str, str] = data["files"]
        yield Variant(path.stem, "compliant", "as written", base, data["implements"])
        for kind in ("broken", "harmless"):
            for entry in data.get(kind, ()):
                yield _variant(path.stem, kind, entry, base, data)


def _variant(service: str, kind: str, entry: Mapping[str, Any], base: Mapping[str, str], data: Mapping[str, Any]) -> Variant:
    files = dict(base)
    main = entry.get("file", data["main"])
    for edit in entry.get("edit", ()):
        file, old, new = edit if len(edit) == 3 else (main, *edit)
        if old not in files[file]:
            raise ValueError(f"{service}: {kind}: {entry['op']}: {old!r} is not in {file}")
        files[file] = files[file].replace(old, new)
    files.update(entry.get("add", {}))
    where = entry.get("in") or next((f for f in (main, data["main"], *sorted(files)) if entry.get("at", "") in files[f]), main)
    lines = tuple(n for n, line in enumerate(files[where].splitlines(), 1) if entry.get("at") and entry["at"] in line)
    if entry.get("at") and not lines:
        raise ValueError(f"{service}: {kind}: {entry['op']}: {entry['at']!r} is not in {where}")
    implements = {**data["implements"], **entry.get("implements", {})}
    return Variant(
        service, kind, entry["op"], files, implements, entry.get("control", "visible-label" if kind == "broken" else ""), where, lines
    )


@cache
def control(name: str) -> Control:
    """Read a shipped control."""
    data = tomli.loads((CONTROLS / f"{name}.toml").read_text(encoding="utf-8"))
    ways = tuple(
        Way(w["kind"], {k: v for k, v in w.items() if k not in ("kind", "required")}, bool(w.get("required"))) for w in data["way"]
    )
    return Control(name, _TEXT, _TEXT, _TEXT, _TEXT, "", ways)


def judge(variant: Variant) -> Judged:
    """Read, link and judge a variant, all in memory."""
    sources = {p: t for p, t in variant.files.items() if PurePosixPath(p).suffix in CODE}
    code = linked(sources, {p: t for p, t in variant.files.items() if p not in sources})
    facts = FactIndex(code=code, files=frozenset(variant.files))
    outcomes = {}
    for name, claims in variant.implements.items():
        rule = control(name)
        params = {w.kind: w.params for w in rule.ways}
        service = Service("genai-service.toml", "", variant.service)
        claim = Claim(service, rule, params, locators_from(claims), (), AS_OF)
        outcomes[name] = control_outcome(claim, tuple(hook_evidence.genai_policy_collect_evidence(claim, facts)))
    return Judged(variant, outcomes)


def tally(judged: list[Judged]) -> dict[str, int]:
    """Count what the bars are about."""
    broken = [j for j in judged if j.variant.kind == "broken"]
    harmless = [j for j in judged if j.variant.kind == "harmless"]
    return {
        "services": sum(j.variant.kind == "compliant" for j in judged),
        "services satisfied": sum(j.variant.kind == "compliant" and j.right for j in judged),
        "broken": len(broken),
        "operators": len({j.variant.op for j in broken}),
        "broken caught with control and line": sum(j.right for j in broken),
        "broken unmet, another line": sum(j.answer == "unmet" and not j.at_the_line for j in broken),
        "broken undetermined": sum(j.answer == "undetermined" for j in broken),
        "broken satisfied": sum(j.answer == "satisfied" for j in broken),
        "harmless": len(harmless),
        "refactorings": len({j.variant.op for j in harmless}),
        "harmless satisfied": sum(j.right for j in harmless),
        "harmless with a finding": sum(j.answer == "unmet" for j in harmless),
        "harmless undetermined": sum(j.answer == "undetermined" for j in harmless),
    }


def main() -> None:
    """Print the table, with ``-v`` each variant that was judged wrongly, with ``-k TEXT`` only those whose name holds it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("-v", action="store_true")
    parser.add_argument("-k", default="")
    options = parser.parse_args()
    judged = [judge(v) for v in variants() if options.k in v.name]
    for one in judged:
        if not one.right and options.v:
            print(f"{one.variant.name}: {one.answer} (expected line {one.variant.lines} of {one.variant.file})")
            for outcome in one.outcomes.values():
                for e in [e for e in outcome.evidence if e.polarity in ("contradicts", "undecided")][:1]:
                    if outcome.outcome != "satisfied":
                        print(
                            "    ", outcome.id, e.polarity, e.note.code, e.note.args.get("entry"), [(p.file, p.line) for p in e.places[:3]]
                        )
    width = max(map(len, tally(judged)))
    for name, count in tally(judged).items():
        print(f"{name:<{width}}  {count:>4}")
    by_service: dict[str, list[Judged]] = {}
    for one in judged:
        by_service.setdefault(one.variant.service, []).append(one)
    print(f"\n{'service':<{width}}  broken  right  harmless  right")
    for name, own in by_service.items():
        rows = [[j.right for j in own if j.variant.kind == kind] for kind in ("broken", "harmless")]
        print(f"{name:<{width}}  {len(rows[0]):>6}  {sum(rows[0]):>5}  {len(rows[1]):>8}  {sum(rows[1]):>5}")
    sys.exit(0)


if __name__ == "__main__":
    main()
