"""The first hour: a manifest drafted from code, questions answered on a terminal, a first verdict that says where to begin."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import tomli

from genai_policy.cli import init_questions, output
from genai_policy.errors import UsageProblem

ROOT = Path(__file__).resolve().parents[2]
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


@pytest.fixture
def service(tmp_path) -> Path:
    """A service of which nobody has declared anything."""
    (tmp_path / "chatty").mkdir()
    (tmp_path / "chatty" / "app.py").write_text(APP)
    return tmp_path / "chatty"


@pytest.fixture
def undeclared(tmp_path) -> Path:
    """The example without its manifest: its code meets duties that nobody has claimed."""
    root = Path(shutil.copytree(ROOT / "examples" / "lantern", tmp_path / "lantern"))
    (root / "genai-service.toml").unlink()
    return root


@pytest.fixture
def answers(monkeypatch):
    """Sit at the terminal and answer; what is left over at the end was not asked for."""
    queue: list[str] = []

    def sit(*given: str) -> list[str]:
        queue.extend(given)
        monkeypatch.setattr(init_questions, "is_conversation", lambda: True)
        monkeypatch.setattr(init_questions, "_line", lambda: queue.pop(0))
        return queue

    return sit


# ---- init ----------------------------------------------------------------------------------------------------------------


def test_every_value_says_where_it_was_seen_and_the_schema_lies_beside(cli, service):
    result = cli("init", service, "--yes", "--jobs", "1")
    assert result.code == 0, result.err
    text = (service / "genai-service.toml").read_text("utf-8")
    assert text.startswith("#:schema ./genai-service.schema.json\n")
    values = [line for line in text.splitlines() if "=" in line and not line.startswith("#")]
    assert all("  # found: " in line for line in values if not line.startswith("schema"))
    assert json.loads((service / "genai-service.schema.json").read_text("utf-8"))["properties"]["service"]
    assert re.search(r'# decide: packs = \["cn-algorithm", .*"cn-genai"', text)
    assert not (service / ".pre-commit-config.yaml").exists()
    assert cli("validate", service).code == 0


def test_only_what_the_check_finds_proven_is_claimed(cli, undeclared):
    """Every claim of the draft is one that the example's own author made and that holds."""
    assert cli("init", undeclared, "-y", "--jobs", "1").code == 0
    drafted = tomli.loads((undeclared / "genai-service.toml").read_text("utf-8"))["implements"]
    assert {"visible-label", "complaint-entry", "data-requests"} <= drafted.keys()
    (undeclared / "app" / "labels.py").write_text("def mark_text(text):\n    return text\n")
    assert cli("init", undeclared, "-y", "--force", "--jobs", "1").code == 0
    text = (undeclared / "genai-service.toml").read_text("utf-8")
    assert "visible-label" not in tomli.loads(text)["implements"]
    assert '# candidate: visible-label = { hook = "app.labels:mark_text" }' in text


def test_questions_are_answered_by_number_or_name_and_decide_the_packs(cli, service, answers):
    left = answers("5", "registered-public", "1, 5", "", "nonsense", "1", "mainland", "", "n", "y", "yes")
    result = cli("init", service, "--jobs", "1")
    assert result.code == 0, result.err
    assert left == []
    assert "nonsense is not among the answers" in result.out
    text = (service / "genai-service.toml").read_text("utf-8")
    assert 'stage = "live"  # answered' in text
    assert 'regions = ["cn-mainland", "eu"]  # answered' in text
    assert "# decide: geo-control = " in text
    packs = tomli.loads(text)["policy"]["packs"]
    assert "cn-genai" in packs
    assert "eu-ai-act-art50" in packs
    assert "kr-ai-basic-act" not in packs
    assert not (service / ".pre-commit-config.yaml").exists()
    assert "fetch-depth: 0" in (service / ".github" / "workflows" / "genai-policy.yml").read_text("utf-8")


def test_no_at_the_end_writes_nothing(cli, service, answers):
    answers("", "", "", "", "", "", "", "n", "n", "n")
    result = cli("init", service, "--jobs", "1")
    assert (result.code, result.out.splitlines()[-1]) == (0, "nothing was written")
    assert sorted(path.name for path in service.iterdir()) == ["app.py"]


