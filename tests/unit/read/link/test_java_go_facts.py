"""Sites, routes, entries and generation routes of small Java and Go services.

A case is one text file that holds several source files (``-- path --`` starts one). What is expected is written where it is expected:
a line ends in ``//! site MODALITY PROVIDER``, ``//! route METHOD PATH``, ``//! route METHOD PATH generates`` or ``//! entry KIND``; several
marks are separated by ``;``. A line without a mark must show nothing, so every other line of a case is one of what must not match.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import tomli

from genai_policy.model.code import CodeFacts
from tests.unit.linked import linked

HERE = Path(__file__).parent
CASES = sorted([*(HERE / "cases" / "java").glob("*.txt"), *(HERE / "cases" / "go").glob("*.txt")])
CATALOGUE = Path(__file__).parents[4] / "genai_policy" / "read" / "catalogue"
_FILE = re.compile(r"^-- (\S+) --\n", re.MULTILINE)


def files_of(case: Path) -> dict[str, str]:
    parts = _FILE.split(case.read_text("utf-8"))
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def expected(files: dict[str, str]) -> list[str]:
    marks = []
    for name, text in files.items():
        for number, line in enumerate(text.split("\n"), 1):
            _, found, mark = line.partition("//! ")
            marks += [f"{name}:{number} {one.strip()}" for one in mark.split(" ; ")] if found else []
    return sorted(marks)


def shown(facts: CodeFacts) -> list[str]:
    marks = [f"{s.file}:{s.line} site {s.modality} {s.provider}" for s in facts.sites]
    generating = {one.route for one in facts.generation_routes}
    for number, route in enumerate(facts.routes):
        suffix = " generates" if number in generating else ""
        marks.append(f"{route.file}:{route.line} route {route.method} {route.path}{suffix}")
    return sorted(marks + [f"{e.file}:{e.line} entry {e.kind}" for e in facts.entry_points])


@pytest.mark.parametrize("case", CASES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_service_shows_exactly_what_its_lines_say(case: Path) -> None:
    files = files_of(case)
    project = {name: text for name, text in files.items() if not name.endswith((".java", ".go"))}
    code = {name: text for name, text in files.items() if name not in project}
    assert shown(linked(code, project)) == expected(files)


@pytest.mark.parametrize("language", ["java", "go"])
def test_every_sdk_of_the_catalogue_has_a_case(language: str) -> None:
    seen = {mark.split(" ", 1)[1] for case in CASES if case.parent.name == language for mark in expected(files_of(case))}
    sdks = tomli.loads((CATALOGUE / "sdks" / f"{language}.toml").read_text("utf-8"))["sdk"]
    wanted = {f"site {modality} {sdk['provider']}" for sdk in sdks for modality in sdk.get("generates", {})}
    assert sorted(wanted - seen) == []


def test_every_go_framework_of_the_catalogue_has_a_case() -> None:
    frameworks = tomli.loads((CATALOGUE / "go.toml").read_text("utf-8"))["framework"]
    text = "".join(case.read_text("utf-8") for case in CASES if case.parent.name == "go")
    assert [one["name"] for one in frameworks if not any(app.rpartition(".")[0] in text for app in one["apps"])] == []
