"""Cost of every shipped rule on one large file of its language, both front ends compared; optionally hits on checkouts.

python benches/rules.py                 # seconds per rule on 200 KB, and whether the front ends agree on the targets
python benches/rules.py DIR [DIR ...]   # every hit in these trees, to be read
"""

from __future__ import annotations

import resource
import sys
import time
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml
from msgspec import Struct

from genai_policy.read import rules
from genai_policy.read.rule_set import SUFFIXES
from genai_policy.read.rules import run_rules
from genai_policy.read.tree import open_tree

POLICIES = Path(__file__).parents[1] / "policies"
FILES = sorted(POLICIES.glob("*/rules/*.yaml"))
LARGE = 200_000
#: Seconds that a rule may take on a file of that size.
BOUND = 2.0


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


def cost_of_each_rule() -> bool:
    """Print the seconds of every rule in each of its languages; say whether all keep the bound."""
    kept = True
    for file in FILES:
        for rule in yaml.safe_load(file.read_text("utf-8"))["rules"]:
            for language in sorted(set(rule["languages"]) - {"typescript"}):
                suffix = ".ts" if language == "javascript" else SUFFIXES[language][0]
                with TemporaryDirectory() as folder:
                    one = Path(folder) / "one.yaml"
                    one.write_text(yaml.safe_dump({"rules": [rule]}), "utf-8")
                    before = resource.getrusage(resource.RUSAGE_CHILDREN)
                    run = run_rules(Cases({"large" + suffix: large(suffix)}), [one])
                    after = resource.getrusage(resource.RUSAGE_CHILDREN)
                seconds = after.ru_utime - before.ru_utime
                kept &= seconds <= BOUND
                print(f"{seconds:5.2f} s  {rule['id']} ({language}), {len(run.matches or ())} hits, {len(run.gaps)} gaps", flush=True)
    return kept


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


def hits(roots: list[str]) -> None:
    """Print every hit in these trees."""
    for root in roots:
        run = run_rules(open_tree(Path(root)), FILES)
        print(f"{Path(root).name}: {len(run.matches or ())} hits, {len(run.gaps)} gaps")
        for match in run.matches or ():
            print(f"  {match.rule} {match.file}:{match.line}: {match.text[:140]}")


if __name__ == "__main__":
    if sys.argv[1:]:
        hits(sys.argv[1:])
        sys.exit(0)
    agreed, bounded = front_ends_agree(), cost_of_each_rule()
    print(f"front ends agree: {agreed}; every rule within {BOUND} s on {LARGE} bytes: {bounded}")
    sys.exit(not (agreed and bounded))
