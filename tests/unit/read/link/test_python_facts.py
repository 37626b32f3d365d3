"""Sites, routes, entries and generation routes of small Python services.

A case is one text file that holds several source files (``-- path --`` starts one). What is expected is written where it is expected: a line
that ends in ``#! site MODALITY PROVIDER``, ``#! route METHOD PATH``, ``#! route METHOD PATH generates`` or ``#! entry KIND``. Marks are separated
by `` ; ``. A line without a mark must show nothing, so every other line of a case is a case of what must not match.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import tomli

from genai_policy.model.code import CodeFacts
from tests.unit.linked import linked

HERE = Path(__file__).parent
CASES = sorted((HERE / "cases" / "python").glob("*.txt"))
CATALOGUE = Path(__file__).parents[4] / "genai_policy" / "read" / "catalogue"
_FILE = re.compile(r"^-- (\S+) --\n", re.MULTILINE)


def files_of(case: Path) -> dict[str, str]:
    parts = _FILE.split(case.read_text("utf-8"))
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def expected(files: dict[str, str]) -> list[str]:
    marks = []
    for name, text in files.items():
        for number, line in enumerate(text.split("\n"), 1):
            _, found, mark = line.partition("#! ")
            marks += [f"{name}:{number} {one.strip()}" for one in mark.split(" ; ")] if found else []
    return sorted(marks)


def shown(facts: CodeFacts) -> list[str]:
    marks = [f"{s.file}:{s.line} site {s.modality} {s.provider}" for s in facts.sites]
    generating = {one.route for one in facts.generation_routes}
    marks += [
        f"{r.file}:{r.line} route {r.method} {r.path}{' generates' if number in generating else ''}" for number, r in enumerate(facts.routes)
    ]
    return sorted(marks + [f"{e.file}:{e.line} entry {e.kind}" for e in facts.entry_points])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_facts_are_those_marked(case: Path) -> None:
    files = files_of(case)
    assert shown(linked(files)) == expected(files)


def test_every_python_framework_of_the_catalogue_has_a_case() -> None:
    frameworks = tomli.loads((CATALOGUE / "web_python.toml").read_text("utf-8"))["framework"]
    text = "".join(case.read_text("utf-8") for case in CASES)
    assert [one["name"] for one in frameworks if not any(app.split(".")[0] in text for app in one["apps"])] == []


def test_facts_do_not_depend_on_the_order_of_files() -> None:
    files = files_of(HERE / "cases" / "python" / "linking.txt")
    assert linked(files) == linked(dict(reversed(files.items())))
