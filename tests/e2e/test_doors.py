"""The doors: the pre-commit hooks and the composite action, as files that validators accept. The action's own tests run it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))


def beside(tool: str) -> str | None:
    return shutil.which(tool, path=str(Path(sys.executable).parent)) or shutil.which(tool)


def test_the_whole_repository_hook_runs_on_every_commit():
    whole, manifest = HOOKS
    assert (whole["id"], whole["always_run"], whole["pass_filenames"], whole["require_serial"]) == ("genai-policy", True, False, True)
    assert re.search(manifest["files"], "services/chat/genai-service.toml")
    assert re.search(manifest["files"], "genai-waivers.toml")
    assert not re.search(manifest["files"], "app.py")


def test_hook_entries_are_commands_that_exist(cli):
    for hook in HOOKS:
        program, command, *options = hook["entry"].split()
        assert program == "genai-policy"
        said = cli(command, "--help")
        assert said.code == 0
        assert all(option.partition("=")[0] in said.out for option in options)


@pytest.mark.parametrize(
    "command",
    [
        ["check-jsonschema", "--builtin-schema", "vendor.github-actions", "action.yml"],
        ["pre-commit", "validate-manifest", ".pre-commit-hooks.yaml"],
        ["zizmor", "--offline", "--persona=auditor", "--no-progress", "action.yml", ".pre-commit-hooks.yaml"],
    ],
    ids=lambda command: command[0],
)
def test_validators_accept_the_doors(command):
    tool = beside(command[0])
    if tool is None:
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run([tool, *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
