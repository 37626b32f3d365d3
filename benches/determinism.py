"""Runs the gate twenty times with other hash seeds, file orders, job counts and cache states, and compares the bytes of every format.

    python benches/determinism.py [RUNS]

Exit 0 where all are the same.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

LANTERN = Path(__file__).resolve().parents[1] / "examples" / "lantern"
FORMATS = ("text", "json", "sarif", "github")
RUN = "from genai_policy.cli.main import main; main()"


def main() -> int:
    """Run and compare; print one line for each run."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    seen = set()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(runs):
            digest = one_run(Path(folder), number)
            seen.add(digest)
            print(f"{number:3} {digest[:16]}", flush=True)
    print(f"{runs} runs, {len(seen)} different results")
    return 0 if len(seen) == 1 else 1


def one_run(folder: Path, number: int) -> str:
    """Copy the example in another order, break it, judge it; return the digest of all reports."""
    chance = random.Random(number)
    root = folder / str(number) / "lantern"
    files = sorted(path for path in LANTERN.rglob("*") if path.is_file())
    chance.shuffle(files)
    for source in files:
        place = root / source.relative_to(LANTERN)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, place)
    (root / "app" / "labels.py").unlink()
    (root / "app" / "broken.py").write_text("def broken(:\n")
    environment = {**os.environ, "PYTHONHASHSEED": str(chance.randrange(2**32)), "XDG_CACHE_HOME": str(folder / "cache")}
    options = ["--jobs", str(chance.choice((1, 2, 4))), *(["--no-cache"] if chance.random() < 0.4 else [])]
    reports = [part for name in FORMATS for part in ("-f", name, "-o", str(root.parent / name))]
    command = [sys.executable, "-c", RUN, "check", str(root), "-v", *options, *reports]
    done = subprocess.run(command, env=environment, check=False)
    text = b"".join((root.parent / name).read_bytes() for name in FORMATS) + bytes([done.returncode])
    return hashlib.sha256(text).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
