"""The text report: one screen, both languages, safe to print."""

from __future__ import annotations

import re

import pytest
from verdicts import closed, finding, note, opened

from genai_policy.model import Gap, Place
from genai_policy.report.layout import Style, columns, wrap
from genai_policy.report.text import TextReport


def lines(verdict, lang="en", **style):
    return TextReport(Style(**style))(verdict, lang).splitlines()


def test_says_duty_place_path_and_what_opens_the_gate():
    text = "\n".join(lines(closed()))
    assert "error  cn-demo/label  title of label" in text
    assert "app/routes.py:10  1 of 2 generation paths leaves without a label" in text
    assert "path: app/routes.py:10 create_picture > app/gen.py:20 make > app/gen.py:24 client.images.generate" in text
    assert "fix: call the hook" in text


def test_findings_with_the_same_cause_are_told_once():
    text = "\n".join(lines(closed()))
    assert text.count("error  cn-demo/") == 1
    assert "also leaves unmet: cn-demo/label-again" in text


def test_fits_one_screen_however_many_findings():
    many = tuple(finding("label", salt=str(n), places=(Place(f"app/f{n}.py", n),)) for n in range(1, 12))
    assert len(lines(closed(findings=many))) < 70
    assert "also unmet" in "\n".join(lines(closed(findings=many)))
    assert "also unmet" not in "\n".join(lines(closed(findings=many), verbose=True))


def test_last_line_says_gate_exit_code_and_what_could_not_be_told():
    assert lines(closed())[-1].startswith("gate closed: exit 1, ")
    assert lines(closed())[-1].endswith("could not be told: one duty is undetermined")
    assert lines(opened())[-1].startswith("gate open: exit 0, ")
    assert lines(opened(gate="inconclusive"))[-1].startswith("gate inconclusive: exit 3, ")


def test_lists_waived_baselined_undetermined_review_gaps_and_rejected():
    text = "\n".join(lines(closed()))
    for expected in (
        "1 waived, 1 in the baseline",
        "the handler could not be resolved",
        "title of minors: declare opinion.declared",
        "app/broken.py:3  syntax: syntax error",
        "docs/agreement.md:1  docs/agreement.md is a template",
        "12 files enumerated, 9 read, 3 left out (test 2, vendored 1)",
        "rule rule-b skipped: semgrep is not installed",
    ):
        assert expected in text


def test_verbose_adds_satisfied_duties_with_their_evidence():
    assert "mark stands on 2 of 2 paths" not in "\n".join(lines(closed()))
    assert "app/labels.py:4  visible-label: mark stands on 2 of 2 paths" in "\n".join(lines(closed(), verbose=True))


def test_chinese_report_has_no_english_words_of_its_own():
    text = "\n".join(lines(closed(), "zh", verbose=True))
    own_words = re.sub(r"[\w./:>-]*[/._:][\w./:-]*|title of [\w-]+|\[.*?\]", "", text)
    for words in ("undetermined:", "fix:", "gate ", "left out", "waived", "not declared", "syntax:", "vendored", "exit "):
        assert words not in own_words


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_never_gives_a_certificate_or_a_score(lang):
    text = "\n".join(lines(closed(), lang, verbose=True)).lower()
    assert "complian" not in text
    assert "%" not in text
    assert "合规" not in text


def test_colour_only_where_asked():
    assert "\x1b[" not in "\n".join(lines(closed()))
    coloured = "\n".join(lines(closed(), colour=True))
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == "\n".join(lines(closed()))


def test_repository_text_cannot_steer_the_terminal_or_the_log():
    hostile = "a\x1b[2Jb\r\n::error::x ##[error]y \u202eevil"
    findings = (finding("label", places=(Place(hostile, 3),), message=note(hostile)),)
    text = "\n".join(lines(closed(findings=findings, gaps=(Gap(hostile, hostile, 1),)), verbose=True))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "##[" not in text
    assert not re.search(r"^\s*::", text, re.MULTILINE)


def test_lines_fit_the_width_in_both_languages():
    for lang in ("en", "zh"):
        assert max(columns(line) for line in lines(closed(), lang, width=72, verbose=True)) <= 72


def test_wrapping_keeps_every_character_and_no_line_starts_with_a_stop():
    text = "存在适用而未满足、且未被豁免也未列入基线的义务。"
    wrapped = wrap(text, 20, 20)
    assert "".join(wrapped) == text
    assert not any(line[0] in "、。" for line in wrapped)
