"""Starting up: help and version must stay light, because completion and hooks run them all the time."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = {"tree_sitter", "semgrep", "pydantic", "msgspec", "yaml", "tomli", "pluggy", "pathspec", "importlib.metadata", "subprocess"}
PROBE = """
import json, sys
import click
before = set(sys.modules)  # on some versions of Python click itself brings subprocess
from genai_policy.cli.main import run
code = run(sys.argv[1:])
print(json.dumps([code, sorted(set(sys.modules) - before)]), file=sys.stderr)
"""


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["-h"], ["nonsense"], []], ids=" ".join)
def test_imports_nothing_heavy(arguments):
    done = subprocess.run([sys.executable, "-c", PROBE, *arguments], capture_output=True, text=True, check=True)
    code, modules = json.loads(done.stderr.splitlines()[-1])
    light = arguments in (["--version"], ["--help"], ["-h"])
    assert code == (0 if light else 2)
    if light:
        assert sorted(name for name in modules if name in HEAVY or name.partition(".")[0] in HEAVY) == []
        assert not [name for name in modules if name.startswith("genai_policy.") and not name.startswith("genai_policy.cli")]
