"""What the command-line tests share: a clean environment and a way to run a command in this process."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import NamedTuple

import pytest

from genai_policy.cli.main import run


class Result(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch, tmp_path_factory):
    for name in list(os.environ):
        if name.startswith(("GITHUB_", "CI", "SEMGREP_", "LC_", "GIT_")) or name in ("NO_COLOR", "FORCE_COLOR", "LANG", "PRE_COMMIT"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)


@pytest.fixture
def cli(capfdbinary) -> Callable[..., Result]:
    """Run the command line; paths may be given as such."""

    def invoke(*arguments: object) -> Result:
        capfdbinary.readouterr()
        code = run([str(argument) for argument in arguments])
        out, err = capfdbinary.readouterr()
        return Result(code, out.decode(), err.decode())

    return invoke
