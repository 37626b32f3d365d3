"""The commit gate as git and pre-commit ask it: what is committed is judged, a broken duty stops the commit on one screen.

Here the hooks' entries run in this process; pre-commit and prek themselves, which build environments, run in benches/hooks_for_real.py.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from genai_policy.read.index import read_index
from genai_policy.read.tree import Missing, Unreadable, open_tree

ROOT = Path(__file__).resolve().parents[2]
HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))}
GATE = HOOKS["genai-policy"]["entry"].split()[1:]
MANIFEST_ONLY = HOOKS["genai-policy-manifest"]["entry"].split()[1:]
#: What fits on a screen.
SCREEN = 40
ROUTE = """

@router.post("/api/poem")
def poem(question: Question) -> dict[str, str]:
    return {"poem": models.answer(question.text)}
"""


class Repository:
    """A copy of the example under git."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def git(self, *arguments: str) -> str:
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main", "-c", "core.autocrlf=false"]
        return subprocess.run(["git", *identity, *arguments], cwd=self.root, capture_output=True, text=True, check=True).stdout

    def replace(self, file: str, old: str, new: str) -> None:
        path = self.root / file
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")


@pytest.fixture
def lantern(tmp_path, monkeypatch) -> Repository:
    """The example, committed; the current directory is its root, as git sets it for hooks."""
    repository = Repository(Path(shutil.copytree(ROOT / "examples" / "lantern", tmp_path / "lantern")))
    repository.git("init", "-q")
    repository.git("add", "-A")
    repository.git("commit", "-qm", "lantern")
    monkeypatch.chdir(repository.root)
    return repository


@pytest.fixture
def gate(cli):
    """Run the whole-repository hook's entry."""
    return lambda *more: cli(*GATE, "--as-of", "2026-11-15", "--jobs", "1", *more)


def no_label_call(r: Repository) -> None:
    r.replace("app/chat.py", 'return {"answer": mark_text(text)}', 'return {"answer": text}')


def no_label_file(r: Repository) -> None:
    r.git("rm", "-q", "app/labels.py")


def unlabelled_route(r: Repository) -> None:
    path = r.root / "app" / "chat.py"
    path.write_text(path.read_text("utf-8") + ROUTE, "utf-8")


def too_long_kept(r: Repository) -> None:
    r.replace("config/prod.yaml", "prompts_days: 180", "prompts_days: 900")


@pytest.mark.parametrize("harm", [no_label_call, no_label_file, unlabelled_route, too_long_kept])
def test_a_commit_that_breaks_a_duty_is_stopped_on_one_screen(lantern, gate, harm: Callable[[Repository], None]):
    harm(lantern)
    lantern.git("add", "-A")
    result = gate()
    assert result.code == 1, result.out + result.err
    assert len(result.out.splitlines()) <= SCREEN
    assert "fix: " in result.out


def test_a_clean_commit_passes(lantern, gate):
    (lantern.root / "README.md").write_text("# Lantern\n")
    lantern.git("add", "-A")
    result = gate()
    assert result.code == 0, result.out + result.err


def test_what_is_not_staged_does_not_count(lantern, gate):
    no_label_call(lantern)
    assert gate().code == 0
    (lantern.root / "app" / "scratch.py").write_text("import openai\nprint(openai.OpenAI().responses.create(input='x').output_text)\n")
    assert gate().code == 0


def test_what_is_staged_counts_although_the_file_was_mended_since(lantern, gate):
    no_label_call(lantern)
    lantern.git("add", "-A")
    lantern.replace("app/chat.py", 'return {"answer": text}', 'return {"answer": mark_text(text)}')
    assert gate().code == 1


def test_a_file_that_nobody_added_does_not_meet_a_duty(lantern, gate):
    """It works here and would fail everywhere else."""
    lantern.git("rm", "-q", "--cached", "app/labels.py")
    assert (lantern.root / "app" / "labels.py").is_file()
    assert gate().code == 1


def test_the_index_that_git_is_about_to_commit_is_read(lantern, gate, monkeypatch):
    """`git commit -a` and `git commit FILE` hand hooks an index of their own."""
    no_label_call(lantern)
    lantern.git("add", "-A")
    shutil.copy(lantern.root / ".git" / "index", lantern.root / ".git" / "next-index-1.lock")
    lantern.git("reset", "-q", "--hard")
    assert gate().code == 0
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/next-index-1.lock")
    assert gate().code == 1


def test_a_manifest_that_is_not_staged_is_said(tmp_path, cli, monkeypatch):
    repository = Repository(tmp_path)
    repository.git("init", "-q")
    (tmp_path / "genai-service.toml").write_text("schema = 1\n")
    monkeypatch.chdir(tmp_path)
    result = cli(*GATE)
    assert (result.code, "is not staged; `git add` it" in result.err) == (2, True)


def test_staged_needs_a_repository(tmp_path, cli):
    result = cli("check", tmp_path, "--staged")
    assert result.code == 2
    assert "--staged reads the index" in result.err


# ---- the staged tree -----------------------------------------------------------------------------------------------------


def staged(root: Path, files: dict[str, bytes]) -> Repository:
    repository = Repository(root)
    repository.git("init", "-q")
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    repository.git("add", "-A", "-f")
    return repository


