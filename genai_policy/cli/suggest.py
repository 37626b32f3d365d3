"""Unknown names → what the person probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``; did you mean X?``, or the known names where they are few and none is close."""
    names = sorted(set(known))
    tails = {name.rpartition("/")[2]: name for name in names}
    close = get_close_matches(word, names, n=1, cutoff=0.6) or [tails[t] for t in get_close_matches(word, tails, n=1, cutoff=0.6)]
    if close:
        return f"; did you mean {close[0]}?"
    return f"; known: {', '.join(names)}" if 0 < len(names) <= 20 else ""
