"""The shipped pack judges declared facts as its legal readings say. The cases are data in ``scope/``."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import tomli

from genai_policy.assess.scope import assess_scope
from genai_policy.load.manifest import load_services
from genai_policy.load.packs import load_law
from genai_policy.model.law import Law, Obligation
from genai_policy.model.verdict import Applicability
from tests.packs.manifests import SCOPE, base, laid_over, written

POLICIES = Path(__file__).parents[2] / "policies"
PACK = "cn-genai"
AS_OF = dt.date(2026, 11, 15)


@cache
def law() -> Law:
    return load_law([POLICIES], {}, [PACK])


@cache
def obligations() -> Mapping[str, Obligation]:
    return {o.id.partition("/")[2]: o for p in law().packs for o in p.obligations}


def judged(manifest: str, as_of: dt.date) -> Mapping[str, Applicability]:
    """Return the applicability of every duty and gate by its name."""
    (service,) = load_services(lambda _: manifest.encode(), ["genai-service.toml"], None)
    return {o.id.partition("/")[2]: found for o, found in assess_scope(law(), service, as_of)}


def scope_cases() -> Iterator[Any]:
    for case in tomli.loads((SCOPE / "worked-examples.toml").read_text())["case"]:
        yield pytest.param(case["manifest"], case, id=case["name"])
    for case in tomli.loads((SCOPE / "facts-one-by-one.toml").read_text())["case"]:
        yield pytest.param(written(laid_over(base(), case.get("with", {}))), case, id=case["name"])


@pytest.mark.parametrize(("manifest", "case"), list(scope_cases()))
def test_declared_facts_decide_which_duties_bind(manifest: str, case: Mapping[str, Any]) -> None:
    found = judged(manifest, case.get("as-of", AS_OF))
    expected = case["expect"]
    duties = {name: a.answer for name, a in found.items() if obligations()[name].role == "duty"}
    wanted = dict(_wanted(expected, duties))
    assert {name: duties[name] for name in wanted} == wanted
    if "applying" in expected:
        assert sum(answer == "applies" for answer in duties.values()) == expected["applying"]
    if "reading" in expected:
        assert {a.reading for name, a in found.items() if duties.get(name) == "applies"} == {expected["reading"]}
    if "contested" in expected:
        disputed = {name for name, a in found.items() if name in duties and a.reading == "contested"}
        assert bool(disputed) == bool(expected["contested"])
        assert [p for p in expected["contested"] if not any(fnmatchcase(name, p) for name in disputed)] == []
    for gate, answer in expected.get("gates", {}).items():
        assert (gate, found[gate].answer) == (gate, answer)


def _wanted(expected: Mapping[str, Any], duties: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield each duty that the case judges, with the answer of the first list that names it."""
    answers = ("does-not-apply", "applies", "review")
    for answer in answers:
        for pattern in expected.get(answer, ()):
            assert any(fnmatchcase(name, pattern) for name in duties), f"{pattern} names no duty"
    for name in duties:
        for answer in answers:
            if any(fnmatchcase(name, pattern) for pattern in expected.get(answer, ())):
                yield name, answer
                break
        else:
            if "rest" in expected:
                yield name, expected["rest"]


def test_an_empty_manifest_is_released_from_nothing() -> None:
    assert "does-not-apply" not in {a.answer for name, a in judged("schema = 1", AS_OF).items() if obligations()[name].role == "duty"}


def test_leaving_out_a_fact_never_releases_from_a_duty() -> None:
    full = tomli.loads(tomli.loads((SCOPE / "worked-examples.toml").read_text())["case"][0]["manifest"])
    bound = {name for name, a in judged(written(full), AS_OF).items() if a.answer != "does-not-apply"}
    for path in _facts(full):
        fewer = judged(written(laid_over(full, path)), AS_OF)
        assert not [name for name in bound if fewer[name].answer == "does-not-apply"], path


def _facts(facts: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for key, value in facts.items():
        if key == "schema":
            continue
        yield {key: "undeclared"}
        if isinstance(value, dict):
            yield from ({key: {inner: "undeclared"}} for inner in value)


# ---- what looks like a duty and is none ----------------------------------------------------------------------------------

RULES = tomli.loads((SCOPE / "not-duties.toml").read_text())["rule"]


def test_all_tempting_rules_are_covered() -> None:
    assert len(RULES) == 11


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r["tempting"])
def test_tempting_rule_is_not_enforced(rule: Mapping[str, Any]) -> None:
    if "not-applying" in rule:
        found = judged(written(laid_over(base(), rule["facts"])), AS_OF)
        assert [name for name in rule["not-applying"] if found[name].answer == "applies"] == []
    names = [*obligations(), *sorted({r.control for o in obligations().values() for r in o.requires})]
    assert [n for word in rule.get("no-control", ()) for n in names if word in n] == []
    for param in rule.get("no-param", ()):
        control, kind, name = param.split()
        asked = [w.params for w in law().controls[control].ways if w.kind == kind]
        asked += [r.params.get(kind, {}) for o in obligations().values() for r in o.requires if r.control == control]
        assert [params for params in asked if name in params] == [], param
    for words in rule.get("no-words", ()):
        assert [o.id for o in obligations().values() if re.search(words, f"{o.duty.en} {o.duty.zh} {o.fix.en} {o.fix.zh}")] == []
    if "accepts" in rule:
        _assert_accepted(**rule["accepts"])


def _assert_accepted(control: str, column: str, values: list[str]) -> None:
    (register,) = (w for w in law().controls[control].ways if w.kind == "register")
    patterns = register.params["values"][column]
    assert [v for v in values if not any(re.fullmatch(p, v) for p in patterns)] == []