def test_staged_content_is_read_whatever_lies_on_disk(tmp_path):
    staged(tmp_path, {"a.py": b"one\n", "b.py": b"two\n", "gone.py": b"three\n", "docs/x.md": b"four\n"})
    (tmp_path / "a.py").write_bytes(b"changed\n")
    (tmp_path / "gone.py").unlink()
    (tmp_path / "docs" / "x.md").write_bytes(b"changed\n")
    (tmp_path / "new.py").write_bytes(b"new\n")
    tree = open_tree(tmp_path, staged=True)
    assert [(f.path, f.size) for f in tree.files if not f.left_out] == [("a.py", 4), ("b.py", 4), ("gone.py", 6)]
    assert [tree.read(name) for name in ("a.py", "gone.py", "docs/x.md")] == [b"one\n", b"three\n", b"four\n"]
    with pytest.raises(Missing):
        tree.read("new.py")
    assert next(f for f in tree.reclassified(exclude=["b.py"]).files if f.path == "b.py").left_out == "excluded"


def test_line_ends_of_the_working_tree_do_not_matter(tmp_path):
    repository = staged(tmp_path, {"a.py": b"one\n"})
    repository.git("config", "core.autocrlf", "true")
    (tmp_path / "a.py").write_bytes(b"one\r\n")
    assert open_tree(tmp_path, staged=True).read("a.py") == b"one\n"


def test_links_of_the_index_are_followed_inside_it_only(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "now").symlink_to("v2")
    (tmp_path / "out").symlink_to("/etc")
    (tmp_path / "circle").symlink_to("circle")
    staged(tmp_path, {"docs/v2/agreement.md": b"# Agreement\n"})
    (tmp_path / "docs" / "now").unlink()
    tree = open_tree(tmp_path, staged=True)
    assert tree.read("docs/now/agreement.md") == b"# Agreement\n"
    for path in ("out/passwd", "circle", "docs/now"):
        with pytest.raises(Unreadable):
            tree.read(path)
    assert {f.path: f.left_out for f in tree.files}["out"] == "link-outside"


def test_the_file_that_a_stored_pointer_names_is_read(tmp_path):
    import hashlib

    picture = b"\x89PNG real bytes"
    name = hashlib.sha256(picture).hexdigest()
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{name}\nsize {len(picture)}\n".encode()
    staged(tmp_path, {"samples/a.png": pointer})
    (tmp_path / "samples" / "a.png").write_bytes(picture)
    assert open_tree(tmp_path, staged=True).read("samples/a.png") == picture
    (tmp_path / "samples" / "a.png").write_bytes(b"other")
    assert open_tree(tmp_path, staged=True).read("samples/a.png") == pointer


def test_files_that_wait_to_be_merged_are_named(tmp_path):
    repository = staged(tmp_path, {"a.py": b"one\n"})
    repository.git("commit", "-qm", "1")
    for branch, text in (("other", "two\n"), ("main", "three\n")):
        repository.git("checkout", "-q", *(["-b", branch] if branch == "other" else [branch]))
        (tmp_path / "a.py").write_text(text)
        repository.git("commit", "-qam", text)
    with pytest.raises(subprocess.CalledProcessError):
        repository.git("merge", "other")
    with pytest.raises(Exception, match=r"a\.py waits to be merged"):
        read_index(tmp_path)


def test_an_index_of_another_repository_is_not_taken_for_ours(tmp_path, monkeypatch):
    for name, file in (("ours", "a.py"), ("theirs", "b.py")):
        (tmp_path / name).mkdir()
        staged(tmp_path / name, {file: b"one\n"})
    monkeypatch.chdir(tmp_path / "theirs")
    monkeypatch.setenv("GIT_INDEX_FILE", os.path.join(".git", "index"))
    assert list(read_index(tmp_path / "ours").entries) == ["a.py"]


# ---- the manifest-only hook ----------------------------------------------------------------------------------------------


def test_validate_is_content_with_the_example_and_reads_no_code(lantern, cli):
    result = cli(*MANIFEST_ONLY)
    assert result.code == 0, result.err
    assert "no mistakes: 1 manifest" in result.out


def test_validate_loads_nothing_that_reads_code_or_packs(lantern):
    """What is not imported costs nothing: the hook has half a second."""
    script = (
        "import sys\nfrom genai_policy.cli.main import run\nassert run(['validate', '--staged']) == 0\n"
        "print({'genai_policy.pipeline', 'genai_policy.load.packs', 'genai_policy.plugins', 'tree_sitter'} & sys.modules.keys())"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", script], cwd=lantern.root, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "set()"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('stage = "live"', 'stage = "alive"', 'service.stage: "alive" is not allowed; did you mean "live"?'),
        ("visible-label = ", "visible-labels = ", 'did you mean "visible-label"?'),
        ("docs/", "dcos/", "does not exist in the repository"),
        ("config/prod.yaml#", "config/prod.yaml#typo.", "config/prod.yaml has no typo."),
        (":mark_text", ":mark_txet", "there is no mark_txet in app/labels.py"),
        ("app.labels:", "app.lables:", "there is no file for app.lables:"),
    ],
)
def test_validate_tells_mistakes_with_their_line(lantern, cli, old, new, said):
    lantern.replace("genai-service.toml", old, new)
    assert cli(*MANIFEST_ONLY).code == 0, "the mistake is not staged yet"
    lantern.git("add", "-A")
    result = cli(*MANIFEST_ONLY)
    assert result.code == 2
    assert said in result.err
    assert "error: genai-service.toml:" in result.err


def test_validate_looks_at_waivers_and_baseline_too(lantern, cli):
    (lantern.root / "genai-waivers.toml").write_text("[[waiver]]\nobligation = 'cn-genai/none'\n")
    (lantern.root / ".genai-baseline.json").write_text("{")
    said = cli("validate").err
    assert "genai-waivers.toml:1:3: waiver[0].owner: is missing" in said
    assert ".genai-baseline.json:1:2: not valid JSON" in said
