"""One run for all processes of a linter."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from genai_policy import pipeline
from genai_policy.errors import UsageProblem
from genai_policy.integrations import judging
from genai_policy.integrations.judging import SHARED, judge, question

WORKER = """
import sys
from genai_policy import pipeline
from genai_policy.integrations.judging import judge, question
pipeline.check = None
print(judge(question(sys.argv[1], lang=sys.argv[2]), worker=True).headline)
"""


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch):
    monkeypatch.setattr(judging, "_kept", {})
    monkeypatch.setenv(SHARED, "")


@pytest.fixture
def empty(tmp_path):
    """A root with nothing to judge: that is told at once."""
    return question(str(tmp_path))


def test_a_worker_reads_what_the_main_process_judged(empty):
    said = judge(empty, worker=False).headline
    done = subprocess.run([sys.executable, "-c", WORKER, empty.root, "en"], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == said
    Path(os.environ[SHARED]).unlink()


def test_another_question_is_not_answered_from_the_file(empty):
    judge(empty, worker=False)
    done = subprocess.run([sys.executable, "-c", WORKER, empty.root, "zh"], capture_output=True, text=True)
    assert "'NoneType' object is not callable" in done.stderr
    Path(os.environ[SHARED]).unlink()


def test_the_file_is_private_and_goes_with_its_process(tmp_path):
    code = (
        "import os, sys; from genai_policy.integrations.judging import SHARED, judge, question; judge(question(sys.argv[1]), worker=False);"
        "name = os.environ[SHARED]; print(name, oct(os.stat(name).st_mode & 0o777))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    name, mode = done.stdout.split()
    assert mode == "0o600"
    assert not Path(name).exists()


def test_a_run_of_its_own_never_takes_an_older_judgement(empty, monkeypatch):
    judge(empty, worker=False)
    monkeypatch.setattr(judging, "_kept", {})
    asked = []
    check = pipeline.check
    monkeypatch.setattr(pipeline, "check", lambda options: asked.append(options) or check(options))
    judge(empty, worker=False)
    assert len(asked) == 1
    assert asked[0].today == judging.today()
    Path(os.environ[SHARED]).unlink()


@pytest.mark.parametrize("content", [None, b"", b"{}", b"\xff", b'{"question":1}'])
def test_a_file_that_is_gone_or_broken_is_no_answer(empty, monkeypatch, tmp_path, content):
    file = tmp_path / "shared.json"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setenv(SHARED, str(file))
    assert judge(empty, worker=True).state == "mistaken"


def test_what_cannot_be_asked_is_told():
    with pytest.raises(UsageProblem, match="no gate 'x'; gates: commit, pull-request, release"):
        question("/", "x")
    with pytest.raises(UsageProblem, match="no language 'fr'; languages: en, zh"):
        question("/", "", "fr")
