"""Unknown names → what the person probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

#: How many names that begin alike are shown.
MAX_BEGUN = 6


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``; did you mean X?``, the names that begin as ``word`` does, or all known names where they are few and none is close."""
    names = sorted(set(known))
    tails = {name.rpartition("/")[2]: name for name in names}
    begun = [name for name in names if len(word) > 2 and (name.startswith(word) or name.rpartition("/")[2].startswith(word))]
    if begun:
        more = f" … (+{len(begun) - MAX_BEGUN})" if len(begun) > MAX_BEGUN else ""
        return f"; did you mean {' or '.join(begun[:MAX_BEGUN])}{more}?"
    close = get_close_matches(word, names, n=1, cutoff=0.6) or [tails[t] for t in get_close_matches(word, tails, n=1, cutoff=0.6)]
    if close:
        return f"; did you mean {close[0]}?"
    return f"; known: {', '.join(names)}" if 0 < len(names) <= 20 else ""
