"""The doors: the pre-commit hooks and the composite action, as far as they run without a network.

The action's script is taken from action.yml and run by bash as the runner does it; only the installation is replaced.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
(CHECK,) = [step for step in ACTION["runs"]["steps"] if step.get("id") == "check"]
MANIFEST = (
    'schema = 1\n[policy]\npacks = ["cn-genai"]\n'
    '[service]\nstage = "internal-test"\nreach = ["own-staff"]\nregions = ["cn-mainland"]\n'
)
PUBLIC = MANIFEST.replace("own-staff", "registered-public").replace("internal-test", "live")


def beside(tool: str) -> str | None:
    return shutil.which(tool, path=str(Path(sys.executable).parent)) or shutil.which(tool)


@pytest.fixture
def step(tmp_path):
    """Run the check step in a workspace; returns exit code, log, outputs and summary."""
    workspace, runner = tmp_path / "workspace", tmp_path / "runner"
    (runner / "genai-policy" / "bin").mkdir(parents=True)
    tool = runner / "genai-policy" / "bin" / "genai-policy"
    tool.write_text(f"#!{sys.executable}\nfrom genai_policy.cli.main import main\nmain()\n")
    tool.chmod(0o755)
    (runner / "genai-policy" / "bin" / "python").symlink_to(sys.executable)
    workspace.mkdir()

    def run(files: dict[str, str], **inputs: str):
        for path, content in files.items():
            (workspace / path).parent.mkdir(parents=True, exist_ok=True)
            (workspace / path).write_text(content, "utf-8")
        given = {name: str(body.get("default", "")) for name, body in ACTION["inputs"].items()}
        given |= {name.replace("_", "-"): value for name, value in inputs.items()}
        environment = {name: given[re.fullmatch(r"\$\{\{ inputs\.(.+) \}\}", value)[1]] for name, value in CHECK["env"].items()}
        environment |= {name: os.environ[name] for name in ("PATH", "HOME", "XDG_CACHE_HOME", "PYTHONPATH") if name in os.environ}
        places = {"RUNNER_TEMP": runner, "GITHUB_OUTPUT": runner / "output", "GITHUB_STEP_SUMMARY": runner / "summary"}
        environment |= {name: str(place) for name, place in places.items()}
        for name in ("output", "summary"):
            (runner / name).write_text("")
        script = runner / "step.sh"
        script.write_text(CHECK["run"])
        # what `shell: bash` means in a composite action
        command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)]
        done = subprocess.run(command, cwd=workspace, env=environment, capture_output=True, text=True, check=False)
        outputs = dict(line.split("=", 1) for line in (runner / "output").read_text().splitlines())
        return done.returncode, done.stdout + done.stderr, outputs, (runner / "summary").read_text("utf-8")

    return run


def test_a_passing_repository(step):
    code, log, outputs, summary = step({"genai-service.toml": MANIFEST, "app.py": "print(1)\n"}, as_of="2026-03-01")
    assert code == 0, log
    assert outputs.items() >= {"result": "passed", "gate": "open", "exit-code": "0", "unmet": "0", "gaps": "0"}.items()
    assert summary.startswith("## genai-policy: passed\n")
    assert "::error" not in log


def test_a_failing_repository_sets_outputs_before_it_blocks(step, tmp_path):
    code, log, outputs, summary = step({"genai-service.toml": PUBLIC, "app.py": "print(1)\n"}, as_of="2026-03-01")
    assert code == 1
    assert outputs.items() >= {"result": "failed", "gate": "closed", "exit-code": "1"}.items()
    assert int(outputs["unmet"]) > 0
    assert int(outputs["new"]) > 0
    assert 0 < log.count("::error ") <= 10
    assert "gate closed" in summary
    assert set(outputs) == set(ACTION["outputs"])
    for name in ("report-file", "sarif-file"):
        assert json.loads((tmp_path / "workspace" / outputs[name]).read_text("utf-8"))


def test_a_misconfigured_repository_judges_nothing_and_says_so(step):
    code, log, outputs, summary = step({"genai-service.toml": "schema = 1\nbogus = 1\n"})
    assert code == 2
    assert outputs == {"result": "misconfigured", "exit-code": "2"}
    assert "genai-service.toml:2:1: bogus" in log
    assert log.count("::error ") == 1
    assert "Nothing was judged" in summary


def test_an_inconclusive_repository(step):
    broken = "from openai import OpenAI\nclient = OpenAI()\ndef f(:\n    return client.chat.completions.create(model='m')\n"
    code, log, outputs, summary = step({"genai-service.toml": MANIFEST, "app.py": broken}, as_of="2026-03-01")
    assert code == 3, log
    assert outputs.items() >= {"result": "inconclusive", "gate": "inconclusive", "exit-code": "3", "gaps": "1"}.items()
    assert "::error file=app.py,line=3,title=gap (syntax)::" in log
    assert summary.startswith("## genai-policy: inconclusive\n")


@pytest.mark.parametrize("value", ["$(touch pwned)", "; touch pwned", "`touch pwned`", "--help", "\"'"])
@pytest.mark.parametrize("name", ["path", "gate", "packs", "as_of", "diff_base", "lang"])
def test_inputs_are_never_code(step, tmp_path, name, value):
    code, *_ = step({"genai-service.toml": MANIFEST, "app.py": "print(1)\n"}, **{name: value})
    assert code == 2
    assert not list(tmp_path.rglob("pwned"))


def test_the_summary_cannot_be_left(step):
    hostile = PUBLIC + 'name = "x\\n\\n</details><script>alert(1)</script>\\n## passed"\n'
    _, _, _, summary = step({"genai-service.toml": hostile, "app.py": "print(1)\n"}, as_of="2026-03-01")
    assert all(line.startswith("    ") or not line for line in summary.splitlines()[1:])


def test_reports_of_an_earlier_run_are_not_taken_for_this_one(step):
    step({"genai-service.toml": PUBLIC, "app.py": "print(1)\n"}, as_of="2026-03-01")
    code, _, outputs, _ = step({"genai-service.toml": "schema = 1\nbogus = 1\n"})
    assert code == 2
    assert "gate" not in outputs


def test_no_input_reaches_a_script_but_through_the_environment():
    for each in ACTION["runs"]["steps"]:
        assert "${{" not in each["run"]
        assert each["shell"] == "bash"
        assert "uses" not in each


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
