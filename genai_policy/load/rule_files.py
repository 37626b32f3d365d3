"""The semgrep rule files of a pack → the rules in them, as they are written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from genai_policy.errors import Mistake, PackError
from genai_policy.model.law import Pack


def read_rules(pack: Pack) -> list[dict[str, Any]]:
    """Return the rules of ``pack`` in the order of its files. Raises PackError with every file that holds none."""
    mistakes: list[Mistake] = []
    rules = [rule for name in sorted(pack.rules) for rule in _rules_of(Path(pack.directory) / name, name, pack, mistakes)]
    if mistakes:
        raise PackError(mistakes)
    return rules


def _rules_of(file: Path, name: str, pack: Pack, mistakes: list[Mistake]) -> Iterator[dict[str, Any]]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster where libyaml is there
    try:
        found = yaml.load(file.read_bytes(), Loader=loader)
        rules = found.get("rules") if isinstance(found, dict) else None
    except (OSError, yaml.YAMLError) as error:
        mistakes.append(Mistake(f"{pack.id}/{name}", 0, 0, "rules", f"cannot be read: {type(error).__name__}"))
        return
    if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
        mistakes.append(Mistake(f"{pack.id}/{name}", 0, 0, "rules", "must be a list of semgrep rules"))
        return
    yield from rules
