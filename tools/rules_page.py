"""Write docs/rules.md from the rules of the packs and the cases beside them. `--check` only compares, and fails where the page is old."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "rules.md"
MARK = re.compile(r"(?:#|//)\s*(ruleid|ok):\s*([\w-]+)")
#: Files of cases by language; JavaScript rules are the TypeScript rules.
SUFFIXES = {"python": (".py",), "javascript": (".js", ".jsx", ".ts", ".tsx"), "java": (".java",), "go": (".go",)}
NAMES = {"python": "Python", "javascript": "JavaScript, TypeScript", "java": "Java", "go": "Go"}

HEAD = """# What must not be in the code

The rules below are semgrep rules in the packs' `rules/` folders, each with its cases beside it (`ruleid:` must be found, `ok:` must not).
A hit speaks against the control that names the rule, whatever else is shown for it (evidence kind `forbidden`).
That nothing was found counts only where the rule ran: without semgrep, after a crash, and for a file that it could not look at in full
or for longer than a rule may take, the control is undetermined and the gap is listed.
A rule of a pack that was not chosen still runs where an obligation of a chosen pack asks for it.

`metadata.words` (words of which one must occur, or lists of such words of each of which one must occur) and `metadata.look-for` (regular
expressions that must all be found) decide which files a rule is given, so that a tree without such words costs nothing.
Answers are kept by the content of the file and the rules that wanted it.

How often the rules are wrong on large real packages is measured in [benches/rules-measured.md](../benches/rules-measured.md).
This page is written by `python tools/rules_page.py`.
"""


def main() -> None:
    """Compare or write."""
    text = page()
    if "--check" in sys.argv:
        old = not PAGE.is_file() or PAGE.read_text("utf-8") != text
        sys.exit("docs/rules.md is old; write it anew with: python tools/rules_page.py" if old else 0)
    PAGE.write_text(text, encoding="utf-8")


def page() -> str:
    """Return the page."""
    return "\n".join([HEAD, *(line for file in sorted((ROOT / "policies").glob("*/rules/*.yaml")) for line in section(file))]) + "\n"


def section(file: Path) -> Iterator[str]:
    """Yield the lines about the rules of one file: one matter, a rule for each language."""
    rules = yaml.safe_load(file.read_text("utf-8"))["rules"]
    metadata = rules[0]["metadata"]
    pack, _, obligation = metadata["obligation"].partition("/")
    yield f"## {file.stem}\n"
    yield f"{_plain(rules[0]['message'])}\n"
    yield f"Obligation [{metadata['obligation']}](obligations/{pack}/{obligation}.md), control `{metadata['control']}`.\n"
    yield "| language | rule | cases for | cases against |"
    yield "|---|---|---|---|"
    counted = cases(file)
    for rule in rules:
        for language in (name for name in NAMES if name in rule["languages"]):
            numbers = [sum(counted[rule["id"], word, suffix] for suffix in SUFFIXES[language]) for word in ("ruleid", "ok")]
            yield f"| {NAMES[language]} | `{rule['id']}`{_mild(rule)} | {numbers[0]} | {numbers[1]} |"
    yield f"\nLimits: {_plain(metadata['limits'])}\n"


def cases(file: Path) -> Mapping[tuple[str, str, str], int]:
    """Count the marks in the files beside a rule file, by rule, mark and suffix."""
    counted: Counter[tuple[str, str, str]] = Counter()
    for beside in sorted(file.parent.glob(f"{file.stem}.*")):
        if beside != file:
            counted.update((found[2], found[1], beside.suffix) for found in MARK.finditer(beside.read_text("utf-8")))
    return counted


def _mild(rule: Mapping[str, Any]) -> str:
    return "" if rule["severity"] == "ERROR" else f" ({rule['severity'].lower()})"


def _plain(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    main()
