"""What the code shows is the same whatever the order of files, with a cache or without, in one process or several, under any hash seed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from random import Random

import pytest
import tomli
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from genai_policy.model.code import CodeFacts
from genai_policy.read import lowering
from genai_policy.read.cache import open_cache
from genai_policy.read.code import read_code
from genai_policy.read.link.facts import link_program
from genai_policy.read.link.project import project_file_names
from genai_policy.read.tree import Tree, open_tree
from tests.unit.linked import catalogue, host

CASES = Path(__file__).parents[1] / "unit" / "read" / "link" / "cases"
_FILE = re.compile(r"^-- (\S+) --\n", re.MULTILINE)


def files_of(case: Path) -> dict[str, str]:
    if case.suffix == ".toml":
        table = tomli.loads(case.read_text("utf-8"))
        return {**table["files"], **table.get("project", {})}
    parts = _FILE.split(case.read_text("utf-8"))
    return dict(zip(parts[1::2], parts[2::2], strict=True))


SERVICES = {f"{case.parent.name}-{case.stem}": files_of(case) for case in sorted(CASES.glob("*/*")) if case.suffix in (".txt", ".toml")}


def fill(root: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return root


def facts_of(tree: Tree, random: Random | None, **options: object) -> CodeFacts:
    irs, _ = read_code(tree, host().readers(), **options)  # type: ignore[arg-type]
    names = project_file_names()
    texts = {file.path: tree.read(file.path).decode() for file in tree.files if file.path.rpartition("/")[2] in names}
    paths = list(irs)
    if random is not None:
        random.shuffle(paths)
    return link_program({path: irs[path] for path in paths}, catalogue(), texts, [])


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(SERVICES)), st.randoms())
def test_order_and_cache_change_nothing(tmp_path_factory: pytest.TempPathFactory, service: str, random: Random) -> None:
    root = tmp_path_factory.mktemp("service")
    tree = open_tree(fill(root / "tree", SERVICES[service]))
    plain = facts_of(tree, None)
    assert plain.functions
    shuffled = list(tree.files)
    random.shuffle(shuffled)
    with open_cache(root / "cache") as cache:
        assert facts_of(Tree(root / "tree", shuffled), random, cache=cache) == plain
        assert facts_of(tree, random, cache=cache) == plain


@pytest.mark.parametrize("language", ["python", "ecmascript", "java", "go"])
def test_worker_processes_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    service = next(name for name in sorted(SERVICES) if name.startswith(f"{language}-h"))
    tree = open_tree(fill(tmp_path, SERVICES[service]))
    plain = facts_of(tree, None)
    monkeypatch.setattr(lowering, "PARALLEL_FROM", 0)
    monkeypatch.setattr(lowering, "_CHUNK", 40)
    assert facts_of(tree, None, jobs=2) == plain


def test_the_hash_seed_changes_nothing(tmp_path: Path) -> None:
    for name, files in SERVICES.items():
        fill(tmp_path / name, files)
    command = [sys.executable, "-c", "from genai_policy.cli.main import main; main()", "facts", ".", "--format", "json", "--no-cache"]
    answers = {
        subprocess.run(
            command, cwd=tmp_path, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True, timeout=300
        ).stdout
        for seed in ("1", "2")
    }
    assert len(answers) == 1
