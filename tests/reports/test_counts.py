"""One verdict, many formats: each of them counts the same outcomes, and none drops anything."""

from __future__ import annotations

import datetime as dt
import json
import re
import xml.etree.ElementTree as ET
from html import unescape

import pytest
from verdicts import VERDICTS, finding, opened

from genai_policy.model import Place
from genai_policy.model.change import Change, Turned
from genai_policy.model.service import Waiver
from genai_policy.plugins import load_plugins
from genai_policy.report.tally import OUTCOMES, counts

KEYS = (*OUTCOMES, "review", "new", "waived", "baselined", "gaps")
SENTENCE = {
    "en": r"(\d+) satisfied, (\d+) unmet, (\d+) undetermined, (\d+) not applicable, (\d+) for review; "
    r"(\d+) new, (\d+) waived, (\d+) baselined; (\d+) gap",
    "zh": r"已满足 (\d+)，未满足 (\d+)，无法判定 (\d+)，不适用 (\d+)，待人工确认 (\d+)；新增 (\d+)，豁免 (\d+)，基线 (\d+)；缺口 (\d+)",
}


@pytest.fixture(scope="module")
def reporters():
    return load_plugins().reporters()


def sentence(text, lang):
    """The counts of a report that tells them in words."""
    found = {tuple(map(int, numbers)) for numbers in re.findall(SENTENCE[lang], text)}
    assert len(found) == 1, found
    return dict(zip(KEYS, found.pop(), strict=True))


def of_json(text, lang):
    out = json.loads(text)
    outcomes = [duty["outcome"] for service in out["services"] for duty in service["obligations"]]
    found = {outcome: outcomes.count(outcome) for outcome in OUTCOMES}
    statuses = [finding["status"] for finding in out["findings"]]
    assert found == {key: out["counts"][key] for key in OUTCOMES}
    assert {key: statuses.count(key) for key in ("new", "waived", "baselined")} == {key: out["counts"][key] for key in statuses} | {
        key: 0 for key in ("new", "waived", "baselined") if key not in statuses
    }
    return {key: out["counts"][key] for key in KEYS}


def of_sarif(text, lang):
    (run,) = json.loads(text)["runs"]
    told = run["properties"]["counts"]
    kinds = [result["kind"] for result in run["results"]]
    others = {"satisfied": "pass", "undetermined": "open", "not-applicable": "notApplicable"}
    assert {kinds.count(kind) for kind in others.values()} == {0} or all(kinds.count(kind) == told[key] for key, kind in others.items())
    assert kinds.count("fail") == told["new"] + told["waived"] + told["baselined"]
    return {key: told[key] for key in KEYS}


def of_junit(text, lang):
    root = ET.fromstring(text.encode())
    found = [{p.get("name"): p.get("value") for p in suite.iter("property")} for suite in root.iter("testsuite")]
    assert len({tuple(sorted(one.items())) for one in found}) <= 1
    return {key: int(found[0][key]) for key in KEYS}


def of_html(text, lang):
    heads = re.findall(r'<dl class="counts">(.*?)</dl>', text, re.DOTALL)
    english, chinese = (tuple(map(int, re.findall(r"<dd>(\d+)</dd>", head))) for head in heads)
    assert english == chinese
    numbers = dict(zip(KEYS, english, strict=True))
    for outcome in ("satisfied", "unmet", "undetermined"):
        assert text.count(f">{outcome}</span></td>") == numbers[outcome]
    return numbers


READ = {
    "html": of_html,
    "json": of_json,
    "sarif": of_sarif,
    "sarif-findings": of_sarif,
    "junit": of_junit,
    "junit-gitlab": of_junit,
}


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", [name for name, verdict in VERDICTS.items() if verdict.services])
def test_every_format_counts_the_same(reporters, name, lang):
    verdict = VERDICTS[name]
    expected = {key: counts(verdict)[key] for key in KEYS}
    found = {name: READ.get(name, sentence)(reporter(verdict, lang), lang) for name, reporter in reporters.items()}
    assert found == dict.fromkeys(reporters, expected)


@pytest.mark.parametrize("name", VERDICTS)
def test_no_format_depends_on_anything_but_the_verdict(reporters, name):
    for reporter in reporters.values():
        assert reporter(VERDICTS[name], "zh") == reporter(VERDICTS[name], "zh")


def test_what_a_change_does_and_how_a_finding_was_accepted_is_told_everywhere(reporters):
    day, until = dt.date(2026, 1, 1), dt.date(2026, 4, 1)
    waiver = Waiver("cn-demo/label", "o", "vendor <fixes> it", "a", day, until, Place("genai-waivers.toml", 1))
    found = (finding("label", "waived", waiver=waiver), finding("complaints", "baselined", old_at="abc123", file="app/old.py"))
    change = Change("abc123", begins=(Turned("genai-service.toml", "demo", ("cn-demo/minors",)),))
    verdict = opened(findings=found, change=change)
    for name, reporter in reporters.items():
        text = unescape(reporter(verdict, "en"))
        if name != "github":
            assert "vendor" in text, name
            assert "2026-04-01" in text, name
        assert "abc123" in text, name
        assert "cn-demo/minors" in text, name
