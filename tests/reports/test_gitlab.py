"""The gitlab report: GitLab's shape, fingerprints that differ and last, nothing that a hostile repository could inject."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
from verdicts import VERDICTS, closed, finding

from genai_policy.model import Place
from genai_policy.report.gitlab import GitlabReport

SCHEMA = json.loads((Path(__file__).parent / "schemas" / "gitlab-codequality.schema.json").read_text("utf-8"))


def entries(verdict, lang="en", **settings):
    return json.loads(GitlabReport(**settings)(verdict, lang))


@pytest.mark.parametrize("name", VERDICTS)
def test_meets_the_shape_that_gitlab_reads(name):
    out = entries(VERDICTS[name], "zh")
    jsonschema.Draft202012Validator(SCHEMA).validate(out)
    fingerprints = [entry["fingerprint"] for entry in out]
    assert len(set(fingerprints)) == len(fingerprints)
    assert not any(re.search(r"[\x00-\x1f\u202e]|##\[", entry["description"]) for entry in out)


def test_what_closes_the_gate_blocks_and_what_was_accepted_informs():
    told = {(entry["check_name"], entry["severity"]) for entry in entries(closed())}
    assert ("cn-demo/label", "blocker") in told
    assert {severity for check, severity in told if check == "cn-demo/complaints"} == {"info"}
    assert ("gap/syntax", "blocker") in told


def test_an_open_gate_still_says_that_it_was_looked_at():
    (head,) = entries(VERDICTS["open"])
    assert (head["check_name"], head["severity"]) == ("genai-policy", "info")


def test_fingerprints_do_not_depend_on_lines():
    moved = closed(findings=(finding("label", places=(Place("app/routes.py", 99),)),))
    here, there = ([e["fingerprint"] for e in entries(verdict)] for verdict in (closed(findings=(finding("label"),)), moved))
    assert here == there


def test_paths_are_relative_to_the_repository():
    label = next(e for e in entries(closed(), prefix="b/") if e["check_name"] == "cn-demo/label")
    assert label["location"] == {"path": "b/app/routes.py", "lines": {"begin": 10}}
    assert label["description"].endswith("more: genai-policy explain cn-demo/label (docs/obligations/cn-demo/label.md)")
