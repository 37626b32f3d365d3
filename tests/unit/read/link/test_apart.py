"""Work in a process of its own gives what it gives here, whatever becomes of the process."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from genai_policy.read.link import apart, facts
from tests.unit.linked import linked

SERVICE = {
    "app.py": "from fastapi import FastAPI\nfrom model import answer\napp = FastAPI()\n"
    "@app.post('/chat')\ndef chat(q: str):\n    return answer(q)\n",
    "model.py": "import openai\ndef answer(q):\n    return openai.OpenAI().chat.completions.create(messages=[q])\n",
}


def test_the_answer_travels_whole() -> None:
    data = os.urandom(3 << 20)
    assert apart.start(lambda: data, beside=True)() == data


def test_it_runs_beside_the_caller(tmp_path: Path) -> None:
    answer = apart.start(lambda: str(os.getpid()).encode(), beside=True)()
    assert not hasattr(os, "fork") or answer != str(os.getpid()).encode()


def test_a_process_that_dies_costs_time_only() -> None:
    here = os.getpid()

    def work() -> bytes:
        if os.getpid() != here:
            os._exit(3)
        return b"done here"

    assert apart.start(work, beside=True)() == b"done here"


def test_an_exception_of_the_work_is_the_callers() -> None:
    def work() -> bytes:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        apart.start(work, beside=True)()


def test_a_large_program_has_the_same_facts_in_one_process_or_two(monkeypatch: pytest.MonkeyPatch) -> None:
    small = linked(SERVICE)
    monkeypatch.setattr(facts, "LARGE", 0)
    assert small.sites
    assert small.paths
    for jobs in (1, 2):
        large = linked(SERVICE, jobs=jobs)
        assert (large.sites, large.routes, large.paths, large.gaps) == (small.sites, small.routes, small.paths, small.gaps)
