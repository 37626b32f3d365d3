"""The github report: the heaviest findings within the budget, the rest told, nothing to inject."""

from __future__ import annotations

import re

import pytest
from verdicts import HOSTILE, VERDICTS, closed, finding, note, opened

from genai_policy.model import Gap, Place
from genai_policy.report.github import GithubReport

COMMAND = re.compile(r"^\s*::|##\[")


def lines(verdict, **settings):
    return GithubReport(**settings)(verdict, "en").splitlines()


def many(number, severity="error"):
    return tuple(
        finding("label", severity=severity, places=(Place(f"f{n:03}.py", n),), message=note(f"{severity} {n}"))
        for n in range(1, number + 1)
    )


def test_annotates_place_title_message_path_and_fix():
    first = lines(closed())[0]
    assert first.startswith("::error file=app/routes.py,line=10,title=cn-demo/label::title of label: 1 of 2 generation paths")
    assert "%0Apath: app/routes.py:10 create_picture > app/gen.py:20 make" in first
    assert first.endswith("%0Afix: call the hook%0Amore: genai-policy explain cn-demo/label (docs/obligations/cn-demo/label.md)")
    assert lines(closed(), pages="https://example.org/v1")[0].endswith("%0Apage: https://example.org/v1/docs/obligations/cn-demo/label.md")


def test_one_cause_is_one_annotation():
    out = [line for line in lines(closed()) if line.startswith("::error file=app/routes.py")]
    assert len(out) == 1
    assert "%0Aalso leaves unmet: cn-demo/label-again%0A" in out[0]


def test_a_known_column_is_given():
    verdict = closed(findings=(finding(places=(Place("genai-service.toml", 12, 7),)),))
    assert lines(verdict)[0].startswith("::error file=genai-service.toml,line=12,col=7,title=")


def test_what_keeps_the_gate_shut_is_told_once():
    out = lines(VERDICTS["two services"])
    assert [line.split(",title=")[1].split("::")[0] for line in out if line.startswith("::error")] == [
        "cn-demo/agreement",
        "gap (syntax)",
        "cn-demo/licence",
    ]


def test_waived_and_baselined_findings_are_not_annotated():
    assert not [line for line in lines(closed()) if "app/old.py" in line]


@pytest.mark.parametrize(
    ("severity", "command", "budget"), [("error", "::error ", 9), ("warning", "::warning ", 10), ("note", "::notice ", 10)]
)
def test_stays_in_the_budget_and_says_how_many_more(severity, command, budget):
    out = lines(opened(gate="closed", findings=many(30, severity)))
    commands = [line for line in out if line.startswith("::")]
    assert len(commands) == budget
    assert all(line.startswith(command) for line in commands)
    assert commands[-1].endswith(f"and {30 - budget + 1} more: see the log of this step and the summary")
    assert sum(f"f{n:03}.py" in line for n in range(1, 31) for line in out) == 30


def test_errors_come_before_warnings():
    out = lines(opened(gate="closed", findings=(*many(2, "warning"), *many(2))))
    assert [line.split()[0] for line in out[:4]] == ["::error", "::error", "::warning", "::warning"]


def test_hostile_text_cannot_inject_a_command():
    hostile = "a,line=1::x\r\n::error::pwned\n##[add-mask]y%0A::stop-commands::z"
    findings = tuple(finding("label", places=(Place(hostile, 1),), message=note(f"{hostile} {n}")) for n in range(30))
    out = lines(closed(findings=findings, gaps=(Gap(hostile, hostile),)))
    ours = re.compile(r"^::(error|warning|notice) (file=[^:,\s]*( [^:,]*)*,)?(line=\d+,)?title=[^:]*::")
    for line in out:
        assert "##[" not in line
        assert not COMMAND.match(line) or ours.match(line), line


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_hostile_repository_cannot_inject_a_command(lang):
    for line in GithubReport()(VERDICTS["hostile"], lang).splitlines():
        assert "##[" not in line
        assert "\x1b" not in line
        assert not COMMAND.match(line) or re.match(r"^::(error|warning|notice) (file=[^:,]*,(line=\d+,)?)?title=[^:]*::", line), line
    assert HOSTILE not in GithubReport()(VERDICTS["hostile"], lang)


def test_file_names_are_relative_to_the_repository():
    assert lines(closed(), prefix="services/chat/")[0].startswith("::error file=services/chat/app/routes.py,")


def test_closes_with_gate_exit_code_and_counts():
    assert lines(closed())[-1].startswith("genai-policy: gate closed: exit 1, ")
    assert "2 new, 1 waived, 1 baselined; 2 gaps" in lines(closed())[-1]


def test_what_closes_an_inconclusive_gate_is_an_error():
    verdict = closed(gate="inconclusive", findings=())
    assert any(line.startswith("::error file=app/broken.py,line=3,title=gap (syntax)::") for line in lines(verdict))


def test_an_open_gate_without_remarks_is_one_line():
    assert len(lines(opened())) == 1
