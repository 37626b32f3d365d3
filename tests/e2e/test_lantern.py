"""The example service: it opens the release gate, every single breakage closes it at the right place, and harmless edits change nothing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import tomli
from click.testing import CliRunner

from genai_policy.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
LANTERN = ROOT / "examples" / "lantern"
HERE = Path(__file__).parent
BREAKAGES = tomli.loads((HERE / "lantern_breakages.toml").read_text(encoding="utf-8"))["breakage"]
HARMLESS = tomli.loads((HERE / "lantern_harmless.toml").read_text(encoding="utf-8"))["harmless"]


@pytest.fixture
def lantern(tmp_path: Path) -> Path:
    """A copy of the example to take apart."""
    return Path(shutil.copytree(LANTERN, tmp_path / "lantern"))


def judge(root: Path) -> tuple[int, dict[str, Any]]:
    """Run the release gate; return its exit code and the verdict."""
    result = CliRunner().invoke(main, ["check", str(root), "--gate", "release", "--format", "json", "--as-of", "2026-11-15"])
    assert result.stdout.startswith("{"), result.output
    return result.exit_code, json.loads(result.stdout)


def apply(root: Path, change: dict[str, Any]) -> None:
    """Edit, move and delete as the case says."""
    for edit in change.get("edit", ()):
        path = root / edit["file"]
        text = path.read_text(encoding="utf-8")
        old, new = (edit[k].replace("\\n", "\n") for k in ("old", "new"))
        assert old in text, f"{edit['file']} no longer holds {old!r}"
        path.write_text(text.replace(old, new), encoding="utf-8")
    for move in change.get("move", ()):
        target = root / move["to"]
        target.parent.mkdir(parents=True, exist_ok=True)
        (root / move["from"]).rename(target)
    for name in change.get("delete", ()):
        (root / name).unlink()
    for name, text in change.get("add", {}).items():
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def test_the_example_opens_the_release_gate(lantern: Path) -> None:
    code, verdict = judge(lantern)
    assert verdict["findings"] == []
    assert (code, verdict["gate"]) == (0, "open")
    duties = verdict["services"][0]["obligations"]
    assert sum(d["applies"] == "applies" for d in duties if d["id"].startswith("cn-genai/")) == 39


@pytest.mark.parametrize("case", BREAKAGES, ids=lambda c: c["name"].replace(" ", "-"))
def test_a_breakage_closes_the_gate_at_its_place(lantern: Path, case: dict[str, Any]) -> None:
    apply(lantern, case)
    code, verdict = judge(lantern)
    assert code == 1, verdict["gate"]
    places = {
        (place["file"], place["line"])
        for finding in verdict["findings"]
        if case.get("obligation") in (None, "", finding["obligation"]) and case.get("control") in (None, "", finding["control"])
        for place in finding["places"]
    }
    lines = (lantern / case["at"]).read_text(encoding="utf-8").splitlines()
    expected = {(case["at"], number) for number, line in enumerate(lines, 1) if case["line"] in line}
    assert expected, "the case names a line that is not there"
    assert places & expected, f"expected {sorted(expected)}, found {sorted(places)}"


@pytest.mark.parametrize("case", HARMLESS, ids=lambda c: c["name"].replace(" ", "-"))
def test_a_harmless_edit_changes_nothing(lantern: Path, case: dict[str, Any]) -> None:
    apply(lantern, case)
    code, verdict = judge(lantern)
    assert verdict["findings"] == []
    assert (code, verdict["gate"]) == (0, "open")
