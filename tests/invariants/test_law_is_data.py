"""The law is data: none of it stands in Python, a new instrument adds files only, and every text stands in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tomli
from click.testing import CliRunner

from genai_policy.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
POLICIES = ROOT / "policies"
PYTHON = sorted((ROOT / "genai_policy").rglob("*.py"))
LEGAL = {
    "a Chinese character": r"[\u3400-\u9fff\uff08-\uff5e\u300a-\u300b]",
    "an article": r"(?i)\b(?:art|arts|article|articles|clause|annex|para|paragraph)\.? ?\d+",
    # GB 18030 and its elder siblings are ways to write characters, not standards about services
    "a standard": r"\b(?:GB/?T? ?(?!18030|2312)\d{4,}|TC260)",
    "a number of an act": r"\b\d{3,4}/\d{4}(?:/QH\d+)?\b|\bSB ?\d{2,}\b|\bAB ?\d{3,}\b",
}


@pytest.mark.parametrize("what", LEGAL)
def test_no_law_stands_in_python(what: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path in PYTHON
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if re.search(LEGAL[what], line)
    ]
    assert found == []


def test_no_python_names_an_obligation_or_a_pack() -> None:
    packs = [p.parent.name for p in POLICIES.glob("*/pack.toml")]
    obligations = [f"{p.parents[1].name}/{p.stem}" for p in POLICIES.glob("*/obligations/*.toml")]
    # in words for people a pack may stand as an example
    names = re.compile("|".join(map(re.escape, obligations)))
    assert packs
    assert [p.as_posix() for p in PYTHON if names.search(p.read_text("utf-8"))] == []


# ---- a whole instrument ----------------------------------------------------------------------------------------------------------

WORDS = "{ en = 'Say so', zh = '予以说明' }"
INSTRUMENT = {
    "pack.toml": f"""
schema = 1
id = "xx-mist-act"
jurisdiction = "XX"
status = "in-force"
version = "1.0.0"
in-force = 2026-01-01
read-on = 2026-11-15
read-again = 2027-11-15
sources = ["https://example.org/mist"]
title = {WORDS}
instrument = {WORDS}
""",
    "predicates.toml": """
schema = 1
[[predicate]]
name = "MIST"
otherwise = "no"
[[predicate.rule]]
answer = "yes"
when = { fact = "output.modalities", contains = "virtual-scene" }
""",
    **{
        f"obligations/{name}.toml": f"""
schema = 1
id = "xx-mist-act/{name}"
role = "duty"
force = "mandatory"
in-force = 2026-01-01
strength = "presence"
on-unknown = "applies"
title = {WORDS}
duty = {WORDS}
clause = {WORDS}
fix = {WORDS}
limits = {WORDS}
applies-when = {{ predicate = "MIST" }}
[[requires]]
control = "{control}"
"""
        for name, control in (("notice", "ai-interaction-notice"), ("entry", "complaint-entry"))
    },
}
MANIFEST = """
schema = 1
[service]
stage = "live"
[output]
modalities = ["virtual-scene"]
[implements]
ai-interaction-notice = { document = "notice.md" }
"""


def test_a_new_instrument_with_two_obligations_adds_files_only(tmp_path: Path) -> None:
    for path, text in INSTRUMENT.items():
        file = tmp_path / "more" / "xx-mist-act" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    service = tmp_path / "service"
    service.mkdir()
    (service / "genai-service.toml").write_text(MANIFEST, "utf-8")
    (service / "notice.md").write_text("You are talking to an AI system, not to a person.\n", "utf-8")
    named = ["--pack-dir", str(tmp_path / "more")]

    def run(*arguments: str) -> str:
        return CliRunner().invoke(main, [*arguments, *named], catch_exceptions=False).output

    assert "xx-mist-act" in run("pack", "list")
    assert "no mistakes" in run("pack", "lint", "--as-of", "2026-11-22")
    judged = run("check", str(service), "--pack", "xx-mist-act", "--as-of", "2026-11-15", "--jobs", "1", "--no-cache", "-f", "json")
    outcomes = {o["id"]: o["outcome"] for s in tomli_json(judged)["services"] for o in s["obligations"]}
    assert outcomes == {"xx-mist-act/entry": "unmet", "xx-mist-act/notice": "satisfied"}
    assert "予以说明" in run("explain", "xx-mist-act/notice", "--lang", "zh")


def tomli_json(text: str) -> Any:
    import json

    return json.loads(text[text.index("{") : text.rindex("}") + 1])


# ---- two languages ---------------------------------------------------------------------------------------------------------------


def texts(value: Any, at: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every table that holds a text in one language or the other."""
    if isinstance(value, dict):
        if {"en", "zh"} & value.keys() and all(isinstance(v, str) for v in value.values()):
            yield at, value
        else:
            for key, inner in value.items():
                yield from texts(inner, f"{at}.{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from texts(inner, f"{at}[{index}]")


FILES = [p for p in sorted(POLICIES.rglob("*.toml")) if "tests" not in p.relative_to(POLICIES).parts]
FOUND = [found for file in FILES for found in texts(tomli.loads(file.read_text("utf-8")), file.relative_to(POLICIES).as_posix())]


def test_every_text_of_every_file_beside_the_packs_has_both_languages() -> None:
    assert len(FOUND) > 1500
    assert [at for at, text in FOUND if set(text) != {"en", "zh"} or not all(v.strip() for v in text.values())] == []


def test_each_language_is_written_in_its_own_script() -> None:
    # a clause abroad may be a bare number, and a topic may be an acronym
    assert [at for at, t in FOUND if not re.search(r"[\u4e00-\u9fff]", t["zh"]) and not at.endswith(".clause")] == []
    chinese = [at for at, t in FOUND if re.search(r"[\u4e00-\u9fff]", re.sub(r"\([^)]*\)|\"[^\"]*\"", "", t["en"]))]
    assert chinese == [], "quote what is looked for, or put it in brackets"


#: Terms that the instruments do not use for what is meant, and the official ones.
STRANGE = {
    "备案登记": "备案 or 登记",
    "明示标识": "显式标识",
    "隐性标识": "隐式标识",
    "水印标识": "标识",
    "服务商": "提供者",
    "人工智能生成物": "生成合成内容",
    "舆论属性及社会动员能力": "舆论属性或者社会动员能力",
    "闸门": "门禁",
    "政策包": "规则包",
    "待复核": "待人工确认",
    "谓词": "判定条件",
}


@pytest.mark.parametrize("term", STRANGE)
def test_chinese_texts_use_the_official_terms(term: str) -> None:
    messages = [p.read_text("utf-8") for p in sorted((ROOT / "genai_policy" / "messages").glob("*.toml"))]
    assert [at for at, text in FOUND if term in text["zh"]] == [], STRANGE[term]
    assert not any(term in text for text in messages), STRANGE[term]


def test_chinese_texts_keep_chinese_punctuation() -> None:
    strange = re.compile(r"[\u4e00-\u9fff][,;:?!](?:[\u4e00-\u9fff]|$)|》、《")
    assert [(at, m.group()) for at, text in FOUND if (m := strange.search(text["zh"]))] == []
