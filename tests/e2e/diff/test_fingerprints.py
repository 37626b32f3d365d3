"""Fingerprints hold no lines and no paths: edits of the kinds that move code keep them, edits of the code that they are about do not."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from genai_policy import pipeline
from genai_policy.model.law import Law
from genai_policy.plugins import load_plugins
from tests.e2e.diff.edits import BREAKING, KEEPING, SERVICE, Files
from tests.e2e.diff.history import PACKS, write

Judge = Callable[[Files], dict[str, str]]
SEED, EDITS = 20261122, 112


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Judge:
    """Judge files in a folder of their own; answers fingerprint -> what is wrong. What was read once is not read again."""
    host = load_plugins(())
    memory = pipeline.Memory()
    law: list[Law] = []

    def judged(files: Files) -> dict[str, str]:
        root: Path = tmp_path_factory.mktemp("service")
        write(root, files)
        options = pipeline.Options(root, dt.date(2026, 3, 1), pack_directories=(PACKS,), cache=False, jobs=1)
        tree = pipeline.open_root(options)
        declared = pipeline.load_declared(options, host, pipeline.written_in(tree), law[0] if law else None)
        law[:] = [declared.everything]
        found = pipeline.judge(options, host, tree, declared, memory).verdict.findings
        return {f.fingerprint: f"{f.obligation} {f.message.code} {sorted(f.message.args.items())}" for f in found}

    return judged


@pytest.fixture(scope="module")
def before(judge: Judge) -> dict[str, str]:
    return judge(dict(SERVICE))


def test_the_service_has_a_fault_of_each_kind(before: dict[str, str]) -> None:
    assert {said.split()[1].partition(".")[0] for said in before.values()} >= {"hook", "flow", "setting", "endpoint", "document"}
    assert len(before) >= 6


def test_edits_that_move_code_keep_fingerprints(judge: Judge, before: dict[str, str]) -> None:
    chance = random.Random(SEED)
    kept = total = 0
    lost: list[str] = []
    for number in range(EDITS):
        files = dict(SERVICE)
        # later ones combine two kinds; what names a file or a function by its old place comes first
        kinds = sorted({KEEPING[number % len(KEEPING)], *([chance.choice(KEEPING)] if number >= EDITS // 2 else [])}, key=_order)
        for kind in kinds:
            kind(files, chance)
        after = judge(files)
        kept += len(before.keys() & after.keys())
        total += len(before)
        lost += [f"{[k.__name__ for k in kinds]}: {before[name]}" for name in before.keys() - after.keys()]
        assert len(after) == len(before), (kinds, after)
    assert kept >= 0.99 * total, lost[:5]


def test_edits_of_the_code_itself_break_them(judge: Judge, before: dict[str, str]) -> None:
    chance = random.Random(SEED)
    for number in range(4 * len(BREAKING)):
        about, edit = BREAKING[number % len(BREAKING)]
        files = dict(SERVICE)
        edit(files, chance)
        after = judge(files)
        meant = {name for name, said in before.items() if about in said}
        assert meant, about
        assert not meant & after.keys(), (about, number)
        assert {n for n in before.keys() - meant if not _shares(before[n], about)} <= after.keys(), "what is not about it keeps its name"


def _order(kind: Callable[..., None]) -> tuple[int, str]:
    names = [
        "move_code",
        "reorder_functions",
        "unrelated_code",
        "reorder_declarations",
        "comments_and_blank_lines",
        "reformat",
        "rename_files",
    ]
    return names.index(kind.__name__), kind.__name__


def _shares(said: str, about: str) -> bool:
    """Say whether a finding is about the same call as one of ``about``."""
    return about == "/write" and "writ" in said
