"""The message catalogue: every code that is used is worded in both languages, and no entry is dead."""

from __future__ import annotations

import re
from pathlib import Path
from string import ascii_letters

import pytest

import genai_policy
from genai_policy.model import Message
from genai_policy.report.wording import PLACEHOLDER, catalogue, phrase, say

PACKAGE = Path(genai_policy.__file__).parent
SOURCES = {path: path.read_text("utf-8") for path in PACKAGE.rglob("*.py")}
CODE = r"([a-z][a-z0-9-]*\.[a-z0-9.-]+)"
#: A code stands alone in a literal, or is put together from a literal beginning and a word of the model.
USED = {code for text in SOURCES.values() for code in re.findall(rf"""(?:Message|phrase|say|heading)\(\s*["']{CODE}["']""", text)}
LITERALS = {code for text in SOURCES.values() for code in re.findall(rf"""["']{CODE}["']""", text)}
BEGINNINGS = {start for text in SOURCES.values() for start in re.findall(r"""f["']([a-z][a-z0-9-]*\.[a-z-]*)\{""", text)}
AREAS = {f"{area}." for text in SOURCES.values() for area in re.findall(r"""label\(["']([a-z-]+)["']""", text)}


def names(template: str) -> set[str]:
    """The arguments of a template; a text that exists in both languages comes as ``x_en`` and ``x_zh``."""
    return {found[0].removesuffix("_en").removesuffix("_zh") for found in PLACEHOLDER.findall(template)}


def test_every_code_that_is_used_is_worded():
    assert sorted(USED - catalogue().keys() - {"text"}) == []


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_both_languages_say_the_same(code):
    entry = catalogue()[code]
    assert set(entry) == {"en", "zh"}
    assert names(entry["en"]) == names(entry["zh"])
    assert not re.search(r"[\u4e00-\u9fff]", entry["en"])
    left = PLACEHOLDER.sub("", entry["zh"])
    assert re.search(r"[\u4e00-\u9fff]", left) or not set(left) & set(ascii_letters) - set("ID")


def test_no_entry_is_dead():
    starts = tuple(BEGINNINGS | AREAS)
    assert sorted(code for code in catalogue() if code not in LITERALS and not code.startswith(starts)) == []


def test_an_english_plural_follows_its_number():
    assert phrase("text.more", "en", n=3) == "and 3 more (-v shows all)"
    assert phrase("text.gaps", "en", n=1) == "gaps: 1 thing could not be assessed"
    assert phrase("text.gaps", "en", n=2) == "gaps: 2 things could not be assessed"


def test_arguments_are_not_templates():
    assert say(Message("text.fix", {"fix": "{fix} {0.__class__}"})) == "fix: {fix} {0.__class__}"


def test_an_unknown_code_loses_nothing():
    assert say(Message("vendor.odd", {"b": "2", "a": "1"})) == "vendor.odd a=1 b=2"
    assert say(Message("text", {"text": "as it is"}), "zh") == "as it is"
