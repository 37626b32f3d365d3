"""Evidence that what must not be in the code is not there: each hit of a rule speaks against the control.

That nothing was found counts only for rules that ran, and that could look at every file of the service they wanted to see.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from genai_policy.assess.asked import evidence, listed, params_of
from genai_policy.assess.matched import text_code
from genai_policy.hookspecs import hookimpl
from genai_policy.model.code import Place
from genai_policy.model.law import Law
from genai_policy.model.message import Message
from genai_policy.model.verdict import Claim, Evidence, FactIndex

KIND = "forbidden"
PARAMS = frozenset(("rules",))
#: Files shown that a rule could not look at.
MAX_PLACES = 20


@hookimpl
def genai_policy_evidence_kinds() -> Mapping[str, frozenset[str]]:
    """Answer for ``forbidden``."""
    return {KIND: PARAMS}


@hookimpl
def genai_policy_collect_evidence(claim: Claim, facts: FactIndex) -> Iterator[Evidence]:
    """Yield every hit of the control's rules below the service's folder and what they could not look at, or the number of clean files."""
    params = params_of(claim, KIND)
    rules = tuple(str(rule) for rule in (params or {}).get("rules", ()))
    if not rules:
        return
    inside = claim.service.root + "/" if claim.service.root else ""
    unseen = tuple(_unseen(claim, facts, rules, inside))
    yield from unseen
    found = facts.matches or ()
    hits = [m for m in sorted(found) if _names(m.rule, rules) and m.file.startswith(inside) and not facts.left_out.get(m.file)]
    seen: dict[tuple[str, str, str], int] = {}
    for hit in hits:
        matched = text_code(hit.matched or hit.text)
        matter = (hit.rule, hit.file, matched)
        seen[matter] = seen.get(matter, 0) + 1
        note = Message("forbidden.found", {"rule": hit.rule, "file": hit.file})
        key = f"forbidden:{hit.rule}:{hit.file}:{seen[matter]}"
        yield evidence(KIND, "contradicts", note, places=[Place(hit.file, hit.line)], key=key, matched=matched)
    if not hits and not unseen:
        files = str(sum(file.startswith(inside) for file in facts.files))
        note = Message("forbidden.clean", {"rules": listed(rules), "files": files})
        yield evidence(KIND, "supports", note, places=[Place(claim.service.manifest, 1)], key="forbidden:clean")


def rules_asked_for(law: Law) -> frozenset[str]:
    """Return the ids of all rules that the obligations of ``law`` ask for, through their controls or beside them."""
    found: set[str] = set()
    for requirement in (r for pack in law.packs for obligation in pack.obligations for r in obligation.requires):
        control = law.controls.get(requirement.control)
        ways = [way.params for way in control.ways if way.kind == KIND] if control is not None else []
        found.update(str(rule) for params in (*ways, requirement.params.get(KIND, {})) for rule in params.get("rules", ()))
    return frozenset(found)


def _unseen(claim: Claim, facts: FactIndex, rules: Sequence[str], inside: str) -> Iterator[Evidence]:
    """Yield what the rules leave open: rules that did not run, and files that rules could not look at."""
    ran = () if facts.matches is None else facts.rules_run
    missing = [rule for rule in rules if not any(_names(one, (rule,)) for one in ran)]
    if missing:
        note = Message("forbidden.not-run", {"rules": listed(missing)})
        yield evidence(KIND, "undecided", note, places=[Place(claim.service.manifest, 1)], key="forbidden:not-run")
    missed = [(rule, file) for rule, file in facts.rules_missed if _names(rule, tuple(rules)) and file.startswith(inside)]
    if missed:
        blind, files = sorted({rule for rule, _ in missed}), sorted({file for _, file in missed})
        note = Message("forbidden.not-seen", {"rules": listed(blind), "files": listed(files)})
        yield evidence(KIND, "undecided", note, places=[Place(file, 1) for file in files[:MAX_PLACES]], key="forbidden:not-seen")


def _names(rule: str, wanted: tuple[str, ...]) -> bool:
    """semgrep may put the rule file's folders in front of an id."""
    return rule in wanted or rule.rpartition(".")[2] in wanted
