"""Notices → lines of flake8: codes, and where to show what has no line in a Python file."""

from __future__ import annotations

import argparse
from typing import Any

import pytest

from genai_policy.integrations.flake8_plugin import Plugin, _by_file, _linted
from genai_policy.integrations.judgement import Judgement, Notice, Spot

LINTED = ["a.py", "b.py"]


def notice(**changes: Any) -> Notice:
    values: dict[str, Any] = {"kind": "unmet", "severity": "error", "blocks": True, "file": "b.py", "line": 3, "column": 5, "text": "odd"}
    return Notice(**(values | changes))


def shown(*notices: Notice, everything: bool = False) -> dict[str, list[tuple[int, int, str, type]]]:
    return _by_file(Judgement("closed", "release", "", notices), LINTED, "not in the gate", everything=everything)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "GAP100"),
        ({"severity": "warning"}, "GAP200"),
        ({"severity": "note"}, "GAP300"),
        ({"kind": "open", "severity": "warning"}, "GAP400"),
        ({"kind": "mistake"}, "GAP900"),
        ({"kind": "failure"}, "GAP901"),
    ],
)
def test_each_kind_has_its_code(changes, code):
    [(line, column, text, _)] = shown(notice(**changes))["b.py"]
    assert (line, column, text.partition(" ")[0]) == (3, 4, code)


def test_what_does_not_keep_the_gate_shut_is_shown_on_demand():
    mild = notice(severity="warning", blocks=False)
    assert shown(mild) == {}
    assert shown(mild, everything=True) == {"b.py": [(3, 4, "GAP200 odd", Plugin)]}


@pytest.mark.parametrize(
    ("changes", "home"),
    [
        ({"file": "genai-service.toml", "line": 7}, ("a.py", 1, "genai-service.toml:7: odd")),
        ({"file": "web/a.ts", "line": 7, "elsewhere": (Spot("x.py", 1), Spot("b.py", 9))}, ("b.py", 9, "web/a.ts:7: odd")),
        ({"file": "", "line": 0}, ("a.py", 1, "odd")),
        ({"file": "x\n.toml", "line": 2}, ("a.py", 1, "x .toml:2: odd")),
        ({"file": "other.py"}, None),
        ({"column": 0}, ("b.py", 3, "odd")),
        ({"obligations": ("p/a", "p/b", "p/c")}, ("b.py", 3, "odd [p/a (+2)]")),
    ],
)
def test_everything_has_a_home_but_files_that_nobody_lints(changes, home):
    found = [(file, line, text) for file, rows in shown(notice(**changes)).items() for line, _, text, _ in rows]
    assert found == ([(home[0], home[1], f"GAP100 {home[2]}; not in the gate")] if home else [])


def test_the_first_file_is_one_in_which_a_line_can_be_seen(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in {"a.py": "# flake8: noqa\n", "b.py": "", "c.py": "", "skip/d.py": "", "e.txt": ""}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    options = argparse.Namespace(filenames=[], stdin_display_name="stdin", filename=["*.py"], exclude=["skip"], extend_exclude=[])
    assert _linted(options, str(tmp_path)) == ["b.py", "a.py", "c.py"]
    (tmp_path / "b.py").unlink()
    (tmp_path / "c.py").unlink()
    assert _linted(options, str(tmp_path)) == ["a.py"]
