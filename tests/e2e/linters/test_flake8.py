"""flake8 as its user runs it."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest
from click.testing import CliRunner
from flake8.main.cli import main

from genai_policy.cli.main import main as command_line
from tests.e2e.linters.sample import INTACT, LABEL, MILD, line_of, replace, snippet


@pytest.fixture
def flake8(monkeypatch, capsys):
    """Run flake8 in a folder; return its exit code and what it printed."""

    def run(root, *arguments):
        monkeypatch.chdir(root)
        capsys.readouterr()
        code = main(["--select=GAP", *arguments])
        return code, capsys.readouterr().out.splitlines()

    return run


def test_shows_the_line_in_code_and_the_missing_claim(broken):
    command = [sys.executable, "-m", "flake8", "--genai-policy", "--select=GAP", "-j2"]
    done = subprocess.run(command, cwd=broken, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, "")
    elsewhere, in_code = sorted(done.stdout.splitlines())
    assert in_code.startswith(f"./app/chat.py:{line_of(broken / 'app' / 'chat.py', 'str(made')}:1: GAP100 ")
    assert f"[{LABEL} (+1)]; noqa hides this here, never in the gate" in in_code
    line = line_of(broken / "genai-service.toml", "[implements]")
    assert elsewhere.startswith(f"./app/__init__.py:1:1: GAP100 genai-service.toml:{line}: ")
    assert f"[{INTACT} (+1)]" in elsewhere


def test_is_silent_without_the_option(broken, flake8, runs):
    assert flake8(broken) == (0, [])
    assert runs() == 0


def test_text_from_a_pipe_is_not_judged(broken, flake8, runs, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"import os\n")))
    assert flake8(broken, "--genai-policy", "-") == (0, [])
    assert runs() == 0


def test_is_silent_where_the_gate_is_open(fine, flake8):
    assert flake8(fine, "--genai-policy") == (0, [])


def test_what_does_not_close_the_gate_is_shown_on_demand(fine, flake8):
    code, lines = flake8(fine, "--genai-policy", "--genai-policy-all")
    assert code == 1
    assert [line.split()[1] for line in lines if MILD in line] == ["GAP200"]


def test_judges_once_for_all_workers(broken, flake8, runs):
    assert len(flake8(broken, "--genai-policy", "-j2")[1]) == 2
    assert runs() == 1


def test_noqa_hides_a_line_in_flake8_but_not_in_the_gate(own, flake8):
    replace(own / "app" / "chat.py", "content)}", "content)}  # noqa: GAP100")
    code, lines = flake8(own, "--genai-policy", "app/chat.py")
    assert (code, [LABEL in line for line in lines]) == (1, [False])
    assert lines[0].startswith("app/chat.py:1:1: GAP100 genai-service.toml:")
    closed = CliRunner().invoke(command_line, ["check", str(own), "--format", "json"])
    assert closed.exit_code == 1
    assert LABEL in closed.stdout


@pytest.mark.parametrize("name", [".flake8", "setup.cfg", "tox.ini"])
def test_it_is_switched_on_by_its_configuration_as_the_page_says(own, flake8, name):
    (own / name).write_text(snippet(".flake8, setup.cfg or tox.ini"))
    assert len(flake8(own)[1]) == 2


def test_every_option_may_stand_in_its_configuration(own, flake8):
    (own / ".flake8").write_text(snippet(".flake8 with every option"))
    code, lines = flake8(own)
    assert code == 1
    assert all(any("\u4e00" <= c <= "\u9fff" for c in line) for line in lines)


def test_files_that_nobody_asked_for_stay_silent(broken, flake8):
    code, lines = flake8(broken, "--genai-policy", "app/labels.py")
    assert code == 1
    assert [LABEL in line for line in lines] == [False]


def test_a_mistake_in_the_manifest_is_shown(own, flake8):
    replace(own / "genai-service.toml", 'stage = "live"', 'stage = "liv"')
    code, lines = flake8(own, "--genai-policy")
    line = line_of(own / "genai-service.toml", "stage")
    said = f'GAP900 genai-service.toml:{line}: service.stage: "liv" is not allowed; did you mean "live"?'
    assert (code, [said in text for text in lines]) == (1, [True])


def test_nothing_to_judge_is_not_a_pass(tmp_path, flake8):
    (tmp_path / "a.py").write_text("")
    code, lines = flake8(tmp_path, "--genai-policy")
    assert code == 1
    assert "GAP900 nothing to judge" in lines[0]


def test_an_unknown_gate_is_told(broken, flake8, capsys):
    assert flake8(broken, "--genai-policy", "--genai-policy-gate=relese") == (
        1,
        [
            "There was a critical error during execution of Flake8:",
            "genai-policy: no gate 'relese'; gates: commit, pull-request, release",
        ],
    )
