"""Bodies that do something, and bodies that only look like it. The cases are sources in ``cases/stubs.py.txt``."""

from __future__ import annotations

from pathlib import Path

import pytest

from genai_policy.assess.stubs import stub
from genai_policy.assess.walk import Calls
from tests.unit.assess.programs import unlinked

_TEXT = (Path(__file__).parent / "cases" / "stubs.py.txt").read_text(encoding="utf-8")
CASES = [case.partition("\n") for case in _TEXT.split("\n=== ")[1:]]


@pytest.mark.parametrize(("title", "source"), [(title, source) for title, _, source in CASES], ids=[c[0] for c in CASES])
def test_case(title: str, source: str) -> None:
    code = unlinked({"app.py": source})
    found = stub(code.functions["app.py#subject"], Calls(code))
    assert (found.reason if found else "works") == title.partition(":")[0]


def test_the_flag_is_named() -> None:
    code = unlinked({"app.py": "import os\ndef subject(t):\n    if os.getenv('LABEL_ON'):\n        return t + 'x'\n    return t\n"})
    found = stub(code.functions["app.py#subject"], Calls(code))
    assert found is not None
    assert found.flag == "LABEL_ON"
