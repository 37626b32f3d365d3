"""Builds the history of a situation: a first commit on main, a change on a branch, and whatever git is asked to do then."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomli

from genai_policy.cli.main import run

HERE = Path(__file__).parent
PACKS = HERE / "packs"
DATA = tomli.loads((HERE / "situations.toml").read_text("utf-8"))
FILES: Mapping[str, str] = DATA["files"]
IDENTITY = ("user.name=t", "user.email=t@example.org", "init.defaultBranch=main", "protocol.file.allow=always")
#: Where the repository in which `--as-of` lies: the law of one day, and one process.
DAY = ("--as-of", "2026-03-01", "--jobs", "1")


def git(root: Path, *arguments: str) -> None:
    settings = [word for setting in IDENTITY for word in ("-c", setting)]
    done = subprocess.run(["git", *settings, *arguments], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def commit(root: Path, message: str) -> None:
    git(root, "add", "-A")
    git(root, "commit", "-q", "--allow-empty", "-m", message)


def build(root: Path, case: Mapping[str, Any]) -> tuple[Path, list[str]]:
    """Return the root to judge and the options that name the packs."""
    files = {f"{folder}/{path}": text for folder in "ab" for path, text in FILES.items()} if case.get("monorepo") else FILES
    original = {path: text.replace("sample", f"sample-{path[0]}") if case.get("monorepo") else text for path, text in files.items()}
    root.mkdir()
    write(root, original)
    if case.get("packs"):
        shutil.copytree(PACKS, root / "policy")
    git(root, "init", "-q")
    if case.get("submodule"):
        _submodule(root)
    alter(root, case.get("base", {}))
    commit(root, "first")
    git(root, "checkout", "-q", "-b", "topic")
    for key, value in case.get("config", {}).items():
        git(root, "config", key, value)
    write(root, {path: original[path] for path in case.get("restore", ())})
    alter(root, case)
    packs = [*DAY, "--pack-dir", str(root / "policy" if case.get("packs") else PACKS)]
    if case.get("accept"):
        assert run(["baseline", str(root), *packs]) == 0
    if case.get("submodule"):
        git(root, "rm", "-q", "sub-gone")
    if case.get("uncommitted"):
        for command in case.get("git", ()):
            git(root, *command)
        return root, packs
    if not case.get("config"):
        commit(root, "change")
    if "main" in case:
        git(root, "checkout", "-q", "main")
        alter(root, case["main"])
        commit(root, "main")
        git(root, "checkout", "-q", "topic")
    for command in case.get("git", ()):
        git(root, *command)
    if "clone" in case:
        git(root, "config", "uploadpack.allowFilter", "true")
        git(root.parent, "clone", "-q", "--no-local", *case["clone"], f"file://{root}", str(root) + "-clone")
        root = root.parent / f"{root.name}-clone"
    return root / case.get("root", ""), packs


def alter(root: Path, change: Mapping[str, Any]) -> None:
    """Edit, move, delete, add, append to and link files."""
    for edit in change.get("edit", ()):
        text = (root / edit["file"]).read_text("utf-8")
        assert edit["old"] in text, f"{edit['file']} does not hold {edit['old']!r}"
        (root / edit["file"]).write_text(text.replace(edit["old"], edit["new"], 1), "utf-8")
    for name, piece in change.get("append", {}).items():
        before = (root / name).read_text("utf-8") if (root / name).exists() else ""
        (root / name).write_text(before + DATA["pieces"][piece], "utf-8")
    for move in change.get("move", ()):
        (root / move["to"]).parent.mkdir(parents=True, exist_ok=True)
        (root / move["from"]).rename(root / move["to"])
    for name in change.get("delete", ()):
        (root / name).unlink()
    for name, target in change.get("link", {}).items():
        (root / name).symlink_to(target)
    write(root, change.get("add", {}))


def write(root: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")


def _submodule(root: Path) -> None:
    """Two repositories below one: `sub` will move on, `sub-gone` will be removed."""
    other = root.parent / "other"
    other.mkdir()
    write(other, {"app.py": FILES["app.py"].replace("mark(answer", "(answer")})
    git(other, "init", "-q")
    commit(other, "other")
    for name in ("sub", "sub-gone"):
        git(root, "submodule", "--quiet", "add", str(other), name)


def clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
