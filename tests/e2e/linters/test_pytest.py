"""pytest as its user runs it."""

from __future__ import annotations

import datetime as dt
import json
import re
import sys

import pytest

from genai_policy import pipeline
from tests.e2e.linters.sample import INTACT, LABEL, MILD, line_of, replace, snippet, take_apart, write

pytest_plugins = ["pytester"]

#: Other plugins of this environment, one of which takes seconds to load.
WITHOUT = ("-p", "no:cacheprovider", "-p", "no:hypothesispytest", "-p", "no:anyio")

#: What may be loaded where nobody asked for anything, and how much processor time that may take, in seconds.
TINY = {"genai_policy", "genai_policy.integrations", "genai_policy.integrations.pytest_plugin"}
MOMENT = 0.005
PROBE = """
import json, sys, time
import pytest
before = time.process_time()
import genai_policy.integrations.pytest_plugin
took = time.process_time() - before
pytest.main(["-q", "-p", "no:hypothesispytest", "-p", "no:anyio"])
print(json.dumps([took, [name for name in sys.modules if name.partition(".")[0] == "genai_policy"]]), file=sys.stderr)
"""


@pytest.fixture
def service(pytester):
    """The service whose gate is open, in pytester's folder."""
    return write(pytester.path)


@pytest.fixture(scope="module", autouse=True)
def loaded(fine):
    """Load all that a run loads before pytester looks: it unloads what a test loaded, and libyaml does not survive being loaded again."""
    return pipeline.check(pipeline.Options(root=fine, today=dt.date(2026, 11, 15), jobs=1))


def test_one_test_per_obligation(pytester, service, loaded):
    take_apart(service)
    result = pytester.runpytest_subprocess("--genai-policy", "-v", "-rsx", *WITHOUT)
    duties = [duty for s in loaded.services for duty in s.obligations]
    shown = re.findall(r"^genai-service\.toml::(\S+) (PASSED|FAILED|SKIPPED|XFAIL)", result.stdout.str(), re.MULTILINE)
    assert [name for name, _ in shown] == [*(duty.id for duty in duties), "gate"]
    ends = dict(shown)
    assert (ends[LABEL], ends[INTACT], ends[MILD], ends["gate"]) == ("FAILED", "FAILED", "XFAIL", "FAILED")
    assert [name for name, end in shown if end == "SKIPPED"] == [d.id for d in duties if d.outcome == "not-applicable"]
    line = line_of(service / "app" / "chat.py", "str(made")
    result.stdout.fnmatch_lines(
        [
            "genai-policy: gate closed (pull-request gate, as of 2026-11-15): *",
            "tests/test_labels.py::test_survive PASSED*",
            f"app/chat.py:{line}: *POST /api/chat reaches openai.*",
            "fix: Write one function that adds the label*",
            f"Visible label where the public could be misled: genai-policy explain {LABEL}",
            f"XFAIL genai-service.toml::{MILD} - unmet, and does not close this gate (warning): nothing is claimed for label-terms*",
        ]
    )
    assert result.ret == 1


def test_a_mistake_in_the_manifest_is_a_usage_error(pytester, service):
    replace(service / "genai-service.toml", 'stage = "live"', 'stage = "liv"')
    result = pytester.runpytest_inprocess("--genai-policy")
    line = line_of(service / "genai-service.toml", "stage")
    result.stderr.fnmatch_lines(
        ["*genai-policy: nothing was judged: 1 mistake*", f'genai-service.toml:{line}: service.stage: "liv" is not*']
    )
    assert result.ret == pytest.ExitCode.USAGE_ERROR


def test_without_the_flag_it_loads_nothing_and_takes_no_time(pytester, service):
    result = pytester.run(sys.executable, "-c", PROBE)
    took, loaded = json.loads(result.stderr.lines[-1])
    assert set(loaded) == TINY
    assert took < MOMENT


def test_it_is_switched_on_by_its_configuration_as_the_page_says(pytester, service):
    (service / "pyproject.toml").write_text(snippet("pyproject.toml, to have it in every run"))
    result = pytester.runpytest_inprocess(*WITHOUT, "genai-service.toml::gate")
    result.stdout.fnmatch_lines(["genai-policy: gate open (commit gate, *"])
    result.assert_outcomes(passed=1)


def test_settings_may_stand_in_its_configuration_and_ids_choose(pytester, service):
    (service / "sub").mkdir()
    (service / "sub" / "pytest.ini").write_text("[pytest]\ngenai_policy_root = ..\ngenai_policy_gate = commit\ngenai_policy_lang = zh\n")
    chosen = [f"genai-service.toml::{LABEL}", "genai-service.toml::gate"]
    result = pytester.runpytest_inprocess("--genai-policy", "-c", "sub/pytest.ini", *WITHOUT, *chosen)
    assert re.search(r"^genai-policy: [\u4e00-\u9fff]+（commit ", result.stdout.str(), re.MULTILINE)
    result.assert_outcomes(passed=2)
