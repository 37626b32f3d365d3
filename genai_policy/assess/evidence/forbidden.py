"""Evidence that what must not be in the code is not there: each hit of a rule speaks against the control."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from genai_policy.assess.asked import evidence, listed, params_of
from genai_policy.hookspecs import hookimpl
from genai_policy.model.code import Place
from genai_policy.model.message import Message
from genai_policy.model.verdict import Claim, Evidence, FactIndex

KIND = "forbidden"
PARAMS = frozenset(("rules",))


@hookimpl
def genai_policy_evidence_kinds() -> Mapping[str, frozenset[str]]:
    """Answer for ``forbidden``."""
    return {KIND: PARAMS}


@hookimpl
def genai_policy_collect_evidence(claim: Claim, facts: FactIndex) -> Iterator[Evidence]:
    """Yield every hit of the control's rules below the service's folder, or the number of files that were clean."""
    params = params_of(claim, KIND)
    rules = tuple(str(rule) for rule in (params or {}).get("rules", ()))
    if not rules:
        return
    if facts.matches is None:
        note = Message("forbidden.not-run", {"rules": listed(rules)})
        yield evidence(KIND, "undecided", note, places=[Place(claim.service.manifest, 1)], key="forbidden:not-run")
        return
    inside = claim.service.root + "/" if claim.service.root else ""
    hits = [m for m in sorted(facts.matches) if _names(m.rule, rules) and m.file.startswith(inside) and not facts.left_out.get(m.file)]
    seen: dict[tuple[str, str, str], int] = {}
    for hit in hits:
        matter = (hit.rule, hit.file, " ".join(hit.text.split())[:120])
        seen[matter] = seen.get(matter, 0) + 1
        note = Message("forbidden.found", {"rule": hit.rule, "file": hit.file})
        key = f"forbidden:{hit.rule}:{hit.file}:{matter[2]}:{seen[matter]}"
        yield evidence(KIND, "contradicts", note, places=[Place(hit.file, hit.line)], key=key)
    if not hits:
        files = str(sum(file.startswith(inside) for file in facts.files))
        note = Message("forbidden.clean", {"rules": listed(rules), "files": files})
        yield evidence(KIND, "supports", note, places=[Place(claim.service.manifest, 1)], key="forbidden:clean")


def _names(rule: str, wanted: tuple[str, ...]) -> bool:
    """semgrep may put the rule file's folders in front of an id."""
    return rule in wanted or rule.rpartition(".")[2] in wanted
