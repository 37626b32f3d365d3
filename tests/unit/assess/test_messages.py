"""Every message that evidence and verdicts give is worded in both languages with the arguments it carries."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import tomli

PACKAGE = Path(__file__).parents[3] / "genai_policy"
AREAS = {
    "evidence.toml": (
        "assess/evidence",
        "assess/asked.py",
        "assess/symbols.py",
        "assess/lookalikes.py",
        "assess/notices.py",
        "read/materials.py",
        "read/settings_files.py",
        "read/documents.py",
    ),
    "flow.toml": ("assess/evidence/hook.py",),
    "verdict.toml": ("assess/gate.py", "assess/findings.py", "assess/verdict.py", "assess/waiving.py"),
}
_CODE = re.compile(r'"([a-z]+(?:\.[a-z]+(?:-[a-z]+)*))"')


def wording(area: str) -> dict[str, dict[str, str]]:
    data = tomli.loads((PACKAGE / "messages" / area).read_text(encoding="utf-8"))
    return {f"{group}.{name}": words for group, entries in data.items() for name, words in entries.items()}


def sources(area: str) -> str:
    files = [f for name in AREAS[area] for f in ([PACKAGE / name] if name.endswith(".py") else sorted((PACKAGE / name).glob("*.py")))]
    return "\n".join(f.read_text(encoding="utf-8") for f in files if f.exists())


@pytest.mark.parametrize("area", AREAS)
def test_every_code_is_worded_and_every_wording_is_used(area: str) -> None:
    words = wording(area)
    groups = {code.partition(".")[0] for code in words}
    used = {code for code in _CODE.findall(sources(area)) if code.partition(".")[0] in groups}
    assert used - set(words) == set()
    assert set(words) - used == set()


@pytest.mark.parametrize("area", AREAS)
def test_both_languages_fill_the_same_places(area: str) -> None:
    for code, text in wording(area).items():
        assert set(text) == {"en", "zh"}, code
        en, zh = (set(re.findall(r"{(\w+)}", text[lang])) for lang in ("en", "zh"))
        assert {n.removesuffix("_en") for n in en} == {n.removesuffix("_zh") for n in zh}, code
