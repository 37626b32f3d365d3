"""What the tests of the integrations share."""

from __future__ import annotations

import pytest

from genai_policy import pipeline
from genai_policy.integrations import judging
from tests.e2e.linters.sample import take_apart, write


@pytest.fixture(scope="session")
def fine(tmp_path_factory):
    """The service whose gate is open. Nobody writes to it."""
    return write(tmp_path_factory.mktemp("fine"))


@pytest.fixture(scope="session")
def broken(tmp_path_factory):
    """The service with both faults. Nobody writes to it."""
    return take_apart(write(tmp_path_factory.mktemp("broken")))


@pytest.fixture
def own(tmp_path):
    """A service with both faults for one test alone."""
    return take_apart(write(tmp_path / "own"))


@pytest.fixture
def runs(monkeypatch, tmp_path):
    """Count the runs of the pipeline, those of forked processes too."""
    check = pipeline.check
    log = tmp_path / "runs"

    def counted(options):
        with log.open("a") as lines:
            lines.write("x")
        return check(options)

    monkeypatch.setattr(judging, "_kept", {})
    monkeypatch.setattr(pipeline, "check", counted)
    return lambda: len(log.read_text()) if log.exists() else 0


@pytest.fixture(autouse=True)
def nothing_shared(monkeypatch):
    """Leave no judgement to the processes that the next test starts. In this one they are kept, by root: nobody changes one once judged."""
    monkeypatch.setenv(judging.SHARED, "")
