"""A directory's git repository: where its root is, and a tree of its past as a directory. Nothing of the repository is run."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from genai_policy.errors import UsageProblem

#: Bounds of one exported tree: a repository that goes beyond them is judged without its past.
MAX_BYTES = 2_000_000_000
TIMEOUT = 120


def prefix_in_repository(directory: Path) -> str:
    """Return ``directory`` relative to the top of its repository, as "" or ``sub/dir/`` ("" outside of any repository)."""
    here = directory.resolve()
    for parent in (here, *here.parents):
        if (parent / ".git").exists():
            inside = here.relative_to(parent).as_posix()
            return "" if inside == "." else f"{inside}/"
    return ""


@contextmanager
def past_tree(directory: Path, ref: str) -> Iterator[Path]:
    """Yield a directory with what ``directory`` held where its branch left ``ref`` (the merge base with HEAD).

    Blobs are written as they are stored, without filters and attributes: the tree to judge must not decide what its past looks like.
    Raises UsageProblem where there is no such commit, or no history to find it in.
    """
    base = _merge_base(directory, ref)
    tree = _git(directory, "rev-parse", "--verify", "--quiet", f"{base}:./", ok=(0, 1, 128)).strip().decode()
    with TemporaryDirectory(prefix="genai-policy-base-") as temporary:
        # a service without a name is called after its folder
        target = Path(temporary) / (directory.resolve().name or "root")
        target.mkdir()
        if tree:
            _export(directory, tree, target)
        yield target


def _merge_base(directory: Path, ref: str) -> str:
    if ref.startswith("-"):
        raise UsageProblem(f"--diff-base: {ref!r} is not the name of a commit")
    if not _git(directory, "rev-parse", "--is-inside-work-tree", ok=(0, 128)).startswith(b"true"):
        raise UsageProblem(f"--diff-base needs a git repository, and {directory} is not in one")
    shallow = _git(directory, "rev-parse", "--is-shallow-repository").startswith(b"true")
    more = "; this clone is shallow: fetch its history (git fetch --unshallow, or fetch-depth: 0 in actions/checkout)" if shallow else ""
    if not _git(directory, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}", ok=(0, 1, 128)):
        raise UsageProblem(f"--diff-base: no commit {ref!r} here{more or '; fetch it first, or give another'}")
    base = _git(directory, "merge-base", ref, "HEAD", ok=(0, 1, 128)).split()
    if not base:
        raise UsageProblem(f"--diff-base: HEAD and {ref!r} share no history{more}")
    return base[0].decode()


def _export(directory: Path, tree: str, target: Path) -> None:
    """Write the blobs of ``tree`` below ``target`` and index them there, so that the same files count as in the original."""
    listing = _git(directory, "ls-tree", "-r", "-z", "-l", "--full-tree", tree)
    entries = [_entry(raw) for raw in listing.split(b"\0") if raw]
    if sum(size for *_, size in entries) > MAX_BYTES:
        raise UsageProblem("--diff-base: the tree at the merge base is too large to export; run without --diff-base")
    blobs = [(mode, digest, path) for mode, digest, path, _ in entries if mode in ("100644", "100755", "120000") and _harmless(path)]
    contents = _blobs(directory, [digest for _, digest, _ in blobs])
    for (mode, _, path), content in zip(blobs, contents, strict=True):
        file = target / os.fsdecode(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        if mode == "120000":
            file.symlink_to(os.fsdecode(content))
        else:
            file.write_bytes(content)
    _git(target, "init", "--quiet", "--template=")
    _git(target, "update-index", "-z", "--add", "--index-info", stdin=b"".join(f"{m} {d}\t".encode() + p + b"\0" for m, d, p in blobs))


def _entry(raw: bytes) -> tuple[str, str, bytes, int]:
    meta, _, path = raw.partition(b"\t")
    mode, _, digest, size = meta.decode().split()
    return mode, digest, path, int(size) if size.isdigit() else 0


def _harmless(path: bytes) -> bool:
    """Tell whether a path of a tree stays below the directory it is written to (a forged tree may hold others)."""
    return not any(part in (b"", b".", b"..") or part.lower() == b".git" for part in path.split(b"/"))


def _blobs(directory: Path, digests: list[str]) -> Iterator[bytes]:
    answer = _git(directory, "cat-file", "--batch", stdin="".join(f"{digest}\n" for digest in digests).encode())
    position = 0
    for digest in digests:
        end = answer.index(b"\n", position)
        header = answer[position:end].split()
        if len(header) != 3:
            raise UsageProblem(f"--diff-base: object {digest} is missing from this clone; fetch the whole history")
        size = int(header[2])
        yield answer[end + 1 : end + 1 + size]
        position = end + 1 + size + 1


def _git(directory: Path, *arguments: str, ok: tuple[int, ...] = (0,), stdin: bytes = b"") -> bytes:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    # a repository can name programs in its configuration; these two are the ones that reading and indexing would start
    command = ["git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-C", str(directory), *arguments]
    try:
        done = subprocess.run(command, input=stdin, capture_output=True, env=environment, timeout=TIMEOUT, check=False)
    except FileNotFoundError:
        raise UsageProblem("--diff-base needs git, and there is none on PATH") from None
    except subprocess.TimeoutExpired:
        raise UsageProblem(f"--diff-base: git {arguments[0]} took longer than {TIMEOUT} s") from None
    if done.returncode not in ok:
        raise UsageProblem(f"--diff-base: git {arguments[0]} failed: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout if done.returncode == 0 else b""
