"""The junit reports: valid for two schemas, red exactly where the exit code is, nothing that XML cannot hold."""

from __future__ import annotations

import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from verdicts import VERDICTS, closed, opened

from genai_policy.report.junit import JunitReport

SCHEMAS = Path(__file__).parent / "schemas"


def tree(verdict, lang="en", **settings):
    return ET.fromstring(JunitReport(**settings)(verdict, lang).encode("utf-8"))


def cases(root):
    return {case.get("name"): (case[0].tag if len(case) else "passed") for case in root.iter("testcase")}


@pytest.mark.parametrize("schema", ["jenkins-junit-10.xsd", "apache-ant-junit.xsd"])
def test_meets_both_schemas(schema, tmp_path):
    tool = shutil.which("xmllint")
    if not tool:
        pytest.skip("xmllint is not installed (libxml2-utils)")
    files = []
    for number, verdict in enumerate(VERDICTS.values()):
        files.append(tmp_path / f"{number}.xml")
        files[-1].write_text(JunitReport()(verdict, "zh"), "utf-8")
    done = subprocess.run([tool, "--noout", "--schema", SCHEMAS / schema, *files], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", VERDICTS)
def test_has_the_elements_and_attributes_of_the_common_dialect(name):
    root = tree(VERDICTS[name])
    assert root.tag == "testsuites"
    assert not root.attrib
    for number, suite in enumerate(root):
        assert suite.get("id") == str(number)
        assert set(suite.attrib) == {*("id", "package", "name", "hostname", "timestamp", "tests", "failures", "errors", "skipped", "time")}
        assert [child.tag for child in suite if child.tag != "testcase"] == ["properties", "system-out", "system-err"]
        tests = suite.findall("testcase")
        assert all(set(case.attrib) == {"name", "classname", "time"} for case in tests)
        tags = [case[0].tag for case in tests if len(case)]
        counted = {key: int(suite.get(key)) for key in ("tests", "failures", "errors", "skipped")}
        expected = {"failures": tags.count("failure"), "errors": tags.count("error"), "skipped": tags.count("skipped")}
        assert counted == {"tests": len(tests), **expected}


@pytest.mark.parametrize("name", [name for name, verdict in VERDICTS.items() if verdict.services])
def test_a_red_test_means_a_shut_gate(name):
    red = {"failure", "error"} & set(cases(tree(VERDICTS[name])).values())
    assert bool(red) == (VERDICTS[name].gate != "open")


def test_one_test_per_duty():
    assert cases(tree(closed())) == {
        "cn-demo/agreement": "skipped",
        "cn-demo/complaints": "skipped",
        "cn-demo/label": "failure",
        "cn-demo/label-again": "failure",
        "cn-demo/licence": "skipped",
        "cn-demo/minors": "passed",
        "gap/syntax app/broken.py:3": "error",
        "gap/plugin": "error",
        "inconclusive": "error",
    }


def test_what_a_release_does_not_let_pass_is_an_error():
    found = cases(tree(VERDICTS["two services"]))
    assert (found["cn-demo/agreement"], found["cn-demo/licence"]) == ("error", "error")
    assert not {"failure", "error"} & set(cases(tree(opened())).values())


def test_a_failure_says_where_and_what_to_do():
    failure = next(case[0] for case in tree(closed()).iter("testcase") if case.get("name") == "cn-demo/label")
    assert failure.text.splitlines()[0] == "app/routes.py:10: 1 of 2 generation paths leaves without a label"
    assert "  > app/gen.py:20 make" in failure.text
    assert "  fix: call the hook" in failure.text


def test_gitlab_gets_files_and_lines():
    root = tree(closed(), located=True, prefix="b/")
    label = next(case for case in root.iter("testcase") if case.get("name") == "cn-demo/label")
    assert (label.get("file"), label.get("line")) == ("b/app/routes.py", "10")


def test_hostile_text_stays_text():
    root = tree(VERDICTS["hostile"])
    assert {element.tag for element in root.iter()} <= {
        *("testsuites", "testsuite", "properties", "property", "testcase", "failure", "error", "skipped", "system-out", "system-err")
    }
