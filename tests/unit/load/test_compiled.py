"""The law that is read back is the law that was written down, and only while nothing it was made of has changed."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct
from msgspec.structs import replace

from genai_policy.load import packs
from genai_policy.load.compiled import key_of, packed, unpacked
from genai_policy.load.pack_sources import gather_sources
from genai_policy.load.packs import load_law
from genai_policy.load.shipped import genai_policy_packs
from genai_policy.model.law import Law
from genai_policy.read.cache import open_cache

POLICIES = genai_policy_packs()[0]


@cache
def shipped() -> Law:
    return load_law([POLICIES], {})


class Kept(dict[str, bytes]):
    """A store that keeps everything."""

    usable = True

    def put(self, key: str, value: bytes) -> None:
        self[key] = value


def alike(one: Any, other: Any) -> bool:
    """Say whether two values are the same in kind, content and order."""
    if type(one) is not type(other):
        return False
    if isinstance(one, Struct):
        return all(alike(getattr(one, f), getattr(other, f)) for f in one.__struct_fields__)
    if isinstance(one, Mapping):
        return list(one) == list(other) and all(alike(one[k], other[k]) for k in one)
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(alike, one, other))
    return bool(one == other)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A small directory of packs: one shipped pack with the shared files."""
    root = tmp_path / "packs"
    shutil.copytree(POLICIES / "controls", root / "controls")
    for name in ("cn-genai", "cn-algorithm"):
        shutil.copytree(POLICIES / name, root / name, ignore=shutil.ignore_patterns("tests"))
    shutil.copy(POLICIES / "contradictions.toml", root)
    return root


def test_the_shipped_law_comes_back_as_it_is() -> None:
    data = packed(shipped())
    assert data is not None
    assert alike(unpacked(data), shipped())


@pytest.mark.parametrize(
    "value",
    [
        dt.date(2026, 8, 2),
        dt.datetime(2026, 8, 2, 1, 2, 3, tzinfo=dt.timezone.utc),
        dt.time(3, 4),
        [1, 1.0, True, {"a": [dt.date(2025, 9, 1)]}],
    ],
    ids=repr,
)
def test_days_and_times_in_open_fields_stay_what_they_are(value: Any) -> None:
    law = Law(shared={"clocks": {"value": value}})
    data = packed(law)
    assert data is not None
    assert alike(unpacked(data), law)


@pytest.mark.parametrize("value", [(1, 2), frozenset("a"), 2**70, object()], ids=["tuple", "set", "huge", "object"])
def test_what_would_come_back_otherwise_is_not_kept(value: Any) -> None:
    assert packed(Law(shared={"x": {"value": value}})) is None


@pytest.mark.parametrize("data", [b"", b"\xc1", b"\x80", b"[" * 5000, b"\x91" * 100_000], ids=["empty", "odd", "empty-map", "text", "deep"])
def test_bytes_that_hold_no_law_are_no_copy(data: bytes, house: Path) -> None:
    assert unpacked(data) in (None, Law())
    store = Kept({key_of(gather_sources([house]), {}): data or b"\x00"})
    if data != b"\x80":
        assert load_law([house], {}, None, store) == load_law([house], {})


def test_a_second_run_reads_the_copy(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_cache(house.parent / "cache") as store:
        first = load_law([house], {}, None, store)
        monkeypatch.setattr(packs, "_read_law", lambda *_: pytest.fail("the packs were read again"))
        assert alike(load_law([house], {}, None, store), first)


def test_whatever_changes_the_law_changes_the_key(house: Path, tmp_path: Path) -> None:
    def key(kinds: Mapping[str, frozenset[str]] | None = None, root: Path = house) -> str:
        return key_of(gather_sources([root]), kinds or {})

    keys = [key(), key({"hook": frozenset({"on"})}), key({"hook": frozenset({"on", "sides"})})]
    changes = {
        "controls/extra.toml": "schema = 1",
        "contradictions.toml": "schema = 1",
        "cn-genai/pack.toml": "schema = 1",
        "cn-genai/predicates.toml": "schema = 1",
        "cn-genai/predicates/more.toml": "schema = 1",
        "cn-genai/obligations/new.toml": "schema = 1",
        "cn-genai/rules/new.yaml": "rules: []",
        "another/pack.toml": "schema = 1",
    }
    for path, text in changes.items():
        (house / path).parent.mkdir(exist_ok=True)
        (house / path).write_text(text)
        keys.append(key())
    (house / "controls/extra.toml").unlink()
    keys.append(key())
    shutil.copytree(house, tmp_path / "elsewhere")
    keys.append(key(root=tmp_path / "elsewhere"))
    assert len(set(keys)) == len(keys)


def test_tests_and_targets_of_a_pack_are_not_read(house: Path) -> None:
    before = gather_sources([house])
    for path in ("cn-genai/tests/x/satisfied/genai-service.toml", "cn-genai/rules/new.test.yaml", "cn-genai/rules/new.py"):
        (house / path).parent.mkdir(parents=True, exist_ok=True)
        (house / path).write_text("schema = 1")
    assert gather_sources([house]) == before


def test_a_law_with_mistakes_is_never_kept(house: Path) -> None:
    (house / "cn-genai/obligations/new.toml").write_text("schema = 1")
    store = Kept()
    with pytest.raises(packs.PackError):
        load_law([house], {}, None, store)
    assert store == {}


def test_a_chosen_few_are_not_mistaken_for_all(house: Path) -> None:
    store = Kept()
    assert [p.id for p in load_law([house], {}, ["cn-algorithm"], store).packs] == ["cn-algorithm"]
    assert len(load_law([house], {}, None, store).packs) == 2
    assert replace(load_law([house], {}, ["cn-genai"], store), packs=()) == replace(load_law([house], {}), packs=())
