"""The baseline is written the same from the same findings, wherever and in whichever order; it forgets what is gone and says so."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from tests.e2e.diff.history import DATA, DAY, FILES, PACKS, write

OPTIONS = (*DAY, "--pack-dir", str(PACKS))
BASELINE = ".genai-baseline.json"


def unmet(root: Path) -> Path:
    """A service whose logs are short-lived and whose second route is unlabelled."""
    write(root, {**FILES, "app.py": FILES["app.py"] + DATA["pieces"]["unlabelled"], "config.yaml": "logging:\n  days: 20\n"})
    return root


def test_the_same_findings_give_the_same_bytes_in_any_checkout(cli: Any, tmp_path: Path) -> None:
    here, there = unmet(tmp_path / "here"), unmet(tmp_path / "there" / "of-another-name")
    for root in (here, there):
        assert cli("baseline", root, *OPTIONS).code == 0
    assert (here / BASELINE).read_bytes() == (there / BASELINE).read_bytes()
    again = cli("baseline", here, *OPTIONS)
    assert again.out.count("\n") == 1, "nothing was added or dropped"
    assert (here / BASELINE).read_bytes() == (there / BASELINE).read_bytes()
    assert cli("check", here, *OPTIONS).code == 0


def test_it_says_what_it_adds_and_drops(cli: Any, tmp_path: Path) -> None:
    root = unmet(tmp_path / "repo")
    cli("baseline", root, *OPTIONS)
    (root / "config.yaml").write_text("logging:\n  days: 200\n")
    (root / "app.py").write_text((root / "app.py").read_text() + DATA["pieces"]["unlabelled"].replace("draw", "paint"))
    result = cli("baseline", root, *OPTIONS)
    assert result.out.splitlines()[1:] == [
        "added 1:",
        "  app.py  org/label  org-label",
        "dropped 1 that is gone:",
        "  config.yaml  org/logs  org-logs",
    ]
    assert len(json.loads((root / BASELINE).read_text())["findings"]) == 2
    assert "新增 1 条：" in cli("baseline", unmet(root), *OPTIONS, "--lang", "zh").out


def test_moving_everything_keeps_it(cli: Any, tmp_path: Path) -> None:
    root = unmet(tmp_path / "repo")
    cli("baseline", root, *OPTIONS)
    before = {entry["fingerprint"] for entry in json.loads((root / BASELINE).read_text())["findings"]}
    (root / "web").mkdir()
    shutil.move(root / "app.py", root / "web" / "main.py")
    shutil.move(root / "config.yaml", root / "logs.yaml")
    manifest = (root / "genai-service.toml").read_text()
    (root / "genai-service.toml").write_text(manifest.replace("config.yaml#", "logs.yaml#"))
    assert cli("check", root, *OPTIONS).code == 0
    result = cli("baseline", root, *OPTIONS)
    assert result.out.count("\n") == 1
    after = {entry["fingerprint"] for entry in json.loads((root / BASELINE).read_text())["findings"]}
    assert after == before


def test_what_could_not_be_seen_is_kept(cli: Any, tmp_path: Path) -> None:
    root = unmet(tmp_path / "repo")
    cli("baseline", root, *OPTIONS)
    plugin = root.parent / "crashing.py"
    plugin.write_text(
        "from genai_policy import hookimpl\n\n@hookimpl\ndef genai_policy_collect_evidence(claim, facts):\n    raise RuntimeError('x')\n"
    )
    (root / "config.yaml").write_text("logging:\n  days: 200\n")
    result = cli("baseline", root, *OPTIONS, "--plugin", plugin)
    assert "kept 1 that was not seen, because part of the check did not run:" in result.out
    assert "dropped" not in result.out
