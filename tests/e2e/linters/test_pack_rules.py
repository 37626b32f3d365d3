"""``pack rules``: what it writes is what plain semgrep runs."""

from __future__ import annotations

import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from genai_policy.cli.main import main

POLICIES = Path(__file__).resolve().parents[3] / "policies"
SEMGREP = shutil.which("semgrep", path=str(Path(sys.executable).parent)) or shutil.which("semgrep")


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rules")
    result = CliRunner().invoke(main, ["pack", "rules", "-o", str(folder)], standalone_mode=False)
    assert result.return_value == 0, result.output
    return folder


def rules_of(file: Path) -> list[dict]:
    return yaml.load(file.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))["rules"]


@pytest.fixture
def registry():
    """What semgrep asks for style rules when it validates; here it has none, as there is no network."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"rules: []\n")

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def semgrep(*arguments: object, url: str = "http://127.0.0.1:9") -> subprocess.CompletedProcess[str]:
    quiet = {"SEMGREP_ENABLE_VERSION_CHECK": "0", "SEMGREP_SEND_METRICS": "off", "SEMGREP_URL": url, "NO_PROXY": "*"}
    return subprocess.run([SEMGREP, *map(str, arguments)], env={**os.environ, **quiet}, capture_output=True, text=True, timeout=120)


def test_one_file_per_pack_with_every_rule_as_it_is(exported):
    packs = {file.parents[1].name for file in POLICIES.glob("*/rules/*.yaml")}
    assert {file.stem for file in exported.iterdir()} == packs
    for pack in packs:
        written = {rule["id"]: rule for rule in rules_of(exported / f"{pack}.yaml")}
        own = {rule["id"]: rule for file in sorted((POLICIES / pack / "rules").glob("*.yaml")) for rule in rules_of(file)}
        assert list(written) == list(own)
        for name, rule in own.items():
            same = {key: value for key, value in rule.items() if key not in ("message", "metadata")}
            assert {key: value for key, value in written[name].items() if key not in ("message", "metadata")} == same
            assert written[name]["message"].split() == rule["message"].split()


def test_each_rule_names_its_duty_and_where_that_is_explained(exported):
    for file in exported.iterdir():
        for rule in rules_of(file):
            known = rule["metadata"]
            assert known["explained-by"] == f"genai-policy explain {known['obligation']}"
            assert (POLICIES.parent / known["page"]).is_file()
            assert known["clause"]
            assert "words" not in known


def test_the_language_of_messages_can_be_chosen_and_one_document_printed():
    result = CliRunner().invoke(main, ["pack", "rules", "cn-genai", "--lang", "zh"], standalone_mode=False)
    rules = yaml.safe_load(result.stdout)["rules"]
    assert len(rules) > 5
    assert all(any("\u4e00" <= c <= "\u9fff" for c in rule["message"]) for rule in rules)
    assert result.stdout.startswith("# ")


def test_a_pack_without_rules_or_that_is_unknown_is_told(cli):
    result = cli("pack", "rules", "cn-pipl", "cn-gena")
    assert (result.code, result.out) == (2, "")
    assert "no pack 'cn-gena'; did you mean cn-genai" in result.err
    assert "cn-pipl has no rules" in result.err


def test_semgrep_takes_and_runs_them(exported, registry):
    checked = semgrep("validate", "--experimental", exported / "cn-genai.yaml", url=registry)
    assert checked.returncode == 0, checked.stderr
    assert "0 fatal errors, 0 skippable error(s)" in checked.stdout + checked.stderr
    target = POLICIES / "cn-genai" / "rules" / "secret-in-code.py"
    # without semgrep's Python front end, which takes seconds to say the same
    ran = semgrep("scan", "--experimental", "--config", exported, "--json", "--quiet", "--no-git-ignore", target)
    told = json.loads(ran.stdout)
    assert (ran.returncode, told["errors"]) == (0, [])
    expected = {number + 1 for number, line in enumerate(target.read_text().splitlines(), 1) if "ruleid: cn-genai-secret-in-code" in line}
    found = {hit["start"]["line"] for hit in told["results"] if "secret-in-code" in hit["check_id"]}
    assert expected
    assert expected <= found
    assert all(hit["extra"]["metadata"]["explained-by"].startswith("genai-policy explain cn-genai/") for hit in told["results"])
