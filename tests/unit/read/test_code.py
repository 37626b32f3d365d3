"""Reading the code of a tree gives one result, however it is computed, and tells what it could not read."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from genai_policy.model.ir import FileIR, Function
from genai_policy.read import lowering
from genai_policy.read.cache import Cache, cache_folder, open_cache
from genai_policy.read.code import read_code
from genai_policy.read.languages.python import PythonReader
from genai_policy.read.tree import LARGEST_OWN, Tree, open_tree

SOURCES = [
    "import a\n",
    "def f(x):\n    return g(x)\n",
    "class A:\n    b = 1\n",
    "def broken(:\n",
    "x = '\\ud800'\n",
    "",
    "y = " + "(" * 9 + "\n",
]
PYTHON = PythonReader()


class Counting:
    """A reader that counts how often it is asked."""

    name = "python"
    suffixes: tuple[str, ...] = (".py", ".x.y")

    def __init__(self, version: str = "1") -> None:
        self.version = version
        self.asked = 0

    def read(self, source: bytes) -> FileIR:
        self.asked += 1
        return PYTHON.read(source)


def fill(root: Path, files: Mapping[str, str]) -> Tree:
    for path, content in files.items():
        full = root / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_text(content)
    return open_tree(root)


def test_own_files_are_read_by_the_reader_of_their_longest_suffix(tmp_path: Path) -> None:
    tree = fill(tmp_path, {"a.py": "x = 1", "b.txt": "x", "tests/c.py": "x = 1", "d.x.y": "x = 1", "e.y": "x = 1", ".py": "x = 1"})
    files, gaps = read_code(tree, [Counting()])
    assert list(files) == [".py", "a.py", "d.x.y"]
    assert gaps == ()


def test_what_could_not_be_read_is_a_gap(tmp_path: Path) -> None:
    tree = fill(
        tmp_path,
        {"bad.py": "def f(:\n  x\n", "deep.py": "x = " + "f(" * 400 + ")" * 400, "big.py": "#" * (LARGEST_OWN + 1), "gone.py": "1"},
    )
    (tmp_path / "gone.py").unlink()
    files, gaps = read_code(tree, [PYTHON])
    assert list(files) == ["bad.py", "deep.py"]
    assert [(gap.file, gap.kind) for gap in gaps] == [
        ("bad.py", "syntax"),
        ("big.py", "bound"),
        ("deep.py", "bound"),
        ("gone.py", "unreadable"),
    ]
    assert gaps[0].line == 1


def test_the_same_bytes_are_read_once(tmp_path: Path) -> None:
    reader = Counting()
    files, _ = read_code(fill(tmp_path, {f"{at}.py": "x = 1" for at in range(5)}), [reader])
    assert len(files) == 5
    assert reader.asked == 1


def test_progress_ends_with_all_files(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    tree = fill(tmp_path, {"a.py": "x = 1", "b.py": "x = 1", "c.py": "y = 1"})
    read_code(tree, [PYTHON], progress=lambda *step: told.append(step))
    assert told[-1] == ("code", 3, 3)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(SOURCES), max_size=8), st.randoms())
def test_order_cache_and_workers_change_nothing(tmp_path_factory: pytest.TempPathFactory, contents: list[str], random: Random) -> None:
    root = tmp_path_factory.mktemp("tree")
    tree = fill(root, {f"{at}.py": content for at, content in enumerate(contents)})
    plain = read_code(tree, [PYTHON])
    shuffled = list(tree.files)
    random.shuffle(shuffled)
    with open_cache(root / "cache") as cache:
        assert read_code(Tree(root, shuffled), [PYTHON], cache=cache) == plain
        assert read_code(tree, [PYTHON], cache=cache) == plain
    assert read_code(tree, [PYTHON], jobs=2) == plain


def test_workers_give_the_same_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = fill(tmp_path, {f"{at}.py": source + f"# {at}\n" for at, source in enumerate(SOURCES)})
    plain = read_code(tree, [PYTHON])
    monkeypatch.setattr(lowering, "PARALLEL_FROM", 0)
    monkeypatch.setattr(lowering, "_CHUNK", 40)
    assert read_code(tree, [PYTHON], jobs=2) == plain


class Fragile:
    """A reader whose native parser crashes on some input, and whose result sometimes has no packed form."""

    name = "fragile"
    version = "1"
    suffixes: tuple[str, ...] = (".py",)

    def __init__(self) -> None:
        self.home = os.getpid()

    def read(self, source: bytes) -> FileIR:
        if b"crash" in source and os.getpid() != self.home:
            os._exit(139)
        return FileIR("fragile", (Function("\ud800" if b"odd" in source else "f", "f", 1, 1),))


def test_a_worker_that_dies_costs_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lowering, "PARALLEL_FROM", 0)
    monkeypatch.setattr(lowering, "_CHUNK", 30)
    names = {"02": "# crash", "04": "# odd"}
    tree = fill(tmp_path, {f"{at:02}.py": names.get(f"{at:02}", f"x = {at:05}") for at in range(6)})
    files, gaps = read_code(tree, [Fragile()], jobs=2)
    assert len(files) == 6
    assert [(gap.file, gap.kind) for gap in gaps] == [("02.py", "bound")]
    assert files["04.py"].functions[0].name == "\ud800"


def test_readers_that_cannot_travel_are_run_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lowering, "PARALLEL_FROM", 0)
    reader = Counting()
    reader.hold = lambda: None  # type: ignore[attr-defined]
    files, _ = read_code(fill(tmp_path, {"a.py": "x = 1"}), [reader], jobs=2)
    assert reader.asked == len(files) == 1


def test_cached_files_are_not_read_again_until_bytes_or_version_change(tmp_path: Path) -> None:
    tree = fill(tmp_path / "tree", {"a.py": "x = 1", "b.py": "y = 1"})
    first, again, newer = Counting(), Counting(), Counting("2")
    for reader in (first, again, newer):
        with open_cache(tmp_path / "cache") as cache:
            read_code(tree, [reader], cache=cache)
    assert (first.asked, again.asked, newer.asked) == (2, 0, 2)
    changed = Counting()
    with open_cache(tmp_path / "cache") as cache:
        read_code(fill(tmp_path / "tree", {"a.py": "x = 2"}), [changed], cache=cache)
    assert changed.asked == 1


def test_results_that_cannot_be_packed_are_not_cached(tmp_path: Path) -> None:
    class Odd(Counting):
        def read(self, source: bytes) -> FileIR:
            self.asked += 1
            return FileIR("odd", (Function("\ud800", "x", 1, 1),))

    reader = Odd()
    tree = fill(tmp_path / "tree", {"a.py": "x = 1"})
    for _ in range(2):
        with open_cache(tmp_path / "cache") as cache:
            assert len(read_code(tree, [reader], cache=cache)[0]) == 1
    assert reader.asked == 2


def cache_file(folder: Path) -> Path:
    (file,) = folder.glob("*.sqlite")
    return file


def kept(folder: Path) -> Cache:
    cache = open_cache(folder)
    cache.put_many({"a": b"1", "b": b"2"})
    return cache


def test_a_cache_keeps_bytes(tmp_path: Path) -> None:
    kept(tmp_path).close()
    with open_cache(tmp_path) as cache:
        assert cache.get_many(["a", "b", "c"]) == {"a": b"1", "b": b"2"}
        assert cache.get("a") == b"1"
        assert cache.get("c") is None
        cache.put("a", b"3")
        assert cache.get("a") == b"3"
        assert len(cache.get_many([str(at) for at in range(2000)])) == 0


@pytest.mark.parametrize("damage", [b"", b"no database at all", b"SQLite format 3\0" + b"\xff" * 4000])
def test_a_broken_cache_is_replaced(tmp_path: Path, damage: bytes) -> None:
    kept(tmp_path).close()
    cache_file(tmp_path).write_bytes(damage)
    with open_cache(tmp_path) as cache:
        assert cache.get_many(["a"]) == {}
        cache.put("a", b"new")
        assert cache.get("a") == b"new"


def test_a_damaged_entry_reads_as_absent(tmp_path: Path) -> None:
    kept(tmp_path).close()
    with sqlite3.connect(cache_file(tmp_path)) as connection:
        connection.execute("UPDATE entry SET value = X'00' || value")
    connection.close()
    with open_cache(tmp_path) as cache:
        assert cache.get_many(["a", "b"]) == {}


def test_an_entry_moved_to_another_key_reads_as_absent(tmp_path: Path) -> None:
    kept(tmp_path).close()
    with sqlite3.connect(cache_file(tmp_path)) as connection:
        (first, _), (_, second) = connection.execute("SELECT key, value FROM entry").fetchall()
        connection.execute("UPDATE entry SET value = ? WHERE key = ?", (second, first))
    connection.close()
    with open_cache(tmp_path) as cache:
        assert len(cache.get_many(["a", "b"])) == 1


def test_a_locked_cache_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from genai_policy.read import cache as module

    monkeypatch.setattr(module, "_LOCK_WAIT", 0.0)
    kept(tmp_path).close()
    holder = sqlite3.connect(cache_file(tmp_path), isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with open_cache(tmp_path) as cache:
        assert cache.get("a") is None
        cache.put("c", b"3")
    holder.execute("ROLLBACK")
    holder.close()
    with open_cache(tmp_path) as cache:
        assert cache.get("a") == b"1"


def test_a_folder_that_others_can_write_to_is_not_used(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    assert not open_cache(shared).usable
    (tmp_path / "file").write_text("")
    assert not open_cache(tmp_path / "file").usable


def test_the_cache_lies_where_the_user_keeps_caches(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "genai-policy"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")
    assert cache_folder() == tmp_path / ".cache" / "genai-policy"


def test_a_cache_that_grows_too_large_drops_its_older_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from genai_policy.read import cache as module

    monkeypatch.setattr(module, "_LARGEST", 200_000)
    with open_cache(tmp_path) as cache:
        for at in range(60):
            cache.put(str(at), bytes(10_000))
        assert cache.get("59") is not None
        assert cache.get("0") is None
    assert cache_file(tmp_path).stat().st_size < 400_000
