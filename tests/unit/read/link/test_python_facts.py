"""Sites, routes, entries and generation routes of small Python services.

A case is one text file that holds several source files (``-- path --`` starts one). What is expected is written where it is expected:
a line
that ends in ``#! site MODALITY PROVIDER``, ``#! route METHOD PATH``, ``#! route METHOD PATH generates`` or ``#! entry KIND``. Marks
are separated
by `` ; ``. A line without a mark must show nothing, so every other line of a case is a case of what must not match.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import tomli

from genai_policy.model.code import CodeFacts, Place
from genai_policy.model.service import DeclaredLink
from genai_policy.read.languages.python import PythonReader
from genai_policy.read.link.facts import link_program
from tests.unit.linked import catalogue, linked

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
        f"{r.file}:{r.line} route {r.method} {r.path}{' generates' if number in generating else ''}"
        for number, r in enumerate(facts.routes)
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


HIDDEN = """
from fastapi import FastAPI

app = FastAPI()


@app.post("/say")
def say(request):
    return request.state.wizard.conjure("x")
"""

WIZARD = """
import openai


class Wizard:
    def conjure(self, text):
        return openai.OpenAI().chat.completions.create(messages=[text])
"""


def test_a_call_on_an_unknown_receiver_goes_where_its_name_leaves_one_answer() -> None:
    facts = linked({"app.py": HIDDEN, "wizard.py": WIZARD})
    assert [(one.certainty, [hop.how for hop in one.hops]) for one in facts.generation_routes] == [("possible", ["entry", "name", "site"])]
    assert facts.gaps == ()


def test_a_call_on_an_unknown_receiver_is_a_gap_where_its_name_means_several_things() -> None:
    facts = linked({"app.py": HIDDEN, "wizard.py": WIZARD, "other.py": "class Smith:\n    def conjure(self, text):\n        return 1\n"})
    assert facts.generation_routes == ()
    assert [(gap.file, gap.line, gap.kind, gap.on_path) for gap in facts.gaps] == [("app.py", 9, "unresolved", True)]


def test_a_member_that_a_known_class_does_not_have_hides_nothing() -> None:
    known = (
        HIDDEN.replace("def say(request)", "def say(request: Plain)").replace("request.state.wizard", "Plain()")
        + "\n\nclass Plain:\n    pass\n"
    )
    facts = linked({"app.py": known, "wizard.py": WIZARD, "other.py": "class Smith:\n    def conjure(self, text):\n        return 1\n"})
    assert facts.gaps == ()


def test_a_declared_link_is_followed_and_both_ends_must_exist() -> None:
    place = Place("genai-service.toml", 4)
    sources = {"app.py": HIDDEN.replace("conjure", "x9"), "wizard.py": WIZARD}
    irs = {path: PythonReader().read(text.encode()) for path, text in sources.items()}
    declared = [
        DeclaredLink("app:say", "wizard:Wizard.conjure", "by injection", place),
        DeclaredLink("app:say", "wizard:Wizard.gone", "", place),
    ]
    facts = link_program(irs, catalogue(), {}, declared)
    assert [[hop.how for hop in one.hops] for one in facts.generation_routes] == [["entry", "declared", "site"]]
    assert [(gap.file, gap.line, gap.on_path) for gap in facts.gaps] == [("genai-service.toml", 4, True)]


def test_middleware_and_guards_are_kept_with_the_routes_they_stand_before() -> None:
    facts = linked(files_of(HERE / "cases" / "python" / "fastapi.txt"))
    (stamp,) = facts.middleware
    assert stamp.functions == ("main.py#stamp",)
    assert {facts.routes[index].path for index in stamp.routes} == {route.path for route in facts.routes}
    guarded = {route.path for route in facts.routes if "auth.py#signed_in" in route.guard_functions}
    assert guarded == {"/api/chat/{room}", "/api/chat/multi"}
    django = linked(files_of(HERE / "cases" / "python" / "django.txt"))
    assert [one.name for one in django.middleware] == ["django.middleware.common.CommonMiddleware", "site_.middleware.Stamp"]
    assert django.middleware[1].functions == ("site_/middleware.py#Stamp.__call__",)


@pytest.mark.parametrize(
    "sources", [{}, {"a.py": ""}, {"a.py": "def f(:\n  ("}, {"a.py": "class A(A): x = A.x\nA().x.y(A)(A)[A]\nfor A in A: A = A + A()\n"}]
)
def test_odd_programs_are_linked_without_an_exception(sources: dict[str, str]) -> None:
    facts = linked(sources)
    assert facts.sites == ()
