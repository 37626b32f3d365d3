"""What must hold of every obligation, control, hook and built-in plugin, whoever adds the next one."""

from __future__ import annotations

import ast
import inspect
import pkgutil
import re
from collections import Counter
from pathlib import Path

import pytest

import genai_policy
from genai_policy import hookspecs, plugins
from genai_policy.load.packs import load_law

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "genai_policy"
HOST = plugins.load_plugins()
LAW = load_law(HOST.pack_directories(), HOST.evidence_kinds())
OBLIGATIONS = [(pack, obligation) for pack in LAW.packs for obligation in pack.obligations]
HOOKS = sorted(name for name in vars(hookspecs) if name.startswith("genai_policy_"))
CASES = ("satisfied", "unmet", "undetermined", "not-applicable")
SOURCES = sorted(path for path in PACKAGE.rglob("*.py") if "_policies" not in path.parts)
TESTS = "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "tests").rglob("*.py")))
#: Letters of Chinese, Japanese and Korean.
WIDE = re.compile(r"[\u2e80-\u2fff\u3040-\u9fff\uac00-\ud7a3\uf900-\ufaff]")
ARTICLE = re.compile(r"\b[Aa]rt(?:icles?|\.)\s*\d+|\bart\d+\b|\bTC260|\bGB(?:/T)?[ -]?(?!18030)\d{5}\b", re.ASCII)


def test_ids_are_unique():
    counted = Counter([*LAW.controls, *(pack.id for pack in LAW.packs), *(o.id for _, o in OBLIGATIONS)])
    assert [name for name, count in counted.items() if count > 1] == []


@pytest.mark.parametrize(("pack", "obligation"), OBLIGATIONS, ids=[o.id for _, o in OBLIGATIONS])
def test_an_obligation_cites_limits_and_shows_all_its_cases(pack, obligation):
    for text in (obligation.title, obligation.duty, obligation.clause, obligation.fix, obligation.limits):
        assert text.en.strip()
        assert text.zh.strip()
    assert pack.sources or obligation.sources
    if pack.id != "cn-genai":
        return
    folder = Path(pack.directory) / "tests" / obligation.id.partition("/")[2]
    needed = CASES if obligation.role == "duty" else ()
    present = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    excused = {"undetermined", "not-applicable"} if (folder / "README.md").exists() else set()
    assert set(needed) - present - excused == set()


@pytest.mark.parametrize("control", sorted(LAW.controls))
def test_a_control_says_what_it_looks_for_and_what_it_cannot_see(control):
    found = LAW.controls[control]
    for text in (found.title, found.looks_for, found.fix, found.limits):
        assert text.en.strip()
        assert text.zh.strip()
    assert found.ways
    assert control in {r.control for _, o in OBLIGATIONS for r in o.requires}, "nothing asks for it"


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_is_documented_implemented_and_tested(hook):
    assert inspect.getdoc(getattr(hookspecs, hook))
    assert any(hook in info.hooks for info in HOST.listing()), "no built-in plugin implements it"
    assert hook in TESTS, "no test speaks of it"


def test_every_built_in_plugin_is_registered():
    implementing = {
        module.name
        for module in pkgutil.walk_packages(genai_policy.__path__, "genai_policy.")
        if (path := PACKAGE.joinpath(*module.name.split(".")[1:]).with_suffix(".py")).is_file()
        and "\n@hookimpl\n" in path.read_text("utf-8")
    }
    assert implementing == set(plugins.BUILT_IN)
    assert [info.name for info in HOST.listing()] == list(plugins.BUILT_IN) or set(plugins.BUILT_IN) <= {i.name for i in HOST.listing()}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_law_and_no_chinese_in_python(path):
    text = path.read_text("utf-8")
    assert not WIDE.search(text), WIDE.search(text)
    assert not ARTICLE.search(text), ARTICLE.search(text)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_says_what_it_turns_into_what(path):
    text = path.read_text("utf-8")
    assert not text or ast.get_docstring(ast.parse(text))


def test_catch_alls_are_few_and_where_they_belong():
    broad = {
        path.relative_to(PACKAGE).as_posix()
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ExceptHandler) and _is_broad(node.type)
    }
    # structured.py: PyYAML lets through whatever int(), float() and date() raise on a hostile scalar
    assert broad <= {"cli/main.py", "plugins.py", "read/structured.py"}


def _is_broad(caught: ast.expr | None) -> bool:
    names = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(name is None or (isinstance(name, ast.Name) and name.id in ("Exception", "BaseException")) for name in names)
