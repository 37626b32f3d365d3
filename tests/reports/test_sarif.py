"""The sarif report: schema, GitHub's ingestion rules, every outcome, nothing capped in silence."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

import jsonschema
import pytest
import verdicts
from verdicts import CHINESE, HOPS, closed, finding, many, note, opened

from genai_policy.model import Hop, Place
from genai_policy.report import sarif, sarif_results
from genai_policy.report.sarif import SarifReport

SCHEMA = Path(__file__).parent / "schemas" / "sarif-schema-2.1.0.json"
CHINESE_LINE = '"说明" = "😀";visible-label = { hook = "app.labels:mark" }'
LINES = {("genai-service.toml", 12): CHINESE_LINE, ("目录/标识 a[1]?#%😀:b.py", 3): "\t图 = 生成()  "}


def lines(file, line):
    """The text of the judged tree's lines."""
    return LINES.get((file, line))


def chinese():
    """A verdict with Chinese paths, whose manifest has an emoji before the column."""
    places = (Place("genai-service.toml", 12, 12), Place(CHINESE, 3))
    return closed(findings=(finding(places=places, hops=(Hop(CHINESE, 3, "f"),)),))


VERDICTS = {
    **{name: verdicts.VERDICTS[name] for name in ("closed", "open", "inconclusive", "hostile", "nothing")},
    "chinese": chinese(),
    "thirty thousand": many(30_000),
}


def run(verdict, lang="en", **settings):
    return json.loads(SarifReport(**settings)(verdict, lang))["runs"][0]


def results(verdict, **settings):
    return run(verdict, **settings)["results"]


@pytest.fixture(scope="session")
def validator():
    schema = json.loads(SCHEMA.read_text("utf-8"))
    return jsonschema.Draft4Validator(schema)


@pytest.fixture(scope="session")
def reports():
    """Every verdict as ``sarif`` in Chinese, and as what GitHub gets in English."""
    found = {
        name: (SarifReport(lines=lines)(v, "zh"), SarifReport(lines=lines, findings_only=True)(v, "en")) for name, v in VERDICTS.items()
    }
    return {name: [json.loads(text) for text in texts] for name, texts in found.items()}


def shortened(log):
    """The log with the first and last results: they are alike by the thousand, and the validators take seconds to minutes for all."""
    (run,) = log["runs"]
    return {**log, "runs": [{**run, "results": [*run["results"][:20], *run["results"][-20:]]}]} if len(run["results"]) > 40 else log


@pytest.mark.parametrize("name", VERDICTS)
def test_meets_the_schema(validator, reports, name):
    for log in reports[name]:
        assert [error.message for error in validator.iter_errors(shortened(log))] == []


@pytest.mark.parametrize("name", VERDICTS)
def test_meets_the_rules_of_github(reports, name, tmp_path):
    tool = os.environ.get("SARIF_MULTITOOL") or shutil.which("Sarif.Multitool")
    if not tool:
        pytest.skip("Sarif.Multitool is not installed; name its binary in SARIF_MULTITOOL")
    for number, log in enumerate(reports[name]):
        (tmp_path / "in.sarif").write_text(json.dumps(shortened(log)), "utf-8")
        command = [tool, "validate", "in.sarif", "--rule-kind", "Sarif;Ghas", "--level", "Error;Warning", "-o", f"{number}.sarif"]
        subprocess.run(command, cwd=tmp_path, capture_output=True, check=True)
        # the tool exits 0 whatever it finds
        found = json.loads((tmp_path / f"{number}.sarif").read_text("utf-8-sig"))["runs"][0].get("results", [])
        assert [(result["ruleId"], result["message"].get("arguments")) for result in found] == []


def test_findings_alone_are_what_github_takes_for_problems():
    kinds = [result["kind"] for result in results(closed(), findings_only=True)]
    assert kinds == ["fail"] * 4
    assert run(closed(), findings_only=True)["properties"]["counts"]["satisfied"] == 1


