"""How long the law takes to load: one pack alone and all packs, read anew and as kept from an earlier run.

Run it with the interpreter of the environment to measure: python benches/law.py [--runs N]
Each measurement is a new process that has loaded the plugins and pydantic, as a check has by then; the kinds of run are interleaved and
medians are compared. A check loads packs as kept, but for its first run. Exits 1 when all packs then take more than BOUND longer than one
pack alone, kept as well.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

BOUND = 0.060
ONE = "cn-labelling"
MEASURE = """
import sys, time
from pathlib import Path
from genai_policy.load import manifest_model, pack_model
from genai_policy.load.packs import load_law
from genai_policy.plugins import load_plugins
from genai_policy.read.cache import open_cache
kinds = load_plugins(()).evidence_kinds()
start = time.perf_counter()
store = open_cache() if sys.argv[2] == "kept" else None
law = load_law([Path(sys.argv[1])], kinds, None, store)
print(time.perf_counter() - start, len(law.packs))
"""


def one_pack(policies: Path, folder: Path) -> Path:
    """Return a directory that holds the shared files and one pack, with the predicates of all others in it."""
    alone = folder / "policies"
    shutil.copytree(policies / "controls", alone / "controls")
    shutil.copytree(policies / ONE, alone / ONE, ignore=shutil.ignore_patterns("tests"))
    for file in policies.glob("*.toml"):
        shutil.copy(file, alone)
    for predicates in policies.glob("*/predicates*.toml"):
        (alone / ONE / "predicates").mkdir(exist_ok=True)
        if predicates.parent.name != ONE:
            shutil.copy(predicates, alone / ONE / "predicates" / f"{predicates.parent.name}.toml")
    return alone


def measured(directory: Path, how: str, cache: Path) -> tuple[float, int]:
    """Return the seconds of one load and how many packs it gave."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    command = [sys.executable, "-c", MEASURE, str(directory), how]
    seconds, packs = subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout.split()
    return float(seconds), int(packs)


def main(runs: int) -> int:
    from genai_policy.load.shipped import genai_policy_packs

    policies = genai_policy_packs()[0]
    with tempfile.TemporaryDirectory() as scratch:
        alone, cache = one_pack(policies, Path(scratch)), Path(scratch) / "cache"
        ways = {
            "one pack, anew": (alone, "anew"),
            "all packs, anew": (policies, "anew"),
            "one pack, kept": (alone, "kept"),
            "all packs, kept": (policies, "kept"),
        }
        times: dict[str, list[float]] = {name: [] for name in ways}
        packs: dict[str, int] = {}
        for _ in range(runs + 1):
            for name, (directory, how) in ways.items():
                seconds, packs[name] = measured(directory, how, cache)
                times[name].append(seconds)
    # the first run of each warms the disk, and writes what is kept
    medians = {name: statistics.median(values[1:]) for name, values in times.items()}
    for name, median in medians.items():
        sys.stdout.write(f"{name:16} {median * 1000:7.1f} ms  ({packs[name]} packs)\n")
    beyond = medians["all packs, kept"] - medians["one pack, kept"]
    sys.stdout.write(f"{'difference':16} {beyond * 1000:7.1f} ms  (bound {BOUND * 1000:.0f} ms)\n")
    return int(beyond > BOUND)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[2]) if sys.argv[1:2] == ["--runs"] else 11))
