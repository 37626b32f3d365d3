"""The command line as a person uses it: exit codes, sentences that help, files that are whole."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from genai_policy import pipeline

PUBLIC = """\
schema = 1
[service]
name = "sample"
stage = "live"
reach = ["registered-public"]
regions = ["cn-mainland"]
geo-control = "none"
channels = ["web"]
[provider]
roles = ["service-provider"]
seat = "mainland"
[output]
generative = true
modalities = ["text"]
confusable-kinds = ["dialogue-or-writing"]
[policy]
packs = ["cn-genai"]
"""
INTERNAL = PUBLIC.replace("registered-public", "own-staff").replace('stage = "live"', 'stage = "internal-test"')
APP = """\
from fastapi import FastAPI
from openai import OpenAI

app = FastAPI()
client = OpenAI()


@app.post("/chat")
def chat(prompt: str) -> str:
    answer = client.chat.completions.create(model="m", messages=[{"role": "user", "content": prompt}])
    return answer.choices[0].message.content
"""
PLUGIN = "from genai_policy import hookimpl\n\n@hookimpl\n"
DAY = ("--as-of", "2026-03-01", "--jobs", "1")


@pytest.fixture
def unmet(tmp_path) -> Path:
    """A public service that meets nothing."""
    return build(tmp_path / "unmet", {"genai-service.toml": PUBLIC, "app.py": APP})


@pytest.fixture
def internal(tmp_path) -> Path:
    """A service to which nothing applies."""
    return build(tmp_path / "internal", {"genai-service.toml": INTERNAL, "app.py": APP})


def build(root: Path, files: dict[str, str]) -> Path:
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(content, "utf-8")
    return root


# ---- exit codes ----------------------------------------------------------------------------------------------------------


def test_an_open_gate_exits_0(cli, internal):
    result = cli("check", internal, *DAY)
    assert result.code == 0, result.out + result.err
    assert "gate open: exit 0" in result.out
    assert result.err == ""


def test_a_closed_gate_exits_1_and_names_duty_place_path_and_fix(cli, tmp_path):
    pictures = APP.replace(
        'chat.completions.create(model="m", messages=[{"role": "user", "content": prompt}])', "images.generate(prompt=prompt)"
    )
    manifest = PUBLIC.replace('["text"]', '["image"]') + '[implements]\nvisible-label = { hook = "labels:mark" }\n'
    label = "from PIL import ImageDraw\n\n\ndef mark(image):\n    ImageDraw.Draw(image).text((0, 0), 'AI')\n    return image\n"
    result = cli("check", build(tmp_path, {"genai-service.toml": manifest, "app.py": pictures, "labels.py": label}), *DAY)
    assert result.code == 1, result.out + result.err
    first = result.out.split("\n\n")[1].splitlines()
    assert first[0].startswith("error  cn-genai/art12-label-generated-content  ")
    assert first[1].strip().startswith("app.py:")
    assert any("path: app.py:9 chat > app.py:10 " in line for line in first)
    assert any(line.strip().startswith("fix: ") for line in first)
    assert result.out.splitlines()[-1].startswith("gate closed: exit 1")


def test_what_a_gate_does_not_tolerate_exits_3(cli, internal):
    (internal / "app.py").write_text(APP + "\n\ndef broken(:\n")
    result = cli("check", internal, *DAY)
    assert result.code == 3, result.out
    assert "app.py:13  syntax: " in result.out or "app.py:14  syntax: " in result.out
    assert result.out.splitlines()[-1].startswith("gate inconclusive: exit 3, ")


def test_a_missing_engine_exits_3_and_leaves_the_rest(cli, internal, monkeypatch):
    monkeypatch.setattr("genai_policy.read.rules.find_engine", lambda: None)
    result = cli("check", internal, *DAY)
    assert result.code == 3
    assert "engine: " in result.out
    assert "semgrep is not installed" in result.out
    assert "41 do not apply" in result.out


def test_exit_zero_changes_the_code_and_not_the_report(cli, unmet):
    result = cli("check", unmet, *DAY, "--exit-zero")
    assert result.code == 0
    assert "gate closed: exit 1" in result.out


def test_the_format_never_changes_the_code(cli, unmet, internal):
    for name in ("text", "json", "sarif", "github"):
        assert cli("check", unmet, *DAY, "-f", name).code == 1
        assert cli("check", internal, *DAY, "-f", name).code == 0


def test_a_bug_exits_3_with_a_block_to_paste(cli, internal, monkeypatch):
    monkeypatch.setattr(pipeline, "check", lambda options: 1 / 0)
    result = cli("check", internal)
    assert result.code == 3
    assert "ZeroDivisionError" in result.err
    assert "genai-policy 0." in result.err
    assert result.out == ""


def test_an_interrupt_exits_130(cli, internal, monkeypatch):
    def interrupted(options):
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "check", interrupted)
    assert cli("check", internal).code == 130


def test_a_reader_that_goes_away_leaves_no_traceback(unmet):
    command = [sys.executable, "-c", "from genai_policy.cli.main import main; main()", "check", str(unmet), *DAY, "-f", "json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.close()
    stderr = process.stderr.read().decode()
    process.stderr.close()
    assert process.wait() == 1
    assert stderr == ""


def test_control_c_in_a_real_process_exits_130(tmp_path):
    plugin, started = tmp_path / "slow.py", tmp_path / "started"
    body = f"    pathlib.Path({str(started)!r}).touch()\n    time.sleep(60)\n    return []\n"
    plugin.write_text(f"import pathlib\nimport time\n{PLUGIN}def genai_policy_packs():\n{body}")
    # a shell that starts jobs in the background makes them ignore the signal, and they pass that on
    heed = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    command = [sys.executable, "-c", f"{heed}; from genai_policy.cli.main import main; main()", "pack", "list", "--plugin", str(plugin)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        while not started.exists():
            assert process.poll() is None, process.stderr and process.stderr.read()
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=20)
    assert process.returncode == 130
    assert stderr.decode().strip() == "interrupted"


# ---- mistakes ------------------------------------------------------------------------------------------------------------


def test_nothing_to_judge_is_a_mistake_with_the_way_out(cli, tmp_path):
    result = cli("check", build(tmp_path, {"app.py": APP}))
    assert result.code == 2
    assert "genai-policy init" in result.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "no-such-directory"], "no such path: no-such-directory"),
        (["scope", "no-such-directory"], "no such path: no-such-directory"),
        (["check", ".", "--as-of", "2026-13-01"], "write YYYY-MM-DD"),
        (["check", ".", "--gate", "strict"], "'commit', 'pull-request', 'release'"),
        (["check", ".", "-f", "sarfi"], "did you mean sarif?"),
        (["check", ".", "-f", "json", "-f", "text"], "cannot all go to stdout"),
        (["check", ".", "-f", "json", "-f", "text", "-o", "report.xyz"], "it is not clear which format goes to report.xyz"),
        (["check", ".", "-f", "json", "-f", "sarif", "-o", "x", "-o", "x"], "cannot go to the same file"),
        (["check", ".", "-o", "no-such-directory/report.json"], "there is no directory"),
        (["check", ".", "--bogus"], "--bogus"),
        (["chekc"], "did you mean check?"),
        (["explain", "visible-lable"], "did you mean visible-label?"),
        (["explain", "art12-label-generated-contnt"], "did you mean cn-genai/art12-label-generated-content?"),
        (["pack", "show", "cn-genia"], "did you mean cn-genai?"),
        (["check", ".", "--pack", "cn-nothing"], "cn-nothing"),
        (["check", ".", "--plugin", "no_such_plugin"], "no_such_plugin"),
        (["check", ".", "--diff-base", "main"], "--diff-base needs a git repository"),
        (["pack", "lint", "--pack-dir", "no-such-directory"], "no-such-directory"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_arguments_exit_2_with_one_helpful_sentence(cli, internal, monkeypatch, arguments, said):
    monkeypatch.chdir(internal)
    result = cli(*arguments)
    assert result.code == 2, result.out + result.err
    assert said in result.err
    assert "Traceback" not in result.err
    assert result.out == ""


def test_every_mistake_is_listed_at_once(cli, tmp_path):
    manifest = 'schema = 1\nbogus = 1\n[service]\nstage = "alive"\nreach = "everybody"\n[output]\ngenerative = "yes"\n'
    result = cli("check", build(tmp_path, {"genai-service.toml": manifest, "app.py": APP}))
    assert result.code == 2
    assert len([line for line in result.err.splitlines() if line.startswith("error: genai-service.toml:")]) == 4
    assert "4 mistakes" in result.err


def test_a_file_is_not_a_root(cli, internal):
    result = cli("scope", internal / "app.py")
    assert result.code == 2
    assert "is a file" in result.err


# ---- reports -------------------------------------------------------------------------------------------------------------


def test_several_formats_go_to_several_places(cli, unmet, tmp_path):
    files = {"json": tmp_path / "r.json", "sarif": tmp_path / "r.sarif"}
    result = cli("check", unmet, *DAY, "-f", "sarif", "-f", "json", "-f", "text", "-o", files["json"], "-o", files["sarif"])
    assert result.code == 1, result.err
    assert result.out.startswith("gate closed")
    assert json.loads(files["json"].read_text("utf-8"))["schema"] == "genai-policy/verdict/1"
    assert json.loads(files["sarif"].read_text("utf-8"))["version"] == "2.1.0"
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_a_file_that_exists_is_replaced_whole_and_keeps_its_links(cli, unmet, tmp_path):
    target, link = tmp_path / "real.json", tmp_path / "link.json"
    target.write_text("old")
    link.symlink_to(target)
    assert cli("check", unmet, *DAY, "-f", "json", "-o", link).code == 1
    assert link.is_symlink()
    assert json.loads(target.read_text("utf-8"))["gate"] == "closed"


def test_a_pipe_is_written_to_and_not_replaced(cli, internal):
    result = cli("check", internal, *DAY, "-f", "json", "-o", "/dev/stdout")
    assert json.loads(result.out)["gate"] == "open"
    assert result.code == 0


def test_chinese_is_asked_for_or_taken_from_a_terminal_only(cli, unmet, monkeypatch):
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert cli("check", unmet, *DAY).out.startswith("gate closed")
    assert cli("check", unmet, *DAY, "--lang", "zh").out.startswith("门禁拦截")


def test_the_same_input_gives_the_same_bytes(cli, unmet):
    first = cli("check", unmet, *DAY, "-f", "json").out
    assert cli("check", unmet, *DAY, "-f", "json").out == first
    assert cli("check", unmet, *DAY, "-f", "json", "--no-cache").out == first


def test_files_limit_what_blocks(cli, unmet):
    (unmet / "other.py").write_text("print(1)\n")
    elsewhere = cli("check", unmet, unmet / "other.py", *DAY, "--gate", "commit")
    assert elsewhere.code in (0, 3), elsewhere.out
    assert "in the baseline" in elsewhere.out
    assert cli("check", unmet, unmet / "genai-service.toml", *DAY, "--gate", "commit").code == 1
    assert cli("check", unmet, "/etc/hosts", *DAY).code == 2


def test_scope_says_why_with_the_line(cli, internal, unmet):
    result = cli("scope", internal, *DAY)
    assert result.code == 0, result.err
    assert "does not apply (" in result.out
    assert "service.reach = [own-staff] (genai-service.toml:5)" in result.out
    record = json.loads(cli("scope", unmet, *DAY, "-f", "json").out)
    assert record["schema"] == "genai-policy/scope/1"
    assert {duty["applies"] for duty in record["services"][0]["obligations"]} >= {"applies"}


def test_facts_need_no_manifest(cli, tmp_path):
    root = build(tmp_path, {"app.py": APP})
    record = json.loads(cli("facts", root, "--jobs", "1", "-f", "json").out)
    assert [(site["file"], site["line"], site["modality"]) for site in record["generation_sites"]] == [("app.py", 10, "text")]
    assert [(route["method"], route["path"]) for route in record["routes"]] == [("POST", "/chat")]
    assert record["generation_routes"][0]["sites"] == [0]
    assert "app.py:8  POST /chat" in cli("facts", root, "--jobs", "1").out


# ---- plugins -------------------------------------------------------------------------------------------------------------


def test_a_check_loads_each_plugin_once(cli, internal, tmp_path):
    plugin, loaded = tmp_path / "counted.py", tmp_path / "loaded"
    plugin.write_text(f"from pathlib import Path\nwith Path({str(loaded)!r}).open('a') as file:\n    file.write('x')\n")
    assert cli("check", internal, *DAY, "--plugin", plugin).code == 0
    assert loaded.read_text() == "x"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("import nothing_of_this_name\n", "nothing_of_this_name"),
        (f"{PLUGIN}def genai_policy_collect_evidense(claim, facts):\n    yield\n", "did you mean genai_policy_collect_evidence?"),
        ("def broken(:\n", "SyntaxError"),
    ],
    ids=["missing import", "misspelt hook", "syntax error"],
)
def test_a_plugin_that_cannot_be_loaded_exits_2_and_is_named(cli, internal, tmp_path, source, said):
    plugin = tmp_path / "mine.py"
    plugin.write_text(source)
    for command in (["check", internal, *DAY], ["plugins"]):
        result = cli(*command, "--plugin", plugin)
        assert result.code == 2
        assert said in result.err
        assert "mine" in result.err


def test_a_plugin_that_crashes_is_a_gap_that_names_it_and_the_rest_stays(cli, unmet, tmp_path):
    plugin = tmp_path / "crashing.py"
    plugin.write_text(f"{PLUGIN}def genai_policy_collect_evidence(claim, facts):\n    raise ValueError('boom')\n    yield\n")
    before = json.loads(cli("check", unmet, *DAY, "-f", "json").out)
    after = json.loads(cli("check", unmet, *DAY, "-f", "json", "--plugin", plugin).out)
    assert after["findings"] == before["findings"]
    assert any("crashing.py crashed" in gap["reason"] and gap["kind"] == "plugin" for gap in after["gaps"])


def test_a_crashing_plugin_closes_a_gate_that_would_be_open(cli, tmp_path, unmet):
    plugin = tmp_path / "crashing.py"
    plugin.write_text(f"{PLUGIN}def genai_policy_collect_evidence(claim, facts):\n    raise ValueError('boom')\n    yield\n")
    cli("baseline", unmet, *DAY)
    assert cli("check", unmet, *DAY, "--gate", "commit", "--plugin", plugin).code == 3


def test_a_plugin_can_add_a_format(cli, unmet, tmp_path):
    plugin = tmp_path / "format.py"
    plugin.write_text(
        f"{PLUGIN}def genai_policy_reporters():\n    return [Gate()]\n\n"
        "class Gate:\n    name = 'gate'\n    def __call__(self, verdict, lang):\n        return verdict.gate + '\\n'\n"
    )
    result = cli("check", unmet, *DAY, "--plugin", plugin, "-f", "gate")
    assert (result.code, result.out) == (1, "closed\n")


def test_plugins_are_listed_with_their_hooks(cli):
    out = cli("plugins").out
    assert "genai_policy.report.sarif" in out
    assert "genai_policy_reporters" in out


# ---- the other commands --------------------------------------------------------------------------------------------------


def test_a_baseline_lets_the_old_pass_and_stops_the_new(cli, unmet):
    written = cli("baseline", unmet, *DAY)
    assert written.code == 0, written.err
    assert "no longer blocking" in written.out
    assert cli("check", unmet, *DAY, "--gate", "commit").code in (0, 3)
    first = (unmet / ".genai-baseline.json").read_bytes()
    cli("baseline", unmet, *DAY)
    assert (unmet / ".genai-baseline.json").read_bytes() == first


def test_explain_speaks_of_obligations_and_controls_in_both_languages(cli):
    obligation = cli("explain", "cn-genai/art12-label-generated-content")
    assert obligation.code == 0, obligation.err
    assert "Duty: " in obligation.out
    assert "Limits: " in obligation.out
    assert "义务：" in cli("explain", "cn-genai/art12-label-generated-content", "--lang", "zh").out
    control = cli("explain", "visible-label")
    assert "Evidence: hook" in control.out
    assert "Asked by: " in control.out
    assert "cn-genai/art12-label-generated-content" in control.out


def test_packs_are_listed_and_shown(cli):
    assert "cn-genai" in cli("pack", "list").out
    assert "asks for " in cli("pack", "show", "cn-genai").out
    assert "no mistakes" in cli("pack", "lint").out


def test_pack_lint_lists_every_mistake(cli, tmp_path):
    build(tmp_path, {"controls/x.toml": "schema = 2\nid = 'y'\n", "my-pack/pack.toml": "schema = 1\nid = 'other'\nbogus = 1\n"})
    result = cli("pack", "lint", "--pack-dir", tmp_path)
    assert result.code == 2
    assert len([line for line in result.err.splitlines() if line.startswith("error: ")]) >= 4


def test_the_schema_is_json(cli):
    assert json.loads(cli("schema").out)["properties"]["service"]


def test_no_waivers_is_said(cli, internal):
    assert cli("waiver", "list", internal).out == "no waivers\n"


# ---- init ----------------------------------------------------------------------------------------------------------------


def test_init_drafts_only_what_it_saw_and_check_runs_on_it(cli, tmp_path):
    root = build(tmp_path, {"app.py": APP})
    result = cli("init", root, "--jobs", "1")
    assert result.code == 0, result.err
    draft = (root / "genai-service.toml").read_text("utf-8")
    values = [line for line in draft.splitlines() if line and not line.startswith(("#", "[")) and line != "schema = 1"]
    assert all("  # found: " in line for line in values)
    assert 'modalities = ["text"]  # found: app.py:10 ' in draft
    assert "# decide: stage = " in draft
    assert cli("check", root, *DAY).code in (1, 3)


def test_init_claims_no_control(cli, tmp_path):
    complaints = "\n\n@app.post('/api/complaints')\ndef complain() -> str:\n    return 'ok'\n"
    hook = "\n\ndef add_watermark(image):\n    return image\n"
    root = build(tmp_path, {"app.py": APP + complaints + hook, "docs/agreement.md": "# Agreement\n"})
    assert cli("init", root, "--jobs", "1").code == 0
    claims = (root / "genai-service.toml").read_text("utf-8").partition("[implements]")[2]
    assert 'candidate: complaint-entry = { endpoint = "POST /api/complaints" }' in claims
    assert 'candidate: visible-label = { hook = "app:add_watermark" }' in claims
    assert 'candidate: service-agreement = { document = "docs/agreement.md" }' in claims
    assert all(line.startswith("#") or not line for line in claims.splitlines())


def test_init_does_not_overwrite(cli, internal):
    before = (internal / "genai-service.toml").read_text()
    result = cli("init", internal)
    assert result.code == 2
    assert "--force" in result.err
    assert (internal / "genai-service.toml").read_text() == before
    assert cli("init", internal, "--force", "--jobs", "1").code == 0


def test_init_survives_hostile_names(cli, tmp_path):
    root = build(tmp_path, {'a"\n[evil]\nb.py': APP})
    assert cli("init", root, "--jobs", "1").code == 0
    assert "[evil]" not in (root / "genai-service.toml").read_text("utf-8").splitlines()


# ---- the change that a branch makes -----------------------------------------------------------------------------------------


@pytest.fixture
def history(tmp_path):
    """A repository with a first commit, and a way to commit more."""
    root = build(tmp_path / "repo", {"svc/genai-service.toml": PUBLIC, "svc/app.py": APP, "README.md": "x\n"})

    def git(*arguments: str) -> str:
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"]
        done = subprocess.run(["git", *identity, *arguments], cwd=root, capture_output=True, text=True, check=True, env={**os.environ})
        return done.stdout

    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "first")
    git("checkout", "-qb", "topic")
    return root / "svc", git


def test_what_was_already_so_at_the_base_does_not_block(cli, history):
    service, git = history
    (service / "notes.md").write_text("nothing\n")
    git("add", "-A")
    git("commit", "-qm", "notes")
    assert cli("check", service, *DAY).code == 1
    result = cli("check", service, *DAY, "--gate", "commit", "--diff-base", "main")
    assert result.code in (0, 3), result.out
    assert " in the baseline" in result.out


def test_what_a_branch_makes_worse_blocks(cli, history):
    service, git = history
    manifest = service / "genai-service.toml"
    git("checkout", "-q", "main")
    manifest.write_text(INTERNAL)
    git("commit", "-qam", "internal")
    git("checkout", "-q", "topic")
    git("reset", "-q", "--hard", "main")
    manifest.write_text(PUBLIC)
    result = cli("check", service, *DAY, "--diff-base", "main")
    assert result.code == 1
    assert "still unmet, but accepted" not in result.out


def test_a_base_without_manifest_knows_nothing_and_says_so(cli, history):
    service, git = history
    git("checkout", "-q", "main")
    git("rm", "-q", "svc/genai-service.toml")
    git("commit", "-qm", "no manifest")
    git("checkout", "-q", "topic")
    git("reset", "-q", "--hard", "main")
    (service / "genai-service.toml").write_text(PUBLIC)
    result = cli("check", service, *DAY, "--diff-base", "main")
    assert result.code == 1
    assert result.err.startswith("note: main could not be judged, so every finding counts as new")


def test_an_unknown_base_and_a_shallow_clone_are_named(cli, history, tmp_path):
    service, git = history
    assert "no commit 'nowhere'" in cli("check", service, *DAY, "--diff-base", "nowhere").err
    assert cli("check", service, *DAY, "--diff-base", "--output=x").code == 2
    for number in range(2):
        (service / "notes.md").write_text(f"{number}\n")
        git("add", "-A")
        git("commit", "-qm", f"c{number}")
    git("clone", "-q", "--depth=1", f"file://{service.parent}", str(tmp_path / "shallow"))
    result = cli("check", tmp_path / "shallow" / "svc", *DAY, "--diff-base", "origin/main")
    assert result.code == 2
    assert "shallow" in result.err
    assert "fetch-depth: 0" in result.err


def test_the_base_is_read_as_stored(cli, history):
    """Neither attributes nor links of the tree decide what its past looks like."""
    service, git = history
    (service / ".gitattributes").write_text("app.py export-ignore\n")
    (service / "out").symlink_to("/etc")
    git("add", "-A")
    git("commit", "-qm", "attributes")
    git("checkout", "-qb", "next")
    result = cli("check", service, *DAY, "--gate", "commit", "--diff-base", "topic")
    assert result.code in (0, 3), result.out
