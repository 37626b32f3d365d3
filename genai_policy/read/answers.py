"""What assessing found out about a slice of code, kept between runs beside the facts, by content."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from functools import cache
from pathlib import Path

from genai_policy.read.cache import open_cache, source_stamp

_PACKAGE = Path(__file__).parents[1]


class KeptAnswers(MutableMapping[str, bytes]):
    """A mapping over the user's cache: what cannot be kept is not there. It holds answers of this version of the tool only."""

    def __getitem__(self, key: str) -> bytes:
        with open_cache() as store:
            found = store.get(_named(key))
        if found is None:
            raise KeyError(key)
        return found

    def __setitem__(self, key: str, value: bytes) -> None:
        with open_cache() as store:
            store.put(_named(key), value)

    def __delitem__(self, key: str) -> None:
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def _named(key: str) -> str:
    return f"answer {_stamp()} {key}"


@cache
def _stamp() -> str:
    """Return a digest of the source that answers depend on."""
    return source_stamp([*(_PACKAGE / "assess").rglob("*.py"), *(_PACKAGE / "model").glob("*.py")])
