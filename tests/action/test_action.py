"""The composite action: annotations, outputs, summary and exit on repositories that pass, fail, cannot be told and are misconfigured."""

from __future__ import annotations

import json
import os
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from markdown_it import MarkdownIt

ROOT = Path(__file__).resolve().parents[2]
CHECK = runpy.run_path(str(ROOT / "action" / "check.py"))
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
HOSTILE = "a\n::error::pwned ##[error]old %0A::stop-commands::x"
COMMAND = re.compile(r"^\s*::|##\[")
COUNTS = ("satisfied", "unmet", "undetermined", "not-applicable", "review", "new", "waived", "baselined", "gaps")


@pytest.fixture(scope="session")
def cache(tmp_path_factory):
    """Where the runs of this file keep their facts."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def repository(tmp_path):
    """A copy of the example, which passes."""
    return Path(shutil.copytree(ROOT / "examples" / "lantern", tmp_path / "work space"))


def edit(root, file, old, new):
    text = (root / file).read_text("utf-8")
    assert old in text
    (root / file).write_text(text.replace(old, new), "utf-8")


class Step:
    """One run of the step: what the runner would read from it."""

    def __init__(self, workspace, temporary, capfd, monkeypatch, **inputs):
        temporary.mkdir(exist_ok=True)
        monkeypatch.chdir(workspace)
        env = {
            "PATH": os.environ["PATH"],
            "HOME": os.environ.get("HOME", ""),
            "RUNNER_TEMP": str(temporary),
            "GITHUB_OUTPUT": str(temporary / "output"),
            "GITHUB_STEP_SUMMARY": str(temporary / "summary"),
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_REPOSITORY": "o/r",
            "GITHUB_SHA": "abc",
            "ACTION_REPOSITORY": "vendor/genai-policy",
            "ACTION_REF": "v1",
            "INPUT_AS_OF": "2026-11-15",
            "INPUT_REPORT_FILE": "genai-policy.json",
            "INPUT_SARIF_FILE": "genai-policy.sarif",
            **{f"INPUT_{name.upper()}": value for name, value in inputs.items()},
        }
        capfd.readouterr()
        self.code = CHECK["main"](env)
        self.lines = capfd.readouterr().out.splitlines()
        self.outputs = self._read(temporary / "output")
        self.summary = (temporary / "summary").read_text("utf-8")

    @staticmethod
    def _read(file):
        pairs = re.findall(r"^([a-z-]+)<<(\w+)\n(.*?)\n\2$", file.read_text("utf-8"), re.MULTILINE | re.DOTALL)
        return {name: value for name, _, value in pairs}

    @property
    def annotations(self):
        """What the runner obeys: nothing between stop-commands and its token."""
        found, token = [], ""
        for line in self.lines:
            if token:
                token = "" if line == f"::{token}::" else token
            elif stopped := re.match(r"::stop-commands::(\w+)$", line):
                token = stopped[1]
            elif COMMAND.search(line):
                found.append(line)
        assert not token
        return found


@pytest.fixture
def run(tmp_path, cache, capfd, monkeypatch):
    def start(workspace, **inputs):
        return Step(workspace, tmp_path / "temp", capfd, monkeypatch, **{"cache_dir": str(cache), **inputs})

    return start


def test_a_repository_that_passes(repository, run):
    step = run(repository, gate="release", html_file="report.html")
    assert (step.code, step.annotations) == (0, [])
    assert step.outputs["result"] == "passed"
    assert (step.outputs["gate"], step.outputs["exit-code"], step.outputs["unmet"]) == ("open", "0", "0")
    assert {name for name in step.outputs if name.endswith("-file")} == {"sarif-file", "report-file", "html-file"}
    counts = json.loads((repository / step.outputs["report-file"]).read_text("utf-8"))["counts"]
    assert {name: step.outputs[name] for name in COUNTS} == {name: str(counts[name]) for name in COUNTS}
    assert step.summary.startswith("## ✅ genai-policy: gate open")
    assert "(https://github.com/o/r/blob/abc/app/" in step.summary
    assert "(https://github.com/vendor/genai-policy/blob/v1/docs/obligations/cn-genai/" in step.summary


def test_a_repository_that_fails(repository, run):
    # modules of the workspace are not imported, whatever they are called
    for name in ("click.py", "genai_policy.py", "json.py", "secrets.py"):
        (repository / name).write_text("raise SystemExit(77)")
    edit(repository, "app/chat.py", 'return {"answer": mark_text(text)}', 'return {"answer": text}')
    step = run(repository)
    assert (step.code, step.outputs["result"], step.outputs["gate"]) == (1, "failed", "closed")
    assert step.annotations[0].startswith("::error file=app/chat.py,line=27,title=cn-genai/art12-label-generated-content::")
    assert "%0Apage: https://github.com/vendor/genai-policy/blob/v1/docs/obligations/cn-genai/art12" in step.annotations[0]
    sarif = json.loads((repository / "genai-policy.sarif").read_text("utf-8"))
    assert [result["kind"] for result in sarif["runs"][0]["results"]] == ["fail"] * int(step.outputs["new"])
    assert "| ❌ unmet |" in step.summary


def untold(folder):
    """A repository of which too little can be read: a service for its own staff, and a broken file with a model call."""
    folder.mkdir()
    (folder / "genai-service.toml").write_text(
        'schema = 1\n[policy]\npacks = ["cn-genai"]\n[service]\nstage = "internal-test"\nreach = ["own-staff"]\nregions = ["cn-mainland"]\n'
    )
    call = "    return client.chat.completions.create(model='m')"
    (folder / "app.py").write_text(f"from openai import OpenAI\nclient = OpenAI()\ndef f(:\n{call}\n")
    return folder


def test_a_repository_that_cannot_be_told(tmp_path, run):
    step = run(untold(tmp_path / "untold"))
    assert (step.code, step.outputs["result"], step.outputs["gate"]) == (3, "inconclusive", "inconclusive")
    assert any(line.startswith("::error file=app.py,line=3,title=gap (syntax)::") for line in step.annotations)
    assert step.summary.startswith("## ❔ genai-policy: gate inconclusive")


def test_a_repository_that_is_misconfigured(repository, run):
    (repository / "genai-policy.json").write_text("{}")
    text = (repository / "genai-service.toml").read_text("utf-8")
    (repository / "genai-service.toml").write_text(text + "".join(f"\n[wrong{n}]\nx = 1\n" for n in range(12)), "utf-8")
    step = run(repository.parent, path=repository.name)
    assert (step.code, step.outputs) == (2, {"result": "misconfigured", "exit-code": "2"})
    assert len(step.annotations) == 9
    assert step.annotations[0].startswith("::error file=work space/genai-service.toml,line=")
    assert step.annotations[-1].endswith("more: see the log of this step and the summary")
    assert "Nothing was judged." in step.summary
    assert "wrong7" in step.summary


def test_nothing_to_judge_says_what_to_do(tmp_path, run):
    (tmp_path / "empty").mkdir()
    step = run(tmp_path / "empty")
    assert step.code == 2
    assert "genai-policy init" in step.annotations[0]


@pytest.mark.parametrize("value", ["$(touch pwned)", "`touch pwned`; touch pwned", "--help", "\"'"])
def test_inputs_are_never_code_nor_options(value):
    names = ("PATH", "GATE", "AS_OF", "DIFF_BASE", "TRUST_BASE", "LANG")
    env = {f"INPUT_{name}": value for name in names} | {"INPUT_PACKS": value}
    files = dict.fromkeys(("SARIF", "REPORT", "HTML"), value)
    command, *rest = CHECK["arguments"](env, files, Path(value))[1:]
    assert command == "check"
    # whatever a value is, it stands behind the `=` of its own option, or behind the end of options
    *options, end, path = rest
    assert (end, path) == ("--", value)
    assert all(re.match(r"--(lang|gate|as-of|diff-base|trust-base|pack|format|output)=", option) for option in options)


@pytest.mark.parametrize(
    ("name", "value"), [("path", "--help"), ("lang", "--help"), ("gate", "$(touch pwned)"), ("diff_base", "--output=x")]
)
def test_an_input_that_is_none_judges_nothing(repository, run, name, value):
    step = run(repository, **{name: value})
    assert (step.code, step.outputs["result"]) == (2, "misconfigured")
    assert not list(repository.rglob("pwned"))


def test_hostile_text_reaches_the_log_as_text_only(repository, run):
    (repository / "app" / "chat.py").rename(repository / "app" / f"{HOSTILE.replace('/', '')}.py")
    edit(repository, "genai-service.toml", "schema = 1", f"schema = 1\n{json.dumps(HOSTILE)} = 1")
    step = run(repository)
    assert step.code == 2
    assert all(line.startswith("::error ") and "##[" not in line and line.count("::") == 2 for line in step.annotations), step.annotations
    assert not re.search(r"^\s{0,3}::|^#+ .*pwned", step.summary, re.MULTILINE)


def test_the_summary_cannot_be_left(repository, run):
    edit(repository, "genai-service.toml", 'name = "', 'name = "x\\n\\n</details><script>alert(1)</script>\\n## passed')
    step = run(repository)
    rendered = MarkdownIt("commonmark").enable("table").render(step.summary)
    assert "alert(1)" in rendered
    assert "<script" not in rendered
    assert rendered.count("<h2>") == 1


def git(root, *arguments):
    done = subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main", "-C", root, *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.fixture
def shallow(repository, tmp_path):
    """A clone as actions/checkout makes it for a pull request: one merge commit, no history, no other branch."""
    git(repository, "init", "--quiet")
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "-m", "base")
    git(repository, "checkout", "--quiet", "-b", "topic")
    edit(repository, "app/chat.py", 'return {"answer": mark_text(text)}', 'return {"answer": text}')
    git(repository, "commit", "--quiet", "--all", "-m", "change")
    git(repository, "checkout", "--quiet", "main")
    (repository / "NOTES").write_text("main moved on")
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "-m", "main")
    git(repository, "checkout", "--quiet", "--detach")
    git(repository, "merge", "--quiet", "--no-ff", "-m", "merge", "topic")
    git(repository, "update-ref", "refs/pull/1/merge", "HEAD")
    clone = tmp_path / "clone"
    clone.mkdir()
    git(clone, "init", "--quiet")
    git(clone, "remote", "add", "origin", repository.as_uri())
    git(clone, "fetch", "--quiet", "--no-tags", "--depth=1", "origin", "+refs/pull/1/merge:refs/remotes/pull/1/merge")
    git(clone, "checkout", "--quiet", "refs/remotes/pull/1/merge")
    assert git(clone, "rev-parse", "--is-shallow-repository") == "true"
    return clone


def test_a_shallow_clone_is_deepened_for_the_base(shallow, run):
    step = run(shallow, diff_base="origin/main", trust_base="origin/main")
    assert (step.code, step.outputs["result"]) == (1, "failed")
    assert git(shallow, "merge-base", "origin/main", "HEAD")


def test_a_commit_can_be_the_base(shallow, repository):
    base = git(repository, "rev-parse", "main~1")
    assert list(CHECK["reach"](base, {"INPUT_PATH": str(shallow)})) == []
    assert git(shallow, "merge-base", base, "HEAD") == base
    assert list(CHECK["reach"]("--upload-pack=x", {"INPUT_PATH": str(shallow)})) == []


def test_what_cannot_be_fetched_says_what_to_set(shallow, run):
    git(shallow, "remote", "set-url", "origin", str(shallow / "gone"))
    step = run(shallow, diff_base="origin/main")
    assert (step.code, step.outputs["result"]) == (2, "misconfigured")
    assert any("set fetch-depth: 0 in actions/checkout" in line for line in step.annotations)


def test_inputs_reach_the_step_through_the_environment_only():
    for step in ACTION["runs"]["steps"]:
        assert "uses" not in step
        assert "${{" not in step["run"]
    given = {name for step in ACTION["runs"]["steps"] for name in step["env"] if name.startswith("INPUT_")}
    assert given == {f"INPUT_{name.upper().replace('-', '_')}" for name in ACTION["inputs"]}


def test_every_output_is_one_that_the_step_writes():
    written = {"result", "exit-code", "gate", *COUNTS, "sarif-file", "report-file", "html-file"}
    assert set(ACTION["outputs"]) == written
    assert all(f"steps.check.outputs.{name}" in output["value"] for name, output in ACTION["outputs"].items())


def offline_python(folder):
    """A Python whose new environments see the packages of this one: what a runner downloads is here already."""
    packages, version = Path(yaml.__file__).parents[1], f"python{sys.version_info[0]}.{sys.version_info[1]}"
    wrapper = folder / "python"
    wrapper.write_text(
        f'#!/bin/sh\n{sys.executable} "$@" || exit\nfor last; do :; done\n'
        f'case "$*" in *"-m venv"*) echo {packages} > "$last"/lib/{version}/site-packages/all.pth\n'
        f'ln -sf {Path(sys.executable).parent}/*semgrep* "$last"/bin;; esac\n'
    )
    wrapper.chmod(0o755)
    return wrapper


#: What is done to the example, and what comes of it. The first is run wherever there is a runner, the others take their time.
KINDS = {
    "failing": ("failed", "closed", 1),
    "passing": ("passed", "open", 0),
    "inconclusive": ("inconclusive", "inconclusive", 1),
    "misconfigured": ("misconfigured", "", 1),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_whole_action_in_a_runner(kind, repository, tmp_path, cache):
    """Installs from the checkout and runs every step, as GitHub's runner does."""
    runner, tools = os.environ.get("GH_RUN_COMPOSITE"), os.environ.get("GH_TOOLS")
    if not (runner and tools):
        pytest.skip("no runner for composite actions: name its script in GH_RUN_COMPOSITE and its packages in GH_TOOLS")
    if kind != "failing" and not os.environ.get("GH_RUN_ALL"):
        pytest.skip("takes long: set GH_RUN_ALL")
    if kind == "failing":
        edit(repository, "app/chat.py", 'return {"answer": mark_text(text)}', 'return {"answer": text}')
    if kind == "inconclusive":
        repository = untold(tmp_path / "untold")
    if kind == "misconfigured":
        edit(repository, "genai-service.toml", "schema = 1", "schema = 1\nwrong = 1")
    checkout = Path(shutil.copytree(ROOT, tmp_path / "checkout", ignore=shutil.ignore_patterns(".git", ".*_cache", "tests", "benches")))
    passed = {"PIP_NO_DEPS": "1", "PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0"}
    inputs = {"python": offline_python(tmp_path), "cache-dir": cache, "as-of": "2026-11-15", "gate": "release"}
    command = ["node", runner, checkout, "--workspace", repository, "--json", tmp_path / "out.json"]
    command += [part for name, value in inputs.items() for part in ("-i", f"{name}={value}")]
    done = subprocess.run(command, env={**os.environ, **passed, "GH_PASS": ",".join(passed)}, capture_output=True, text=True, check=False)
    result, gate, code = KINDS[kind]
    assert done.returncode == code, done.stdout[-2000:] + done.stderr[-2000:]
    out = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert (out["outputs"]["result"], out["outputs"]["gate"], out["dropped"]) == (result, gate, 0)
    assert [summary["step"] for summary in out["summaries"]] == ["check"]
    files = [issue.get("file") for issue in out["issues"] if issue["type"] == "error"]
    expected = {"failing": "app/chat.py", "inconclusive": "app.py", "misconfigured": "genai-service.toml"}
    assert expected[kind] in files if kind in expected else not files
    assert (out["issues"][-1:] and out["issues"][-1]["message"].startswith("Process completed with exit code")) or kind == "passing"


def test_what_the_gate_says_to_stderr_is_printed_while_commands_are_stopped(capfd):
    CHECK["quietly"](["Traceback", "::error::pwned", "  ::add-mask::x", "a ##[error]b"])
    first, *said, last = capfd.readouterr().out.splitlines()
    token = re.fullmatch(r"::stop-commands::(\w{32})", first)[1]
    assert last == f"::{token}::"
    assert said == ["Traceback", "::error::pwned", "  ::add-mask::x", "a ##[error]b"]


def test_a_crash_is_inconclusive_and_says_so(tmp_path, capfd, monkeypatch):
    broken = tmp_path / "bin" / "genai-policy"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\necho 'error: genai-policy failed ::warning::x' >&2\nexit 139\n")
    broken.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(broken.with_name("python")))
    step = Step(tmp_path, tmp_path / "temp", capfd, monkeypatch)
    assert (step.code, step.outputs) == (3, {"result": "inconclusive", "exit-code": "3"})
    assert step.annotations == ["::error title=genai-policy::genai-policy failed ::warning::x"]
    assert step.summary.startswith("## genai-policy: inconclusive")
