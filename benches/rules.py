"""Cost of every shipped rule on one large file of its language, both front ends compared; or the hits on real packages, to be read.

python benches/rules.py                          # seconds per rule on 200 KB, and whether the front ends agree on the targets
python benches/rules.py --rule logged            # only rules whose id holds this
python benches/rules.py --package DIR [--rule …] # a row per rule with hits in this tree, and each hit; may be given several times
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections import Counter
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from msgspec import Struct

from genai_policy.read import rules
from genai_policy.read.rule_set import SUFFIXES
from genai_policy.read.rules import run_rules
from genai_policy.read.tree import open_tree

POLICIES = Path(__file__).parents[1] / "policies"
FILES = sorted(POLICIES.glob("*/rules/*.yaml"))
LARGE = 200_000
#: Seconds that a rule may take on a file of that size: cases line after line, denser than any real file.
BOUND = 5.0


class Case(Struct, frozen=True):
    """A file of the tree."""

    path: str
    digest: str
    left_out: str = ""


class Cases:
    """Files in memory, as a tree."""

    def __init__(self, contents: dict[str, bytes]) -> None:
        self.contents = contents
        self.files = [Case(name, sha256(content).hexdigest()) for name, content in sorted(contents.items())]

    def read(self, path: str) -> bytes:
        """Return the bytes of a file."""
        return self.contents[path]


def targets() -> dict[str, bytes]:
    """Return the targets beside the rules."""
    return {p.name: p.read_bytes() for p in sorted(POLICIES.glob("*/rules/*")) if p.suffix != ".yaml"}


def large(suffix: str) -> bytes:
    """Return a file of ``LARGE`` bytes: the targets of one language, repeated."""
    text = b"\n".join(content for name, content in targets().items() if name.endswith(suffix))
    lines = (text * (LARGE // len(text) + 1))[:LARGE]
    return lines[: lines.rindex(b"\n\n")] + b"\n"


def cost_of_each_rule(wanted: str) -> bool:
    """Print the seconds of every rule in each of its languages; say whether all keep the bound."""
    kept = True
    for rule in (rule for file in FILES for rule in yaml.safe_load(file.read_text("utf-8"))["rules"] if wanted in rule["id"]):
        for language in sorted(set(rule["languages"]) - {"typescript"}):
            suffix = ".ts" if language == "javascript" else SUFFIXES[language][0]
            with TemporaryDirectory() as folder:
                before = resource.getrusage(resource.RUSAGE_CHILDREN)
                run = run_rules(Cases({"large" + suffix: large(suffix)}), [only(rule, Path(folder))])
                after = resource.getrusage(resource.RUSAGE_CHILDREN)
            seconds = after.ru_utime - before.ru_utime
            kept &= seconds <= BOUND
            print(f"{seconds:5.2f} s  {rule['id']} ({language}), {len(run.matches or ())} hits, {len(run.gaps)} gaps", flush=True)
    return kept


def only(rule: dict[str, Any], folder: Path) -> Path:
    """Write a rule file with one rule."""
    file = folder / f"{rule['id']}.yaml"
    file.write_text(yaml.safe_dump({"rules": [rule]}), "utf-8")
    return file


def front_ends_agree() -> bool:
    """Run all rules over all targets and over the large files, with each front end."""
    everything = targets() | {"large" + suffix: large(suffix) for suffix in (".py", ".ts", ".java", ".go")}
    answers = []
    for front in rules.FRONT_ENDS:
        rules.FRONT_ENDS = (front,)
        started = time.perf_counter()
        answers.append(run_rules(Cases(everything), FILES))
        print(f"{' '.join(front) or 'plain'}: {len(answers[-1].matches or ())} hits in {time.perf_counter() - started:.1f} s")
    return answers[0] == answers[1]


def hits(roots: list[Path], wanted: str) -> None:
    """Print a table row for each rule with hits in each tree, then every hit."""
    print("| package | files | rule | hits |\n|---|---|---|---|")
    found = []
    with TemporaryDirectory() as folder:
        chosen = [
            only(rule, Path(folder)) for file in FILES for rule in yaml.safe_load(file.read_text("utf-8"))["rules"] if wanted in rule["id"]
        ]
        for root in roots:
            tree = open_tree(root)
            run = run_rules(tree, chosen)
            counted = Counter(match.rule for match in run.matches or ())
            files = sum(not file.left_out for file in tree.files)
            for rule, number in sorted(counted.items()) or [("none" if run.matches is not None else "NOT RUN", 0)]:
                print(f"| {root.name} | {files} | {rule} | {number} |", flush=True)
            found += [f"{root.name}: {gap.file}: {gap.reason}" for gap in run.gaps]
            found += [f"{root.name}: {match.rule} {match.file}:{match.line}: {match.text[:140]}" for match in run.matches or ()]
    print("", *found, sep="\n")


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--package", action="append", type=Path, default=[])
    parser.add_argument("--rule", default="")
    asked = parser.parse_args()
    if asked.package:
        hits(asked.package, asked.rule)
        return
    agreed, bounded = bool(asked.rule) or front_ends_agree(), cost_of_each_rule(asked.rule)
    print(f"front ends agree: {'not asked' if asked.rule else agreed}; every rule within {BOUND} s on {LARGE} bytes: {bounded}")
    sys.exit(not (agreed and bounded))


if __name__ == "__main__":
    main()