def test_columns_are_utf16():
    (first, *_) = results(chinese(), lines=lines)
    region = first["locations"][0]["physicalLocation"]["region"]
    # code point 12 stands behind an emoji, which takes two units
    assert CHINESE_LINE[11:].startswith("visible-label")
    assert region == {"startLine": 12, "startColumn": 13, "endLine": 12, "endColumn": len(CHINESE_LINE) + 2}
    related = first["relatedLocations"][0]["physicalLocation"]["region"]
    assert related == {"startLine": 3, "startColumn": 2, "endLine": 3, "endColumn": 10}


def test_a_line_that_ends_before_the_column_marks_one_character():
    verdict = closed(findings=(finding(places=(Place("genai-service.toml", 12, 400),)),))
    region = results(verdict, lines=lines)[0]["locations"][0]["physicalLocation"]["region"]
    assert (region["startColumn"], region["endColumn"]) == (1, 2)


def test_rules_lead_to_their_page():
    rule = run(closed(), pages="https://example.org/v1")["tool"]["driver"]["rules"][0]
    assert rule["helpUri"] == "https://example.org/v1/docs/obligations/cn-demo/agreement.md"
    assert rule["helpUri"] in rule["help"]["markdown"]
    assert run(closed())["tool"]["driver"]["rules"][0]["helpUri"] == "https://example.org/law"


