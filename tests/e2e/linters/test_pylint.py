"""pylint as its user runs it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from pylint.lint import Run
from pylint.reporters import CollectingReporter

from tests.e2e.linters.sample import INTACT, LABEL, MILD, line_of, replace, snippet

PLUGIN = "--load-plugins=genai_policy.integrations.pylint_plugin"
OURS = "genai-duty-unmet,genai-undetermined,genai-mistake,genai-failure"
ARGUMENTS = [PLUGIN, "--rcfile=/dev/null", "--disable=all", f"--enable={OURS}", "--score=n"]

#: pylint's own command, with every run of the pipeline noted in the file that is named first.
COUNTED = """
import sys
from genai_policy import pipeline
log, check = sys.argv.pop(1), pipeline.check
def counted(options):
    open(log, "a").write("x")
    return check(options)
pipeline.check = counted
from pylint import run_pylint
run_pylint(sys.argv[1:])
"""


@pytest.fixture
def pylint(monkeypatch):
    """Run pylint in a folder; return its exit status and messages as (path, line, symbol, text)."""

    def run(root, *arguments):
        monkeypatch.chdir(root)
        reporter = CollectingReporter()
        ran = Run([*ARGUMENTS, *arguments], reporter=reporter, exit=False)
        return ran.linter.msg_status, [(m.path, m.line, m.symbol, m.msg) for m in reporter.messages]

    return run


def test_shows_findings_in_code_and_in_the_manifest_and_judges_once_for_all_workers(broken, tmp_path):
    command = [sys.executable, "-c", COUNTED, str(tmp_path / "runs"), *ARGUMENTS, "-j2", "--output-format=json", "app"]
    done = subprocess.run(command, cwd=broken, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (2, "")  # pylint's bit for errors
    shown = {m["path"]: m for m in json.loads(done.stdout)}
    assert set(shown) == {"app/chat.py", "genai-service.toml"}
    assert all(m["symbol"] == "genai-duty-unmet" and m["message-id"] == "E7401" for m in shown.values())
    assert shown["app/chat.py"]["line"] == line_of(broken / "app" / "chat.py", "str(made")
    assert LABEL in shown["app/chat.py"]["message"]
    assert shown["genai-service.toml"]["line"] == line_of(broken / "genai-service.toml", "[implements]")
    assert INTACT in shown["genai-service.toml"]["message"]
    assert (tmp_path / "runs").read_text() == "x"


def test_one_process_shows_the_same_once(broken, pylint):
    status, shown = pylint(broken, "app")
    assert status == 2
    assert sorted(path for path, *_ in shown) == ["app/chat.py", "genai-service.toml"]


def test_what_does_not_close_the_gate_is_shown_on_demand(fine, pylint):
    status, shown = pylint(fine, "--enable=genai-recommendation-unmet", "app/chat.py")
    assert status == 4  # pylint's bit for warnings
    assert [MILD in text for _, _, _, text in shown].count(True) == 1


def test_it_is_loaded_by_its_configuration_as_the_page_says(own, monkeypatch):
    (own / "pyproject.toml").write_text(snippet("pyproject.toml"))
    monkeypatch.chdir(own)
    reporter = CollectingReporter()
    Run(["app/labels.py", "--disable=all", "--enable=genai-duty-unmet"], reporter=reporter, exit=False)
    assert [m.path for m in reporter.messages] == ["genai-service.toml"]


def test_is_silent_where_the_gate_is_open(fine, pylint):
    assert pylint(fine, "app/chat.py") == (0, [])


def test_a_comment_hides_a_line_but_not_the_manifest(own, pylint):
    replace(own / "app" / "chat.py", "from fastapi import FastAPI\n", "# pylint: disable=genai-duty-unmet\nfrom fastapi import FastAPI\n")
    assert [path for path, *_ in pylint(own, "app/chat.py")[1]] == ["genai-service.toml"]


def test_a_mistake_in_the_manifest_is_shown_there(own, pylint):
    manifest = own / "genai-service.toml"
    replace(manifest, 'stage = "live"', 'stage = "liv"')
    status, [(path, line, symbol, text)] = pylint(own, "app/chat.py")
    assert (status, path, line, symbol) == (2, "genai-service.toml", line_of(manifest, "stage"), "genai-mistake")
    assert text.startswith('service.stage: "liv" is not allowed; did you mean "live"?')