def test_what_is_written_is_shown_and_what_exists_is_kept(cli, service):
    config = service / ".pre-commit-config.yaml"
    config.write_text("repos: []\n")
    (service / "genai-service.schema.json").write_text("{}")
    result = cli("init", service, "-y", "--hook", "--workflow", "--jobs", "1")
    assert result.code == 0, result.err
    assert config.read_text() == "repos: []\n"
    assert (service / "genai-service.schema.json").read_text() == "{}"
    assert "stays as it is: " in result.out
    assert "entry: genai-policy check --gate=commit --staged" in result.out, "what to add by hand"
    assert "  | name: genai-policy\n" in result.out


def test_a_hook_can_be_added_later_without_touching_the_manifest(cli, service):
    assert cli("init", service, "-y", "--jobs", "1").code == 0
    manifest = (service / "genai-service.toml").read_bytes()
    assert cli("init", service, "--hook").code == 0
    assert (service / "genai-service.toml").read_bytes() == manifest
    assert "language: system" in (service / ".pre-commit-config.yaml").read_text()


def test_all_files_are_written_or_none(tmp_path):
    (tmp_path / "kept.txt").write_text("before")
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(UsageProblem, match="cannot write"):
        output.write_files({tmp_path / "kept.txt": "after", tmp_path / "new" / "a.txt": "a", tmp_path / "file" / "b.txt": "b"})
    assert (tmp_path / "kept.txt").read_text() == "before"
    assert not (tmp_path / "new").exists()


# ---- the first verdict ---------------------------------------------------------------------------------------------------


def test_a_first_verdict_says_where_to_begin(cli, service):
    cli("init", service, "-y", "--jobs", "1")
    out = cli("check", service, "--as-of", "2026-11-15", "--jobs", "1").out
    way_in = out[out.index("first run?") :]
    assert re.match(r"first run\? \d+ findings block, \d+ more only warn", way_in)
    assert re.search(r"\d+ duties bind or wait while facts are undeclared; first of all service\.\w+", way_in)
    ranks = [int(n) for n in re.findall(r"^    \d\. [a-z-]+ \((\d+) dut", way_in, re.MULTILINE)]
    assert len(ranks) == 3
    assert ranks == sorted(ranks, reverse=True)
    new = int(re.search(r"accepts all (\d+)", way_in)[1])
    assert f"{new} findings accepted" in cli("baseline", service, "--as-of", "2026-11-15", "--jobs", "1").out
    after = cli("check", service, "--as-of", "2026-11-15", "--gate", "commit", "--jobs", "1")
    assert after.code in (0, 3)
    assert "first run?" not in after.out


def test_the_way_in_is_told_in_chinese_too(cli, service):
    cli("init", service, "-y", "--jobs", "1", "--lang", "zh")
    out = cli("check", service, "--as-of", "2026-11-15", "--jobs", "1", "--lang", "zh").out
    assert "首次运行？" in out
    assert "再落实一举满足最多义务的措施" in out


# ---- consoles ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["gbk", "ascii"])
@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
def test_no_console_is_too_poor(service, encoding):
    """A terminal of any encoding is talked to without a traceback, in Chinese and with questions."""
    import pty

    environment = {**os.environ, "PYTHONIOENCODING": encoding, "TERM": "xterm", "COLUMNS": "60", "PYTHONPATH": str(ROOT)}
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "genai_policy", "init", str(service), "--lang", "zh", "--jobs", "1"]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=subprocess.PIPE, env=environment) as process:
        os.close(theirs)
        os.write(ours, b"\n" * 7 + b"n\nn\ny\n")
        said = b""
        while True:
            try:
                piece = os.read(ours, 4096)
            except OSError:
                break
            if not piece:
                break
            said += piece
        _, errors = process.communicate(timeout=60)
    os.close(ours)
    assert process.returncode == 0, errors
    assert b"Traceback" not in errors + said
    assert (service / "genai-service.toml").is_file()
    if encoding == "gbk":
        assert "服务处于哪个阶段？" in said.decode("gbk", "replace")


@pytest.mark.parametrize(
    ("environment", "name", "coloured"),
    [
        ({}, "posix", True),
        ({"NO_COLOR": "1"}, "posix", False),
        ({"TERM": "dumb"}, "posix", False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, "posix", True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, "posix", False),
        ({}, "nt", False),
        ({"WT_SESSION": "x"}, "nt", True),
    ],
)
def test_colour_is_for_consoles_that_obey_it(monkeypatch, environment, name, coloured):
    for variable in ("NO_COLOR", "FORCE_COLOR", "TERM", "WT_SESSION", "ANSICON", "ConEmuANSI"):
        monkeypatch.delenv(variable, raising=False)
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    with monkeypatch.context() as patched:
        patched.setattr(output, "os", type("System", (), {"name": name, "environ": os.environ}))
        assert output._colour(True) is coloured