def test_every_outcome_has_its_kind_and_every_obligation_its_rule():
    out = run(closed())
    kinds = {(r["ruleId"], r["kind"]) for r in out["results"]}
    assert kinds == {
        ("cn-demo/agreement", "open"),
        ("cn-demo/complaints", "fail"),
        ("cn-demo/label", "fail"),
        ("cn-demo/label-again", "fail"),
        ("cn-demo/licence", "notApplicable"),
        ("cn-demo/minors", "pass"),
    }
    rules = out["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == sorted({rule for rule, _ in kinds})
    for rule in rules:
        assert rule["shortDescription"]["text"]
        assert "only wiring is seen" in rule["help"]["text"]
    for result in out["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def test_a_finding_is_anchored_where_to_look_first():
    label = next(r for r in results(closed()) if r["ruleId"] == "cn-demo/label")
    place = label["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("app/routes.py", 10)
    related = [r["physicalLocation"]["artifactLocation"]["uri"] for r in label["relatedLocations"]]
    assert related == ["genai-service.toml"]
    assert "[genai-service.toml:12](1)" in label["message"]["text"]


@pytest.mark.parametrize("places", [(), (Place("genai-service.toml", 12),)])
def test_what_is_absent_is_anchored_at_the_manifest(places):
    (result, *_) = results(closed(findings=(finding(places=places, hops=()),)))
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "genai-service.toml"
    assert "relatedLocations" not in result


def test_hops_become_a_code_flow():
    label = next(r for r in results(closed()) if r["ruleId"] == "cn-demo/label")
    (flow,) = label["codeFlows"][0]["threadFlows"]
    assert [step["location"]["message"]["text"] for step in flow["locations"]] == [hop.symbol for hop in HOPS]


def test_waived_is_suppressed_and_baselined_is_unchanged():
    complaints = [r for r in results(closed()) if r["ruleId"] == "cn-demo/complaints"]
    told = [(r["properties"]["status"], r["baselineState"], bool(r.get("suppressions"))) for r in complaints]
    assert sorted(told) == [("baselined", "unchanged", False), ("waived", "new", True)]


def test_fingerprints_do_not_depend_on_lines():
    moved = finding("label", places=(Place("app/routes.py", 99), Place("genai-service.toml", 40)))
    here, there = (results(closed(findings=(f,)))[0]["partialFingerprints"] for f in (finding("label"), moved))
    assert here == there
    assert here["primaryLocationLineHash"].endswith(":1")


def test_equal_fingerprints_are_numbered():
    twice = results(closed(findings=(finding("label"), finding("label"))))[:2]
    assert [r["partialFingerprints"]["primaryLocationLineHash"][-2:] for r in twice] == [":1", ":2"]


def test_clauses_are_taxa():
    out = run(closed())
    (taxonomy,) = out["taxonomies"]
    label = next(r for r in out["results"] if r["ruleId"] == "cn-demo/label")
    assert taxonomy["taxa"][label["taxa"][0]["index"]]["id"] == "article for label"


def test_uris_are_percent_encoded_and_relative_to_the_repository():
    verdict = closed(findings=(finding(places=(Place(CHINESE, 3),)),))
    related = results(verdict, prefix="a b/")[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert related == "a%20b/%E7%9B%AE%E5%BD%95/%E6%A0%87%E8%AF%86%20a%5B1%5D%3F%23%25%F0%9F%98%80%3Ab.py"


def test_file_names_that_are_no_text_do_not_break_the_report():
    odd = "a\udcff.py"
    assert "a%FF.py" in SarifReport()(closed(findings=(finding(places=(Place(odd, 3),), message=note("m")),)), "en")


def test_gaps_and_reasons_are_notifications_and_the_exit_code_is_stated():
    (invocation,) = run(closed())["invocations"]
    assert (invocation["exitCode"], invocation["executionSuccessful"]) == (1, False)
    assert [n["descriptor"]["id"] for n in invocation["toolExecutionNotifications"]] == ["gap/syntax", "gap/plugin", "inconclusive"]
    assert run(opened())["invocations"][0]["executionSuccessful"] is True


def test_a_capped_list_says_so(monkeypatch):
    monkeypatch.setattr(sarif, "MAX_RESULTS", 5)
    out = run(closed(findings=tuple(finding(salt=str(n)) for n in range(9))))
    assert len(out["results"]) == 5
    assert all(result["kind"] == "fail" for result in out["results"])
    assert out["properties"]["resultsLeftOut"] == 7
    assert "this file holds 5 results; 7 more are left out" in json.dumps(out["invocations"])


def test_capped_places_and_steps_say_so(monkeypatch):
    monkeypatch.setattr(sarif_results, "MAX_LOCATIONS", 2)
    monkeypatch.setattr(sarif_results, "MAX_STEPS", 2)
    places = tuple(Place(f"f{n}.py", n) for n in range(1, 6))
    (result, *_) = results(closed(findings=(finding(places=places),)))
    assert len(result["relatedLocations"]) == 2
    assert "and 2 more places left out" in result["message"]["text"]
    assert result["codeFlows"][0]["message"]["text"] == "1 more step is left out"


def test_thirty_thousand_findings_fit(reports):
    for log in reports["thirty thousand"]:
        (out,) = log["runs"]
        assert len(out["results"]) == 25_000
        # the heaviest are kept
        assert [out["results"][n]["level"] for n in (0, 14_999, 15_000)] == ["error", "error", "warning"]
        said = {n["descriptor"]["id"]: n["message"]["text"] for n in out["invocations"][0]["toolExecutionNotifications"]}
        assert set(said) == {"capped", "shown"}
        assert len(gzip.compress(json.dumps(log).encode(), 1)) < 10_000_000


def test_a_report_that_packs_too_large_is_cut_and_says_so(monkeypatch):
    monkeypatch.setattr(sarif, "MAX_PACKED", 8_000)
    verdict = opened(gate="closed", findings=tuple(finding(salt=hashlib.sha256(bytes([n])).hexdigest()) for n in range(200)))
    text = SarifReport()(verdict, "en")
    (out,) = json.loads(text)["runs"]
    assert len(gzip.compress(text.encode())) <= 8_000
    assert 0 < len(out["results"]) < 201
    assert out["properties"]["resultsLeftOut"] == 201 - len(out["results"])
