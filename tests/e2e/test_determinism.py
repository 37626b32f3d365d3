"""Same input, same bytes, whatever the hash seed, the order of files, the number of processes and the cache.

benches/determinism.py does the same twenty times.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from genai_policy import pipeline

ROOT = Path(__file__).resolve().parents[2]
LANTERN = ROOT / "examples" / "lantern"
FORMATS = ("text", "json", "sarif", "github")
RUN = "from genai_policy.cli.main import main; main()"


def copied(target: Path, *, backwards: bool) -> Path:
    """Copy the example file by file, so that the directory lists them in another order; break it, so that there is something to say."""
    for source in sorted((p for p in LANTERN.rglob("*") if p.is_file()), reverse=backwards):
        place = target / source.relative_to(LANTERN)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, place)
    chat = target / "app" / "chat.py"
    chat.write_text(chat.read_text("utf-8").replace("mark_text(", "str("), "utf-8")
    (target / "app" / "broken.py").write_text("def broken(:\n")
    return target


def reports(cli, root: Path, *arguments: object) -> dict[str, str]:
    pairs = [part for name in FORMATS[1:] for part in ("-f", name, "-o", root.parent / f"report.{name}")]
    result = cli("check", root, "-v", "-f", "text", "-o", "-", *pairs, *arguments)
    assert result.code in (1, 3), result.err
    texts = {name: (root.parent / f"report.{name}").read_text("utf-8") for name in FORMATS[1:]}
    return {"text": result.out, **texts}


@pytest.fixture
def forwards(tmp_path) -> Path:
    return copied(tmp_path / "a" / "lantern", backwards=False)


def test_order_of_files_jobs_and_cache_change_nothing(cli, tmp_path, forwards, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    first = reports(cli, forwards, "--jobs", "1", "--no-cache")
    assert "art12-label-generated-content" in first["text"]
    assert "broken.py" in first["json"]
    backwards = copied(tmp_path / "b" / "lantern", backwards=True)
    assert reports(cli, backwards, "--jobs", "2") == first, "other order, cold cache, two processes"
    assert reports(cli, backwards) == first, "warm cache"


def test_walking_and_git_see_the_same(cli, tmp_path, forwards):
    first = reports(cli, forwards, "--jobs", "1")
    for command in (["init", "-q"], ["add", "-A"]):
        subprocess.run(["git", *command], cwd=forwards, check=True)
    assert reports(cli, forwards, "--jobs", "1") == first


def test_a_shuffled_listing_changes_nothing(cli, forwards, monkeypatch):
    first = reports(cli, forwards, "--jobs", "1")
    walk = os.walk

    def shuffled(*arguments, **options):
        for folder, folders, files in walk(*arguments, **options):
            folders.reverse()
            yield folder, folders, files[::-1]

    monkeypatch.setattr(os, "walk", shuffled)
    monkeypatch.setattr(pipeline, "load_law", pipeline.load_law)
    assert reports(cli, forwards, "--jobs", "1") == first


def test_hash_seeds_change_nothing(forwards):
    seen = set()
    for seed in ("0", "1", "4242"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", RUN, "check", str(forwards), "-f", "json", "--jobs", "1"]
        done = subprocess.run(command, capture_output=True, env=environment, check=False)
        assert done.returncode in (1, 3), done.stderr
        seen.add(done.stdout)
    assert len(seen) == 1
