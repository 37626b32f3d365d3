"""docs/rules.md says of every shipped rule what it is for and what it cannot see."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

TOOL = Path(__file__).parents[2] / "tools" / "rules_page.py"


def test_the_page_of_the_rules_is_as_the_rules_are() -> None:
    done = subprocess.run([sys.executable, str(TOOL), "--check"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
