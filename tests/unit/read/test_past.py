"""A commit of the past as a tree: what it holds, what moved, and what is never asked of git."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from genai_policy.errors import UsageProblem
from genai_policy.read.past import merge_base, open_past, same_for_judging
from genai_policy.read.tree import LARGEST_OWN, Tree, Unreadable, open_tree


@pytest.fixture(autouse=True)
def no_git_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)


def git(root: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "repo"
    root.mkdir()
    (root / "app.py").write_text("print(1)\n")
    (root / "docs").mkdir()
    (root / "docs" / "guide.md").write_text("Read this.\n")
    (root / "link.py").symlink_to("app.py")
    (root / "away").symlink_to("../..")
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "first")
    return root


def past_of(root: Path) -> Tree:
    return open_past(open_tree(root), "--diff-base", "main").tree


def test_it_is_listed_and_classed_as_on_disk(root: Path) -> None:
    now, past = open_tree(root), past_of(root)
    assert [(f.path, f.digest, f.left_out) for f in past.files] == [(f.path, f.digest, f.left_out) for f in now.files]
    assert same_for_judging(past, now)


def test_it_holds_what_was_committed_whatever_lies_on_disk(root: Path) -> None:
    (root / "app.py").write_text("print(2)\n")
    (root / "new.py").write_text("print(3)\n")
    (root / "docs" / "guide.md").unlink()
    past = past_of(root)
    assert past.read("app.py") == past.read("link.py") == b"print(1)\n"
    assert past.read("docs/guide.md") == b"Read this.\n"
    assert not past.has("new.py")
    for path in ("new.py", "away/etc/passwd", "../repo/app.py", ".git/config", "docs"):
        with pytest.raises(Unreadable):
            past.read(path)


def test_only_what_was_asked_for_decides_whether_it_is_the_same(root: Path) -> None:
    (root / "docs" / "guide.md").write_text("Read that.\n")
    now = open_tree(root)
    assert same_for_judging(past_of(root), now), "documentation that nobody names cannot matter"
    now.read("docs/guide.md")
    assert not same_for_judging(past_of(root), now)
    (root / "app.py").write_text("print(2)\n")
    assert not same_for_judging(past_of(root), open_tree(root))


def test_it_says_where_files_lie_today(root: Path) -> None:
    git(root, "mv", "app.py", "main.py")
    (root / "docs" / "guide.md").rename(root / "guide.md")
    now = open_tree(root)
    assert open_past(now, "--diff-base", "main").moved["app.py"] == "main.py"


def test_large_files_are_not_read(root: Path) -> None:
    (root / "big.py").write_bytes(b"#" * (LARGEST_OWN + 1))
    git(root, "add", "-A")
    git(root, "commit", "-qm", "big")
    (root / "big.py").unlink()
    (entry,) = [f for f in past_of(root).files if f.path == "big.py"]
    assert (entry.left_out, entry.size) == ("too-large", LARGEST_OWN + 1)


@pytest.mark.parametrize("ref", ["", "-x", "--output=x", "a b", "a:b", "*", "main\n", "\0"])
def test_what_is_no_name_is_not_given_to_git(root: Path, ref: str) -> None:
    with pytest.raises(UsageProblem, match="is not the name of a commit"):
        merge_base(root, "--diff-base", ref)


@pytest.mark.parametrize("ref", ["main", "HEAD", "main^0", "main~0", "main@{0}"])
def test_names_of_commits(root: Path, ref: str) -> None:
    assert len(merge_base(root, "--diff-base", ref)) == 40


def test_where_there_is_no_commit_yet(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    with pytest.raises(UsageProblem, match="no commit 'main' here"):
        merge_base(tmp_path, "--diff-base", "main")
    with pytest.raises(UsageProblem, match="--trust-base needs a git repository"):
        merge_base(tmp_path.parent, "--trust-base", "main")
