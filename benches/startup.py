"""How long `genai-policy --version` and `--help` take, against `python -c "import click"`.

Run it with the interpreter of the environment to measure: python benches/startup.py [--runs N]
The runs are interleaved and medians are compared, so that a busy machine slows all of them alike. Exits 1 beyond the bound.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

BOUND = 2.5
TOOL = "from genai_policy.cli.main import main; main()"
COMMANDS = {
    "import click": [sys.executable, "-c", "import click"],
    "--version": [sys.executable, "-c", TOOL, "--version"],
    "--help": [sys.executable, "-c", TOOL, "--help"],
}


def main(runs: int) -> int:
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(runs):
        for name, command in COMMANDS.items():
            start = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            times[name].append(time.perf_counter() - start)
    medians = {name: statistics.median(values[1:] or values) for name, values in times.items()}
    base = medians["import click"]
    for name, median in medians.items():
        sys.stdout.write(f"{name:14} {median * 1000:7.1f} ms  {median / base:5.2f} x\n")
    return int(any(median / base > BOUND for median in medians.values()))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[2]) if sys.argv[1:2] == ["--runs"] else 15))
