"""Rule files of packs → rules, and which files of a tree each of them looks at."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from genai_policy.model.code import Gap

#: Suffixes by semgrep language, for the languages that rules here are written in. ``generic`` and ``regex`` rules see every file.
SUFFIXES: Mapping[str, tuple[str, ...]] = {
    "python": (".py", ".pyi"),
    "py": (".py", ".pyi"),
    "javascript": (".js", ".jsx", ".mjs", ".cjs"),
    "js": (".js", ".jsx", ".mjs", ".cjs"),
    "typescript": (".ts", ".tsx", ".mts", ".cts"),
    "ts": (".ts", ".tsx", ".mts", ".cts"),
    "java": (".java",),
    "go": (".go",),
    "json": (".json",),
    "yaml": (".yaml", ".yml"),
    "html": (".html", ".htm"),
    "bash": (".sh", ".bash"),
    "dockerfile": ("Dockerfile",),
    "generic": ("",),
    "regex": ("",),
}


class Rule(Struct, frozen=True):
    """A rule as its file has it (``body``, named by ``digest``) and the files it looks at: those with one of ``suffixes`` that hold a word
    of each group of ``words`` and each of the regular expressions ``look_for``. A ``textual`` rule consists of regular expressions on the
    text alone, so it needs nothing parsed."""

    id: str
    suffixes: tuple[str, ...]
    words: tuple[tuple[bytes, ...], ...]
    body: Mapping[str, Any]
    digest: str
    textual: bool = False
    look_for: tuple[bytes, ...] = ()

    def wants(self, path: str, content: bytes) -> bool:
        """Tell whether the rule can match the file."""
        if not path.endswith(self.suffixes) or not all(any(word in content for word in group) for group in self.words):
            return False
        return all(_compiled(pattern).search(content) for pattern in self.look_for)


@cache
def _compiled(pattern: bytes) -> re.Pattern[bytes]:
    """Compile only what is needed, and once: most trees hold words of few rules. What cannot be compiled keeps no file from the engine."""
    try:
        return re.compile(pattern)
    except re.error:
        return re.compile(b"")


def load_rules(files: Sequence[Path]) -> tuple[list[Rule], tuple[Gap, ...]]:
    """Read the rule files; one that cannot be used is a gap."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster where libyaml is there

    rules: list[Rule] = []
    gaps: list[Gap] = []
    for file in sorted(files):
        try:
            rules += [_rule(body) for body in yaml.load(file.read_bytes(), Loader=loader)["rules"]]
        except (OSError, yaml.YAMLError, TypeError, KeyError, ValueError, AttributeError) as error:
            reason = f"rule file {file.parent.parent.name}/{file.parent.name}/{file.name} cannot be used: {type(error).__name__}"
            gaps.append(Gap("", reason, kind="engine", on_path=True))
    return rules, tuple(gaps)


def _rule(body: Mapping[str, Any]) -> Rule:
    words = (body.get("metadata") or {}).get("words") or []
    groups = words if words and all(isinstance(word, list) for word in words) else [words] if words else []
    suffixes = [suffix for language in body["languages"] for suffix in SUFFIXES.get(str(language).lower(), ("",))]
    return Rule(
        str(body["id"]),
        tuple(sorted(set(suffixes))),
        tuple(tuple(str(word).encode() for word in group) for group in groups),
        body,
        hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest(),
        _is_textual(body),
        tuple(str(pattern).encode() for pattern in (body.get("metadata") or {}).get("look-for") or []),
    )


def _is_textual(body: Mapping[str, Any]) -> bool:
    """Tell whether a rule consists of regular expressions on the text alone."""
    if "pattern-regex" in body:
        return True
    alternatives = body.get("pattern-either")
    return isinstance(alternatives, list) and all(isinstance(a, dict) and set(a) == {"pattern-regex"} for a in alternatives)
