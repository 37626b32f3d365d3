"""How long reading and linking a large tree takes, cold, against a `semgrep scan` that merely finds calls and routes; memory of both.

Run it with the interpreter of an environment that has semgrep: python benches/reading.py [--tree DIR] [--jobs N] [--timeout SECONDS]
Without --tree the package named below is installed from the index into a temporary folder (without what it depends on). Both tools get the
same cores and no cache. Exits 1 when reading takes more than the bound's share of semgrep's time, or does not end in time.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import NamedTuple

PACKAGE = "sentry==23.7.1"  # a web service: 3,108 Python files, 413,000 lines
BOUND = 0.4
RULES = Path(__file__).with_name("reading_rules.yaml")
TOOL = "from genai_policy.cli.main import main; main()"
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


class Run(NamedTuple):
    """Wall seconds (None: not ended in time) and the most memory all processes of a command held together, in MB."""

    seconds: float | None
    megabytes: float


def measure(command: list[str], env: dict[str, str], timeout: float) -> Run:
    """Run a command in a session of its own, so that all its processes can be watched and ended."""
    start = time.perf_counter()
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)
    peak = [0.0]
    watcher = threading.Thread(target=_watch, args=(process, peak))
    watcher.start()
    try:
        _, problems = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        for member in _session(process.pid):
            os.kill(member, 9)
        process.communicate()
        watcher.join()
        return Run(None, peak[0])
    watcher.join()
    if process.returncode not in (0, 1, 3):
        raise SystemExit(f"{command[0]} ended with {process.returncode}: {problems.decode(errors='replace')[-400:]}")
    return Run(time.perf_counter() - start, peak[0])


def _watch(process: subprocess.Popen[bytes], peak: list[float]) -> None:
    while process.poll() is None:
        peak[0] = max(peak[0], sum(map(_resident, _session(process.pid))))
        time.sleep(0.2)


def _session(leader: int) -> list[int]:
    """Processes of a session (Linux; elsewhere only the leader)."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat") if Path("/proc/self/stat").exists() else ():
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == leader:
            found.append(int(entry.parent.name))
    return found or [leader]


def _resident(process: int) -> float:
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * _PAGE / 1e6
    except OSError:
        return 0.0


def main() -> int:
    """Measure both and print times, ratio and memory."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--tree", type=Path)
    options.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options.add_argument("--timeout", type=float, default=1800)
    given = options.parse_args()
    semgrep = shutil.which("semgrep", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))
    if semgrep is None:
        raise SystemExit("semgrep is not installed")
    with tempfile.TemporaryDirectory() as folder:
        tree = given.tree
        if tree is None:
            tree = Path(folder)
            subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", folder, PACKAGE], check=True)
        env = {**os.environ, "SEMGREP_ENABLE_VERSION_CHECK": "0", "PATH": f"{Path(semgrep).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
        scan = [semgrep, "scan", "--config", str(RULES), "--metrics", "off", "--quiet", "--json", "--jobs", str(given.jobs), str(tree)]
        read = [sys.executable, "-c", TOOL, "facts", str(tree), "--format", "json", "--no-cache", "--jobs", str(given.jobs)]
        count = sum(1 for _ in tree.rglob("*.py"))
        ours, theirs = measure(read, env, given.timeout), measure(scan, env, given.timeout)
    sys.stdout.write(f"{count} Python files of {given.tree or PACKAGE}, {given.jobs} processes\n")
    for name, run in (("genai-policy facts", ours), ("semgrep scan", theirs)):
        seconds = f"{run.seconds:8.1f} s" if run.seconds is not None else f"over {given.timeout:.0f} s"
        sys.stdout.write(f"{name:20} {seconds}  {run.megabytes:7.0f} MB\n")
    if ours.seconds is None or theirs.seconds is None:
        return int(ours.seconds is None)
    ratio = ours.seconds / theirs.seconds
    sys.stdout.write(f"ratio {ratio:.2f} (at most {BOUND})\n")
    return int(ratio > BOUND)


if __name__ == "__main__":
    sys.exit(main())
