"""Whatever breaks is named and closes the gate; the rest of the verdict stays as it was.

The service passes the pull-request gate before it is sabotaged: what it does not meet stands in its baseline.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from genai_policy import pipeline

MANIFEST = """\
schema = 1
[service]
name = "sample"
stage = "live"
reach = ["registered-public"]
regions = ["cn-mainland"]
[provider]
roles = ["service-provider"]
[output]
generative = true
modalities = ["text"]
confusable-kinds = ["dialogue-or-writing"]
files = []
[implements]
visible-label = { hook = "labels:mark" }
"""
APP = """\
from fastapi import FastAPI
from openai import OpenAI
from labels import mark

app = FastAPI()
client = OpenAI()


@app.post("/chat")
def chat(prompt: str) -> str:
    answer = client.chat.completions.create(model="m", messages=[{"role": "user", "content": prompt}])
    return mark(answer.choices[0].message.content)
"""
LABELS = "def mark(text):\n    return text + '（AI生成）'\n"
PLUGIN = "from genai_policy import hookimpl\nfrom genai_policy.model import Evidence, Message\n\n@hookimpl\n"
DAY = ("--pack", "cn-genai", "--as-of", "2026-03-01", "--jobs", "1", "--no-cache")


@pytest.fixture(autouse=True)
def no_other_day(monkeypatch):
    monkeypatch.setattr(pipeline, "load_law", _once(pipeline.load_law))


LABEL = ("sample", "cn-genai/art12-label-generated-content")
_KEPT: dict[str, object] = {}


def _once(load):
    def kept(*arguments):
        key = f"{load.__name__}{arguments!r}"
        if key not in _KEPT:
            _KEPT[key] = load(*arguments)
        return _KEPT[key]

    return kept


@pytest.fixture
def root(tmp_path, cli) -> Path:
    root = tmp_path / "service"
    root.mkdir()
    for name, text in {"genai-service.toml": MANIFEST, "app.py": APP, "labels.py": LABELS}.items():
        (root / name).write_text(text, "utf-8")
    baseline = root / ".genai-baseline.json"
    if "baseline" not in _KEPT:
        assert cli("baseline", root, *DAY).code == 0
        _KEPT["baseline"] = baseline.read_text("utf-8")
    baseline.write_text(str(_KEPT["baseline"]), "utf-8")
    return root


def judged(cli, root, *arguments, before=None):
    """Return exit code and JSON; with ``before``, hold that all outcomes are the same."""
    result = cli("check", root, *DAY, "-f", "json", *arguments)
    assert result.out.startswith("{"), result.err
    verdict = json.loads(result.out)
    if before is not None:
        assert outcomes(verdict) == outcomes(before)
    return result.code, verdict


def outcomes(verdict):
    return {(s["name"], o["id"]): o["outcome"] for s in verdict["services"] for o in s["obligations"]}


def named(verdict, word):
    return [gap for gap in verdict["gaps"] if word in f"{gap['file']} {gap['reason']}"]


@pytest.fixture
def before(cli, root):
    if "before" not in _KEPT:
        code, verdict = judged(cli, root)
        assert (code, verdict["gaps"]) == (0, [])
        assert outcomes(verdict)[LABEL] == "satisfied"
        _KEPT["before"] = verdict
    return _KEPT["before"]


# ---- plugins -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("    yield Evidence('mine', 'supports', Message('mine.fine'))\n    raise RuntimeError('half way')\n", "half way"),
        ("    raise RuntimeError('at once')\n", "at once"),
        ("    yield 'a sentence'\n", "expected Evidence"),
        ("    return 7\n", "TypeError"),
        ("    yield Evidence('mine', 'excellent', Message('mine.fine'))\n", "excellent"),
        ("    yield Evidence('mine', 'supports', 'a sentence')\n", "plugin"),
        ("    while True:\n        yield Evidence('mine', 'rejected', Message('mine.fine'))\n", "too much"),
        ("    import sys\n    sys.exit(0)\n", "SystemExit"),
        ("    return _deep(claim)\n\n\ndef _deep(x):\n    return _deep(x)\n", "RecursionError"),
    ],
    ids=["half way", "at once", "text", "a number", "a polarity that is none", "no message", "without end", "leaves", "recursion"],
)
def test_an_evidence_plugin_that_misbehaves(cli, root, before, tmp_path, body, said):
    (tmp_path / "mine.py").write_text(f"{PLUGIN}def genai_policy_collect_evidence(claim, facts):\n{body}")
    code, verdict = judged(cli, root, "--plugin", tmp_path / "mine.py", before=before)
    assert code == 3
    assert any("mine.py" in gap["reason"] and said in gap["reason"] for gap in verdict["gaps"]), verdict["gaps"][:2]
    assert verdict["gate"] == "inconclusive"


def test_a_plugin_with_words_of_its_own_is_no_failure(cli, root, before, tmp_path):
    body = "    yield Evidence('mine', 'rejected', Message('mine.fine', {'file': 'x'}))\n"
    (tmp_path / "mine.py").write_text(f"{PLUGIN}def genai_policy_collect_evidence(claim, facts):\n{body}")
    for name in ("text", "json", "sarif", "github"):
        result = cli("check", root, *DAY, "-f", name, "-v", "--plugin", tmp_path / "mine.py")
        assert result.code == 0, result.err


@pytest.mark.parametrize(
    "body", ["raise ValueError('no')", "return 'text'", "return None", "raise RecursionError"], ids=["raises", "text", "none", "recursion"]
)
def test_a_reader_that_misbehaves_costs_its_files(cli, root, before, tmp_path, body):
    (tmp_path / "mine.py").write_text(
        f"{PLUGIN}def genai_policy_readers():\n    return [Reader()]\n\n\n"
        f"class Reader:\n    name = 'mine'\n    version = '1'\n    suffixes = ('.mine',)\n\n    def read(self, source):\n        {body}\n"
    )
    (root / "a.mine").write_text("hello")
    code, verdict = judged(cli, root, "--plugin", tmp_path / "mine.py", before=before)
    assert code == 3
    assert named(verdict, "a.mine")


def test_a_plugin_can_add_kinds_and_catalogues(cli, root, before, tmp_path):
    (tmp_path / "sdk.toml").write_text("nonsense = [")
    (tmp_path / "mine.py").write_text(
        "from pathlib import Path\n"
        f"{PLUGIN}def genai_policy_evidence_kinds():\n    return {{'mine': frozenset(('size',))}}\n\n\n"
        "@hookimpl\ndef genai_policy_catalogues():\n    return []\n"
    )
    assert judged(cli, root, "--plugin", tmp_path / "mine.py", before=before)[0] == 0
    assert "genai_policy_evidence_kinds" in cli("plugins", "--plugin", tmp_path / "mine.py").out
    (tmp_path / "bad.py").write_text(
        f"from pathlib import Path\n{PLUGIN}def genai_policy_catalogues():\n    return [Path({str(tmp_path / 'sdk.toml')!r})]\n"
    )
    result = cli("check", root, *DAY, "--plugin", tmp_path / "bad.py")
    assert result.code in (2, 3)
    assert "sdk.toml" in result.err


def test_plugins_that_cannot_be_loaded_are_all_named(cli, root, tmp_path):
    (tmp_path / "broken.py").write_text("import nothing_of_this_name\n")
    (tmp_path / "misspelt.py").write_text(f"{PLUGIN}def genai_policy_collect_evidense(claim, facts):\n    yield\n")
    (tmp_path / "arguments.py").write_text(f"{PLUGIN}def genai_policy_collect_evidence(claim, everything):\n    yield\n")
    files = ("broken.py", "misspelt.py", "arguments.py", "missing.py")
    result = cli("check", root, *DAY, *(part for name in files for part in ("--plugin", tmp_path / name)))
    assert result.code == 2
    for name in files:
        assert name in result.err


# ---- the code ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", [APP + "\n\ndef broken(:\n    return (\n", "def broken(:\n" + APP, APP.replace("client = OpenAI()", "client = = OpenAI()")]
)
def test_a_syntax_error_on_a_generation_path(cli, root, before, text):
    (root / "app.py").write_text(text)
    code, verdict = judged(cli, root)
    assert code in (1, 3)
    assert named(verdict, "app.py")
    others = {key: o for key, o in outcomes(verdict).items() if key != LABEL}
    assert others == {key: outcomes(before)[key] for key in others}


def test_a_syntax_error_beside_the_paths_still_counts_at_a_release(cli, root, before):
    (root / "tools.py").write_text("def broken(:\n")
    code, verdict = judged(cli, root, before=before)
    assert code in (0, 3)
    assert named(verdict, "tools.py")


def test_without_the_engine_rules_are_a_gap(cli, root, before, tmp_path, monkeypatch):
    lone = tmp_path / "bin"
    lone.mkdir()
    (lone / "git").symlink_to(shutil.which("git"))
    monkeypatch.setattr(sys, "executable", str(lone / "python"))
    monkeypatch.setenv("PATH", str(lone))
    code, verdict = judged(cli, root)
    assert code == 3
    assert named(verdict, "semgrep")
    assert verdict["ledger"]["rules"]["run"] == []
    assert verdict["ledger"]["rules"]["skipped"]
    assert all(o in (outcomes(before)[key], "undetermined") for key, o in outcomes(verdict).items())
    assert outcomes(verdict)[LABEL] == "satisfied"


def dangling(path):
    path.symlink_to("nowhere.py")


def loop(path):
    path.symlink_to(path.name)


def outside(path):
    path.symlink_to("/etc/hostname")


def too_large(path):
    with path.open("wb") as file:
        file.truncate(300_000_000)


@pytest.mark.parametrize("sabotage", [dangling, loop, outside, os.mkfifo, too_large])
def test_a_code_file_that_cannot_be_read_is_named(cli, root, before, sabotage):
    sabotage(root / "more.py")
    code, verdict = judged(cli, root, before=before)
    assert named(verdict, "more.py")
    assert code == 3


@pytest.mark.parametrize("sabotage", [dangling, loop, outside, os.mkfifo, too_large])
def test_what_lies_among_the_tests_needs_not_be_read(cli, root, before, sabotage):
    (root / "tests").mkdir()
    sabotage(root / "tests" / "more.py")
    code, verdict = judged(cli, root, before=before)
    assert (code, verdict["gaps"]) == (0, [])


def test_what_is_no_text_is_a_gap(cli, root, before):
    (root / "more.py").write_bytes(b"\xff\xfe\x00\x01" * 100)
    _, verdict = judged(cli, root, before=before)
    assert named(verdict, "more.py")


@pytest.mark.parametrize("sabotage", [dangling, loop, os.mkfifo, too_large])
def test_a_generation_path_that_cannot_be_read_is_never_a_pass(cli, root, before, sabotage):
    (root / "labels.py").unlink()
    sabotage(root / "labels.py")
    code, verdict = judged(cli, root)
    assert code in (1, 3)
    assert outcomes(verdict)[LABEL] != "satisfied"


def test_a_directory_named_like_a_file(cli, root, before):
    (root / "module.py").mkdir()
    (root / "module.py" / "inner.py").write_text("x = 1\n")
    assert judged(cli, root, before=before)[0] == 0


def test_a_link_out_of_the_root_is_no_evidence(cli, root, tmp_path):
    (tmp_path / "terms.md").write_text("# Terms of sample\n" + "between you and us. " * 40)
    (root / "terms.md").symlink_to(tmp_path / "terms.md")
    (root / ".genai-baseline.json").unlink()
    (root / "genai-service.toml").write_text(MANIFEST + 'service-agreement = { document = "terms.md" }\n')
    _, verdict = judged(cli, root)
    (agreement,) = (o for s in verdict["services"] for o in s["obligations"] if o["id"] == "cn-genai/art9-service-agreement")
    assert agreement["outcome"] == "unmet"
    assert "between you" not in json.dumps(verdict)


@pytest.mark.parametrize(
    "text",
    [
        b"x = '" + b"a" * 10_000_000 + b"'\n",
        b"x = " + b"(" * 20_000 + b")" * 20_000 + b"\n",
        b"".join(b" " * n + b"if x:\n" for n in range(3_000)),
        b"\0" * 1000,
        b"x = 1\n" * 30_000,
        b"a.b" + b".b()" * 30_000,
    ],
    ids=["a line of 10 MB", "brackets", "indents", "zeros", "many lines", "a chain"],
)
def test_hostile_code_ends_no_run(cli, root, before, text):
    (root / "hostile.py").write_bytes(text)
    code, _ = judged(cli, root, before=before)
    assert code in (0, 3)


@pytest.mark.parametrize(
    "text", [b"\xff\xfe\0\xd8", b"[" * 100_000, b"{" * 5_000, b"<a " * 50_000], ids=["bytes", "lists", "braces", "tags"]
)
def test_hostile_project_files_end_no_run(cli, root, before, text):
    for name in ("page.html", "config.json", "data.csv", "package.json", "pyproject.toml", "tsconfig.json", "urls.py", "App.vue"):
        (root / name).write_bytes(text)
    code, _ = judged(cli, root, before=before)
    assert code in (0, 3)


# ---- the surroundings ----------------------------------------------------------------------------------------------------


def test_a_cache_that_cannot_be_used_changes_nothing(cli, root, before, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("not a directory")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    result = cli("check", root, *DAY[:-1], "-f", "json")
    assert result.code == 0
    assert json.loads(result.out) == before


def test_a_corrupt_cache_changes_nothing(cli, root, before, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert cli("check", root, *DAY[:-1]).code == 0
    for path in (tmp_path / "cache").rglob("*"):
        if path.is_file():
            path.write_bytes(b"garbage" * 1000)
    result = cli("check", root, *DAY[:-1], "-f", "json")
    assert result.code == 0
    assert json.loads(result.out) == before


def git(root: Path) -> None:
    import subprocess

    for command in (["init", "-q"], ["add", "-A"]):
        subprocess.run(["git", *command], cwd=root, check=True)


def test_without_git_the_tree_is_walked(cli, root, before, tmp_path, monkeypatch):
    git(root)
    in_git = judged(cli, root)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert judged(cli, root) == in_git
    assert in_git[0] == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a repository away")
def test_a_repository_of_somebody_else(cli, root, before):
    git(root)
    in_git = judged(cli, root)
    for path in (root, *root.rglob("*")):
        os.chown(path, 65534, 65534)
    assert judged(cli, root) == in_git


def test_a_damaged_repository_is_walked(cli, root, before):
    git(root)
    (root / ".git" / "index").write_bytes(b"DIRCgarbage")
    assert judged(cli, root, before=before)[0] in (0, 3)


def test_a_binary_manifest_is_a_mistake(cli, root):
    (root / "genai-service.toml").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    result = cli("check", root, *DAY)
    assert result.code == 2
    assert "genai-service.toml" in result.err
