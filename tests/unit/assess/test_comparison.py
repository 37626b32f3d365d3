"""Which findings were already so: one old fault excuses one of today, and only one that weighed as much."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from genai_policy.assess.comparison import compared, paired_services
from genai_policy.model.code import Place
from genai_policy.model.law import Law
from genai_policy.model.message import Message
from genai_policy.model.service import Service
from genai_policy.model.verdict import Applicability, ControlOutcome, Evidence, Finding, Ledger, ObligationOutcome, ServiceOutcome, Verdict

HOOK = "hook.absent:output:POST /a:app.py:sdk.create"
SERVICE = Service("genai-service.toml", "", "s")


def finding(fingerprint: str, key: str = HOOK, kind: str = "hook", severity: Any = "error", file: str = "app.py") -> Finding:
    matter = (SERVICE.manifest, "p/label", "label", kind, key)
    return Finding(fingerprint, "s", "p/label", "label", severity, Message("m"), "new", (Place(file, 3),), matter=matter)


def verdict(*findings: Finding, shown: bool = True) -> Verdict:
    evidence = (Evidence("hook", "supports", Message("m")),) if shown else ()
    duty = ObligationOutcome("p/label", Applicability("applies"), "unmet", "error", (ControlOutcome("label", "unmet", evidence),))
    services = (ServiceOutcome(SERVICE, (duty,)),)
    return Verdict("closed", "pull-request", dt.date(2026, 1, 1), (), services, findings, (), (), Ledger(), Law())


def new_ones(before: Verdict, *now: Finding, moved: dict[str, str] | None = None) -> list[str]:
    found = compared(verdict(*now), before, "main", moved or {})
    assert found.gate == ("closed" if any(f.status == "new" and f.severity == "error" for f in found.findings) else "open")
    return [f.fingerprint for f in found.findings if f.status == "new"]


@pytest.mark.parametrize(
    ("before", "now", "moved", "new"),
    [
        ([], [finding("a")], {}, ["a"]),
        ([finding("a")], [finding("a")], {}, []),
        # the code moved without git's knowledge
        ([finding("a")], [finding("a", HOOK.replace("app.py", "b.py"), file="b.py")], {}, []),
        # the code changed and its file was renamed
        ([finding("a")], [finding("b", HOOK.replace("app.py", "b.py"), file="b.py")], {"app.py": "b.py"}, []),
        ([finding("a")], [finding("b", HOOK.replace("app.py", "b.py"), file="b.py")], {}, ["b"]),
        # two where one was, whichever comes first
        ([finding("a")], [finding("a"), finding("b")], {}, ["b"]),
        ([finding("a")], [finding("b"), finding("a")], {}, ["b"]),
        # better than nothing, and worse than something
        ([finding("a")], [finding("b", HOOK.replace("hook.absent", "flow.one-branch"))], {}, []),
        ([finding("a", HOOK.replace("hook.absent", "flow.one-branch"))], [finding("b")], {}, ["b"]),
        # another route
        ([finding("a")], [finding("b", HOOK.replace("/a", "/b"))], {}, ["b"]),
        # for review then, binding now
        ([finding("a", severity="warning")], [finding("a")], {}, ["a"]),
        ([finding("a")], [finding("a", severity="warning")], {}, []),
    ],
)  # fmt: skip
def test_old_and_new(before: list[Finding], now: list[Finding], moved: dict[str, str], new: list[str]) -> None:
    assert new_ones(verdict(*before), *now, moved=moved) == new


def test_what_was_not_shown_at_all_excuses_its_parts_but_nothing_forbidden() -> None:
    unclaimed = verdict(finding("a", "not-claimed", "claim"), shown=False)
    assert new_ones(unclaimed, finding("b")) == []
    no_route = verdict(finding("a", "hook.off-every-route:contradicts:none"), shown=False)
    one_route = finding("b", "hook.off-every-route:contradicts:GET /b")
    assert new_ones(no_route, one_route) == []
    assert new_ones(verdict(one_route, shown=False), finding("c", "hook.off-every-route:contradicts:GET /c")) == ["c"]
    assert new_ones(unclaimed, finding("b", "forbidden:rule:app.py:1", "forbidden")) == ["b"]
    assert new_ones(verdict(finding("a", "hook.empty:labels:mark"), shown=True), finding("b")) == ["b"], "another hook did its part"


def test_services_are_found_again_by_manifest_move_and_name() -> None:
    then = [Service("a/genai-service.toml", "a", "a"), Service("b/genai-service.toml", "b", "shop", {"service.name": "shop"})]
    now = [Service("c/genai-service.toml", "c", "c"), Service("x/genai-service.toml", "x", "shop", {"service.name": "shop"})]
    pairs = paired_services(now, then, {"a/genai-service.toml": "c/genai-service.toml"})
    assert [(new.root, old.root if old else None) for new, old in pairs] == [("c", "a"), ("x", "b")]
    assert paired_services(now[:1], then, {}) == [(now[0], None)]
