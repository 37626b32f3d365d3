"""Write the picture of a real run into README.md: the example service without the label on its chat route. `--check` only compares."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
BLOCK = re.compile(r"(?s)(<!-- run:broken -->\n).*?(<!-- /run -->)")


def broken_run() -> str:
    """Return what `check` prints for the broken example."""
    with tempfile.TemporaryDirectory() as folder:
        service = Path(shutil.copytree(ROOT / "examples" / "lantern", Path(folder) / "lantern"))
        chat = service / "app" / "chat.py"
        chat.write_text(chat.read_text(encoding="utf-8").replace('{"answer": mark_text(text)}', '{"answer": text}'), encoding="utf-8")
        command = [sys.executable, "-m", "genai_policy", "check", str(service), "--gate", "release"]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder).stdout


def with_run(text: str) -> str:
    """Return the README with its block written anew."""
    return BLOCK.sub(lambda m: f"{m[1]}```text\n{broken_run().rstrip()}\n```\n{m[2]}", text)


if __name__ == "__main__":
    old = README.read_text(encoding="utf-8")
    new = with_run(old)
    if "--check" in sys.argv:
        sys.exit("README.md shows an old run; write it anew with: python tools/readme.py" if new != old else 0)
    README.write_text(new, encoding="utf-8")
