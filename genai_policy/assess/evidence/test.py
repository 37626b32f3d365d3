"""Evidence that a test exists and asserts something (``path/to/test_file.py::test_name``). The test is never run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from genai_policy.assess.asked import evidence, locators_of, not_taken, params_of
from genai_policy.hookspecs import hookimpl
from genai_policy.model.code import Place
from genai_policy.model.message import Message
from genai_policy.model.service import Locator
from genai_policy.model.verdict import Claim, Evidence, FactIndex

KIND = "test"
PARAMS: frozenset[str] = frozenset()
_ASSERTS = re.compile(
    r"\bassert\w*\b|\bexpect\s*\(|\.should\b|\bshould\s*\(|\bt\.(?:Error|Errorf|Fatal|Fatalf|Fail|FailNow)\b|\brequire\.\w+\(|\bverify\s*\("
    r"|\bpytest\.raises\b|\braises\s*\(|\bfail\s*\("
)
_SKIPPED = re.compile(
    r"@(?:pytest\.mark|unittest)\.skip|@Disabled|@Ignore|\b(?:xit|xtest|xdescribe)\s*\(|\b(?:it|test|describe)\.(?:skip|todo)\b|t\.Skip\w*\("
)
_HOLLOW = re.compile(
    r"^\s*(?:assert\s+(?:True|1|not\s+False)|assertTrue\((?:true|True)\)|expect\((true|1)\)\.(?:toBe|toEqual)\(\1\))\s*;?\s*$"
)
_COMMENT = re.compile(r"^\s*(?:#|//|\*|/\*)")
_MAX_LINES = 400


@hookimpl
def genai_policy_evidence_kinds() -> Mapping[str, frozenset[str]]:
    """Answer for ``test``."""
    return {KIND: PARAMS}


@hookimpl
def genai_policy_collect_evidence(claim: Claim, facts: FactIndex) -> Iterator[Evidence]:
    """Judge every test that the manifest names; all must hold."""
    if params_of(claim, KIND) is None:
        yield from not_taken(claim, KIND)
        return
    for locator in locators_of(claim, KIND):
        yield _judge(claim, facts, locator)


def _judge(claim: Claim, facts: FactIndex, locator: Locator) -> Evidence:
    target = claim.service.resolve(locator.target)
    file, _, name = target.partition("::")
    if target in facts.problems:
        return evidence(KIND, "contradicts", facts.problems[target], locator)
    text = facts.texts.get(file)
    if text is None:
        return evidence(KIND, "contradicts", Message("file.missing", {"file": file}), locator)
    lines = text.text.split("\n")
    args = {"file": file, "name": name}
    start = _definition(lines, name)
    if start is None:
        return evidence(KIND, "contradicts", Message("test.missing", args), locator)
    place = Place(file, start + 1)
    body = [line for line in _body(lines, start) if not _COMMENT.match(line)]
    if any(_SKIPPED.search(line) for line in (*lines[max(0, start - 3) : start], lines[start], *body)):
        return evidence(KIND, "contradicts", Message("test.skipped", args), locator, places=[place])
    if not any(_ASSERTS.search(line) and not _HOLLOW.match(line) for line in body):
        return evidence(KIND, "contradicts", Message("test.asserts-nothing", args), locator, places=[place])
    return evidence(KIND, "supports", Message("test.holds", args), locator, places=[place])


def _definition(lines: list[str], name: str) -> int | None:
    """Return the index of the line that defines the test ``name`` (``Class::test`` and ``Class.test`` name the method)."""
    last = re.split(r"::|\.", name)[-1].partition("[")[0] if not re.search(r"\s", name) else name
    if not last:
        return None
    quoted = re.escape(last)
    defined = rf"\b(?:def|func|void|function|fun)\s+(?:\([^)]*\)\s*)?{quoted}\s*\("
    pattern = re.compile(rf"{defined}|\b(?:it|test|describe)(?:\.only)?\s*\(\s*([\"'`]){quoted}\1")
    return next((i for i, line in enumerate(lines) if pattern.search(line[:2000]) and not _COMMENT.match(line)), None)


def _body(lines: list[str], start: int) -> list[str]:
    """Return the lines after a definition that are indented deeper than it."""
    depth = len(lines[start]) - len(lines[start].lstrip())
    body: list[str] = [lines[start].partition("{")[2]] if "{" in lines[start] else []
    for line in lines[start + 1 : start + 1 + _MAX_LINES]:
        if line.strip() and len(line) - len(line.lstrip()) <= depth and not line.strip().startswith((")", "{")):
            break
        body.append(line)
    return body
