"""What value flow adds to a check: cold, warm, and warm after an edit of a file that no entry of the service leads to.

``python benches/flow.py CHECKOUT...`` runs nothing of a checkout and keeps its cache in a folder of its own. For each it prints, in
processor seconds of this run: reading and linking without a cache, the flow proof of a label and of the input side of a filter, the same
asked again, asked again after an edit elsewhere, and the bound max(1.5, reading).
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec

from genai_policy import pipeline
from genai_policy.assess.walk import Calls
from genai_policy.assess.wiring import Wiring
from genai_policy.model import ir
from genai_policy.model.code import CodeFacts, FunctionId, FunctionNode
from genai_policy.model.verdict import FactIndex
from genai_policy.plugins import load_plugins

TODAY = dt.date(2026, 11, 15)
T = TypeVar("T")


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """Return what ``work`` gives, and the processor seconds it took."""
    start = time.process_time()
    return work(), time.process_time() - start


def hook_of(code: CodeFacts) -> frozenset[FunctionId]:
    """Choose a function that stands on many paths: the second of the first path that has three."""
    path = next((p for p in code.paths if len(p.functions) > 2), None)
    return frozenset((path.functions[-1],)) if path is not None else frozenset(sorted(code.functions)[:1])


def ask(code: CodeFacts, hooks: frozenset[FunctionId]) -> tuple[object, ...]:
    """Ask what a check with a label and a filter asks, on a fresh program with the kept answers."""
    from genai_policy.read.answers import KeptAnswers

    wiring = Wiring(FactIndex(code=code, answers=KeptAnswers()), Calls(code))
    paths = wiring.paths(())
    return (wiring.standings(paths, hooks, "output", checks=False)[0], wiring.standings(paths, hooks, "input", checks=True)[0])


def edited(code: CodeFacts) -> CodeFacts:
    """Return the program after a file was added that nothing leads to."""
    function = ir.Function("unused", "unused", 1, 2, body=(ir.Return(2, ir.Literal(2, 1)),))
    node = FunctionNode("bench/elsewhere.py#unused", "bench/elsewhere.py", function, "", 1)
    return msgspec.structs.replace(code, functions={**code.functions, node.id: node})


def measure(folder: Path) -> bool:
    """Print a row; say whether it keeps the bound."""
    options = pipeline.Options(root=folder, today=TODAY, cache=False, jobs=1)
    host = load_plugins(())
    tree = pipeline.open_root(options)
    seen, reading = timed(lambda: pipeline.read_program(options, host, tree, ()))
    hooks = hook_of(seen.code)
    first, cold = timed(lambda: ask(seen.code, hooks))
    again, warm = timed(lambda: ask(seen.code, hooks))
    elsewhere, after = timed(lambda: ask(edited(seen.code), hooks))
    bound = max(1.5, reading)
    same = first == again == elsewhere
    print(
        f"{folder.name:<50} {len(seen.code.paths):>5} {reading:8.2f} {cold:8.2f} {warm:8.2f} {after:8.2f} {bound:8.2f}"
        f"  {'ok' if cold <= bound and same else 'OVER' if same else 'DIFFERS'}"
    )
    return same and cold <= bound


def main() -> None:
    """Measure each checkout; exit 1 where one is over the bound."""
    parser = argparse.ArgumentParser()
    parser.add_argument("checkouts", type=Path, nargs="+")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = folder
        print(f"{'service':<50} paths  reading     cold     warm    after    bound")
        fine = [measure(checkout) for checkout in options.checkouts]
    sys.exit(0 if all(fine) else 1)


if __name__ == "__main__":
    main()
