"""What a change does to the duties is told first in every format; what did not change is not judged again."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from genai_policy import change, pipeline
from genai_policy.model.ir import FileIR
from genai_policy.read import code
from tests.e2e.diff.history import DATA, PACKS, build

GOES_PUBLIC = next(case for case in DATA["situation"] if case["name"] == "the manifest goes public")


@pytest.mark.parametrize("form", ["text", "markdown", "html", "github"])
@pytest.mark.parametrize(
    ("lang", "said"), [("en", "this change makes 3 more duties bind sample"), ("zh", "本次变更使 sample 新增 3 项适用义务")]
)
def test_what_begins_to_bind_is_said_before_any_finding(cli: Any, tmp_path: Path, form: str, lang: str, said: str) -> None:
    root, packs = build(tmp_path / "repo", GOES_PUBLIC)
    out = cli("check", root, *packs, "--diff-base", "main", "-f", form, "--lang", lang).out
    if form == "html":  # which holds both languages
        out = out.partition(f'<div id="{lang}"')[2]
    assert said in out
    assert out.index(said) < out.index("config.yaml")


def options(root: Path, **given: Any) -> pipeline.Options:
    return pipeline.Options(root, dt.date(2026, 3, 1), pack_directories=(PACKS,), cache=False, jobs=1, diff_base="main", **given)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """How many states were judged, and how many files were lowered."""
    told = {"judged": 0, "lowered": 0}
    judge, lower = pipeline.judge, code.lower_all

    def judging(*arguments: Any) -> pipeline.Judged:
        told["judged"] += 1
        return judge(*arguments)

    def lowering(jobs: Any, readers: Any, processes: int) -> list[FileIR]:
        told["lowered"] += len(jobs)
        return list(lower(jobs, readers, processes))

    monkeypatch.setattr(pipeline, "judge", judging)
    monkeypatch.setattr(code, "lower_all", lowering)
    return told


def test_two_states_that_are_the_same_to_the_judge_are_judged_once(tmp_path: Path, counted: dict[str, int]) -> None:
    root, _ = build(tmp_path / "repo", {"edit": [{"file": "README.md", "old": "A service", "new": "The service"}]})
    assert change.check(options(root)).gate == "open"
    assert counted == {"judged": 1, "lowered": 2}


def test_files_that_did_not_change_are_read_once(tmp_path: Path, counted: dict[str, int]) -> None:
    root, _ = build(tmp_path / "repo", {"append": {"app.py": "unlabelled"}})
    verdict = change.check(options(root))
    assert verdict.gate == "closed"
    assert counted == {"judged": 2, "lowered": 3}


def test_the_same_history_gives_the_same_verdict(tmp_path: Path) -> None:
    case = {"base": {"edit": [{"file": "config.yaml", "old": "200", "new": "20"}]}, "append": {"app.py": "image"}}
    first, second = (build(tmp_path / name, case)[0] for name in ("one", "two"))
    assert change.check(options(first)) == change.check(options(second))
