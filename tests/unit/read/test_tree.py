"""Which files a tree lists, what they are classed as, and what its reader refuses."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import tomli

from genai_policy.read import listing
from genai_policy.read.file_classes import file_classes
from genai_policy.read.tree import LARGEST_OWN, Missing, Tree, Unreadable, open_tree

CASES = tomli.loads((Path(__file__).parent / "cases" / "file_classes.toml").read_text("utf-8"))["case"]


def fill(root: Path, files: Mapping[str, str | bytes]) -> Path:
    for path, content in files.items():
        full = root / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def git(root: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always"]
    subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True)


def commit(root: Path) -> Path:
    git(root, "init", "-q")
    git(root, "add", "-A", "-f")
    git(root, "commit", "-q", "-m", "files")
    return root


def own(tree: Tree) -> list[str]:
    return [file.path for file in tree.files if not file.left_out]


def left_out(tree: Tree) -> dict[str, str]:
    return {file.path: file.left_out for file in tree.files if file.left_out}


@pytest.fixture(params=["git", "walk"])
def opened(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], Tree]:
    """Open a tree both ways: by git and, without it, by walking."""
    if request.param == "walk":
        monkeypatch.setattr(listing, "list_with_git", lambda root: None)
    return open_tree


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_files_are_classed_by_place_and_name(case: Mapping[str, Mapping[str, str]]) -> None:
    files = case["files"]
    reasons = file_classes().of_paths(sorted(files))
    assert {path: reasons.get(path, "") for path in files} == files


def test_tracked_and_new_files_are_listed_and_deleted_ones_are_not(tmp_path: Path) -> None:
    root = commit(fill(tmp_path, {"a.py": "1", "gone.py": "2", ".gitignore": "*.log\n"}))
    fill(root, {"new.py": "3", "noise.log": "4"})
    (root / "gone.py").unlink()
    assert own(open_tree(root)) == [".gitignore", "a.py", "new.py"]


def test_a_tracked_file_is_listed_although_ignored(tmp_path: Path) -> None:
    root = commit(fill(tmp_path, {"plugins/a.py": "1", ".gitignore": "plugins/*\n"}))
    assert "plugins/a.py" in own(open_tree(root))


def test_the_root_may_lie_inside_a_work_tree_and_its_place_there_does_not_matter(tmp_path: Path) -> None:
    commit(fill(tmp_path, {"examples/tests/app/main.py": "1", "other.py": "2"}))
    assert own(open_tree(tmp_path / "examples" / "tests")) == ["app/main.py"]


def test_a_root_that_the_repository_around_it_ignores_is_walked(tmp_path: Path) -> None:
    commit(fill(tmp_path, {"other.py": "1", ".gitignore": ".venv/\n"}))
    fill(tmp_path, {".venv/case/app.py": "1", ".venv/case/noise.log": "2", ".venv/case/.gitignore": "*.log\n"})
    assert own(open_tree(tmp_path / ".venv" / "case")) == [".gitignore", "app.py"]


def test_a_digest_follows_the_bytes_on_disk(tmp_path: Path) -> None:
    root = commit(fill(tmp_path, {"a.py": "one", "b.py": "one"}))
    first = {file.path: file.digest for file in open_tree(root).files}
    assert first["a.py"] == first["b.py"]
    fill(root, {"a.py": "two"})
    second = {file.path: file.digest for file in open_tree(root).files}
    assert second["a.py"] != first["a.py"]
    assert second["b.py"] == first["b.py"]


def test_walking_marks_what_ignore_files_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda program: None)
    fill(
        tmp_path,
        {
            ".gitignore": "*.log\ncache/\n!keep.log\n",
            "a.log": "",
            "keep.log": "",
            "cache/x.py": "",
            "sub/.gitignore": "/local.py\n",
            "sub/local.py": "",
            "sub/deep/local.py": "",
        },
    )
    tree = open_tree(tmp_path)
    assert own(tree) == [".gitignore", "keep.log", "sub/.gitignore", "sub/deep/local.py"]
    assert left_out(tree) == {"a.log": "ignored", "cache": "ignored", "sub/local.py": "ignored"}


def test_links_are_left_out_and_never_followed_out_of_the_root(tmp_path: Path, opened: Callable[[Path], Tree]) -> None:
    fill(tmp_path, {"secret.txt": "s", "outside/x.py": "1", "root/real.py": "2", "root/sub/y.py": "3"})
    root = tmp_path / "root"
    (root / "inner.py").symlink_to("real.py")
    (root / "outer.txt").symlink_to("../secret.txt")
    (root / "folder").symlink_to("../outside")
    (root / "loop").symlink_to("loop")
    commit(root)
    tree = opened(root)
    assert own(tree) == ["real.py", "sub/y.py"]
    assert left_out(tree) == {"inner.py": "link", "outer.txt": "link-outside", "folder": "link-outside", "loop": "unreadable"}
    assert tree.read("inner.py") == b"2"
    for path in ("outer.txt", "folder/x.py", "../secret.txt", "sub/../../secret.txt", str(tmp_path / "secret.txt"), "loop", "", "a\0b"):
        with pytest.raises(Unreadable):
            tree.read(path)


def test_a_file_below_a_folder_that_became_a_link_is_refused(tmp_path: Path) -> None:
    fill(tmp_path, {"outside/x.py": "evil", "root/sub/x.py": "1"})
    root = commit(tmp_path / "root")
    shutil.rmtree(root / "sub")
    (root / "sub").symlink_to("../outside")
    tree = open_tree(root)
    assert "sub/x.py" not in own(tree)
    with pytest.raises(Unreadable):
        tree.read("sub/x.py")


def test_the_files_of_git_itself_are_never_read(tmp_path: Path) -> None:
    root = commit(fill(tmp_path, {"a.py": "1"}))
    (root / "config").symlink_to(".git/config")
    tree = open_tree(root)
    for path in (".git/config", "config"):
        with pytest.raises(Unreadable):
            tree.read(path)


def test_pipes_are_never_opened(tmp_path: Path, opened: Callable[[Path], Tree]) -> None:
    fill(tmp_path, {"a.py": "1"})
    os.mkfifo(tmp_path / "pipe.py")
    tree = opened(tmp_path)
    assert own(tree) == ["a.py"]
    with pytest.raises(Unreadable, match="not a regular file"):
        tree.read("pipe.py")


def test_reading_says_why_it_cannot(tmp_path: Path) -> None:
    tree = open_tree(fill(tmp_path, {"a.py": "12345", "sub/b.py": ""}))
    with pytest.raises(Missing, match="no such file"):
        tree.read("none.py")
    with pytest.raises(FileNotFoundError):
        tree.read("a.py/below")
    with pytest.raises(Unreadable, match="folder"):
        tree.read("sub")
    with pytest.raises(Unreadable, match="larger than 4 bytes"):
        tree.read("a.py", limit=4)
    assert tree.read("sub/b.py") == b""


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_permission_denies_is_listed(tmp_path: Path, opened: Callable[[Path], Tree]) -> None:
    fill(tmp_path, {"a.py": "1"})
    (tmp_path / "a.py").chmod(0)
    assert left_out(opened(tmp_path)) == {"a.py": "unreadable"}


def test_submodules_and_nested_repositories_are_left_out_as_such(tmp_path: Path) -> None:
    library = commit(fill(tmp_path / "library", {"lib.py": "1"}))
    root = commit(fill(tmp_path / "root", {"a.py": "1"}))
    git(root, "submodule", "--quiet", "add", str(library), "lib")
    commit(fill(root / "clone", {"c.py": "1"}))
    assert left_out(open_tree(root)) == {"clone": "submodule", "lib": "submodule"}


def test_content_tells_binary_generated_and_minified(tmp_path: Path) -> None:
    fill(
        tmp_path,
        {
            "data": b"\0\1\2",
            "api.py": "# Code generated by tool v1. DO NOT EDIT.\nx = 1\n",
            "routes.go": "// Code generated by goctl. DO NOT EDIT.\npackage handler\n",
            "own.py": "# Content generated by the model is labelled here\nx = 1\n",
            "app.js": "var a=1;" * 2000,
            "wide.txt": "x" * 20_000,
            "utf16.txt": "text".encode("utf-16"),
            "big.py": b"#" * (LARGEST_OWN + 1),
        },
    )
    tree = open_tree(tmp_path)
    assert left_out(tree) == {"data": "binary", "api.py": "generated", "app.js": "minified", "big.py": "too-large"}
    assert own(tree) == ["own.py", "routes.go", "utf16.txt", "wide.txt"]


def test_patterns_overrule_the_classes_and_exclude_wins(tmp_path: Path) -> None:
    fill(tmp_path, {"tests/a.py": "1", "tests/b.py": "1", "app/c.py": "1", "gen.py": "# @generated\n", "x.bin": b"\0"})
    plain = open_tree(tmp_path)
    for tree in (
        open_tree(tmp_path, include=["tests/", "gen.py"], exclude=["b.py", "/app"]),
        plain.reclassified(include=["tests/", "gen.py"], exclude=["b.py", "/app"]),
    ):
        assert own(tree) == ["gen.py", "tests/a.py"]
        assert left_out(tree) == {"app/c.py": "excluded", "tests/b.py": "excluded", "x.bin": "binary"}
        assert all(file.digest for file in tree.files if not file.left_out)
    assert plain.reclassified() is plain


def test_names_that_are_not_utf8_are_told(tmp_path: Path, opened: Callable[[Path], Tree]) -> None:
    fill(tmp_path, {"a.py": "1"})
    try:
        (tmp_path / os.fsdecode(b"b\xff.py")).write_bytes(b"2")
    except OSError:
        pytest.skip("the file system has only UTF-8 names")
    assert left_out(opened(commit(tmp_path))) == {"b\ufffd.py": "name"}


def test_odd_names_are_listed_as_they_are(tmp_path: Path, opened: Callable[[Path], Tree]) -> None:
    names = ["with space.py", "new\nline.py", 'quote".py', "中文.py", "-dash.py", "tab\t.py"]
    root = commit(fill(tmp_path, dict.fromkeys(names, "1")))
    assert own(opened(root)) == sorted(names)
    assert opened(root).read("中文.py") == b"1"


def test_what_a_repository_configures_is_not_run(tmp_path: Path) -> None:
    root = commit(fill(tmp_path / "root", {"a.py": "1", ".gitattributes": "*.py filter=bad\n"}))
    witness = tmp_path / "witness"
    script = tmp_path / "run.sh"
    script.write_text(f"#!/bin/sh\ntouch {witness}\n")
    script.chmod(0o755)
    for key in ("core.fsmonitor", "filter.bad.clean", "filter.bad.smudge", "core.sshCommand", "core.pager"):
        git(root, "config", key, str(script))
    fill(root, {"a.py": "2"})
    assert own(open_tree(root)) == [".gitattributes", "a.py"]
    assert not witness.exists()


def test_the_environment_of_a_git_hook_does_not_mislead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = commit(fill(tmp_path / "root", {"a.py": "1"}))
    other = commit(fill(tmp_path / "other", {"b.py": "1"}))
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    assert own(open_tree(root)) == ["a.py"]


def test_git_that_fails_is_replaced_by_walking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = commit(fill(tmp_path / "root", {"a.py": "1"}))
    (root / ".git" / "index").write_bytes(b"broken")
    assert own(open_tree(root)) == ["a.py"]
    broken = fill(tmp_path / "bin", {"git": "#!/bin/sh\nexit 1\n"})
    (broken / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(broken))
    assert own(open_tree(root)) == ["a.py"]


def test_folders_nested_too_deeply_are_a_gap(tmp_path: Path, opened: Callable[[Path], Tree]) -> None:
    deep = tmp_path / "/".join("d" * 120)
    deep.mkdir(parents=True)
    fill(tmp_path, {"a.py": "1"})
    fill(deep, {"b.py": "2"})
    tree = opened(commit(tmp_path))
    assert own(tree) == ["a.py"]
    assert [gap.kind for gap in tree.gaps] == ["unreadable"]
