"""Settings, registers, documents and pages read from hostile and ordinary files."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import pytest

from genai_policy.model.code import Place
from genai_policy.model.message import Message
from genai_policy.model.service import Attestation, Locator, Service
from genai_policy.model.verdict import Setting, TextFile
from genai_policy.read.documents import is_page, read_document, read_page
from genai_policy.read.materials import MAX_PAGE, Materials, decode, read_materials
from genai_policy.read.registers import read_register
from genai_policy.read.settings_files import read_setting
from genai_policy.read.structured import NotStructured, parse
from tests.unit.assess.judging import AS_OF, MemoryTree


def service(root: str = "", **claims: str) -> Service:
    locators = {k: (Locator(k, target, Place("genai-service.toml", 2)),) for k, target in claims.items()}  # type: ignore[arg-type]
    return Service("genai-service.toml", root, "demo", implements=locators)


def gathered(files: Mapping[str, str | bytes], *services: Service, left_out: Mapping[str, str] | None = None) -> Materials:
    return read_materials(MemoryTree(files, left_out), services)


def value(file: str, text: str, key: str) -> Any:
    found = read_setting(file, text, key)
    return found.value if isinstance(found, Setting) else found.code


# ---- where things are found ----------------------------------------------------------------------------------------------


def test_targets_are_relative_to_the_manifest() -> None:
    found = gathered({"svc/a.toml": "x = 1\n", "a.toml": "x = 2\n"}, service("svc", setting="a.toml#x"))
    assert found.settings["svc/a.toml#x"] == Setting("svc/a.toml", "x", 1, Place("svc/a.toml", 1))


def test_a_service_may_name_files_above_it_inside_the_root() -> None:
    found = gathered({"docs/terms.md": "# Terms\n\nSome text.\n"}, service("svc/a", document="../../docs/terms.md"))
    assert "docs/terms.md" in found.texts


@pytest.mark.parametrize("target", ["../secret.toml#x", "../../etc/passwd#x", "a/../../x.toml#x", "/etc/passwd#x"])
def test_nothing_outside_the_root_is_read(target: str) -> None:
    class Watched(MemoryTree):
        def read(self, path: str) -> bytes:
            raise AssertionError(f"read {path}")

    found = read_materials(Watched({"a.txt": ""}), [service(setting=target)])
    assert [m.code for m in found.problems.values()] == ["file.outside"]


def test_attested_documents_are_read() -> None:
    attestation = Attestation("Li", AS_OF, AS_OF, "r", Place("m", 1), control="c", document="docs/proof.md")
    found = gathered({"docs/proof.md": "text"}, Service("m", "", "demo", attestations=(attestation,)))
    assert found.texts["docs/proof.md"].passages[0].text == "text"


def test_an_unreadable_file_is_a_problem() -> None:
    class Broken(MemoryTree):
        def read(self, path: str) -> bytes:
            raise OSError("permission denied")

    found = read_materials(Broken({"a.toml": "", "web/a.html": ""}), [service(setting="a.toml#x")])
    assert found.problems["a.toml#x"] == Message("file.unreadable", {"file": "a.toml", "reason": "permission denied"})
    assert [(g.file, g.kind) for g in found.gaps] == [("web/a.html", "unreadable")]


def test_pages_are_read_but_not_those_of_others() -> None:
    files = {"web/a.html": "a", "web/B.vue": "b", "static/app.js": "c", "server/app.js": "d", "node_modules/x.html": "e", "README.md": "f"}
    found = gathered(files, left_out={"node_modules/x.html": "vendored"})
    assert sorted(found.texts) == ["static/app.js", "web/B.vue", "web/a.html"]
    assert all(text.page for text in found.texts.values())


def test_an_oversized_page_is_a_gap() -> None:
    found = gathered({"web/a.html": "x" * (MAX_PAGE + 1)})
    assert [(g.file, g.kind) for g in found.gaps] == [("web/a.html", "bound")]


@pytest.mark.parametrize(
    ("file", "page"), [("a.HTML", True), ("templates/x.jinja2", True), ("src/App.tsx", True), ("api/server.ts", False), ("a.md", False)]
)
def test_what_counts_as_a_page(file: str, page: bool) -> None:
    assert is_page(file) is page


# ---- encodings -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk", "gb18030"])
def test_chinese_text_in_common_encodings(encoding: str) -> None:
    assert decode("名称,许可\r\n百科,MIT\r\n".encode(encoding)) == "名称,许可\n百科,MIT\n"


@pytest.mark.parametrize("data", [b"\x00\x01\x02", b"PK\x03\x04\x00", bytes(range(128, 256)) * 9])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"binary|not text"):
        decode(data)


# ---- settings ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "text", "key", "expected"),
    [
        ("a.toml", "[a.b]\nc = 'x'\n", "a.b.c", "x"),
        ("a.toml", "[[a]]\nname = 'n'\nv = 3\n", "a.n.v", 3),
        ("a.toml", "a = [", "a", "setting.not-parsed"),
        ("a.json", '{"a": {"b": [1, {"c": true}]}}', "a.b.1.c", True),
        ("a.json", '// note\n{"a": 1, /* x */}', "a", 1),
        ("a.json", '{"a": 1', "a", "setting.not-parsed"),
        ("a.json", '{"a": "\\u4e2d"}', "a", "中"),
        ("a.yaml", "a:\n  b: 012\n  c: 1_000\n", "a.c", 1000),
        ("a.yaml", "a: !!python/object/apply:os.system ['x']\n", "a.0", "x"),
        ("a.yaml", "a: !Custom text\n", "a", "text"),
        ("a.yaml", "env:\n  - name: A\n    value: '1'\n  - name: B\n    valueFrom: {secretKeyRef: {key: k}}\n", "env.A", "1"),
        ("a.yaml", "x: &x {k: 1}\ny: {<<: *x, k: 2}\n", "y.k", 2),
        ("a.yaml", "", "a", "setting.no-key"),
        ("a.ini", "[s]\nk: v # note\n", "s.k", "v"),
        ("a.properties", "a.b = x\\\n  y\n", "a.b", "xy"),
        (".env", '# A=0\nA="1 # 2"\nB = 3\n', "A", "1 # 2"),
        (".env.production", "A=$B\n", "A", "setting.filled-in"),
        ("a.xml", "<a/>", "a", "setting.not-parsed"),
        ("a.yaml", "a: 1\n", "", "setting.no-key-named"),
    ],
)
def test_settings(file: str, text: str, key: str, expected: Any) -> None:
    assert value(file, text, key) == expected


@pytest.mark.parametrize(
    ("file", "text", "key", "line"),
    [
        ("a.toml", "# c\n[a]\nb = 1\n\n[a.c]\nd = 2\n", "a.c.d", 6),
        ("a.toml", "[[x]]\na = 1\n[[x]]\na = 2\n", "x.1.a", 4),
        ("a.json", '{\n "a": {\n  "b": 1\n }\n}', "a.b", 3),
        ("a.yaml", "a: 1\n---\nb:\n  c: 2\n", "b.c", 4),
        ("a.ini", "[s]\n\nk = v\n", "s.k", 3),
        (".env", "\nA=1\n", "A", 2),
    ],
)
def test_settings_know_their_line(file: str, text: str, key: str, line: int) -> None:
    found = read_setting(file, text, key)
    assert isinstance(found, Setting)
    assert found.place.line == line


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{n}: &{n} [{', '.join(['*' + p] * 9)}]\n" for p, n in zip("abcdefghijklmnop", "bcdefghijklmnopq", strict=True)
)
MERGES = "x: &x {" + ", ".join(f"k{i}: 1" for i in range(3000)) + "}\n" + "".join(f"m{i}:\n  <<: *x\n" for i in range(3000))
HOSTILE = {
    "aliases that multiply": ("a.yaml", BOMB),
    "an alias of itself": ("a.yaml", "a: &a\n  b: *a\n"),
    "merges that multiply": (
        "a.yaml",
        "x: &x {" + ", ".join(f"k{i}: 1" for i in range(3000)) + "}\n" + "".join(f"m{i}:\n  <<: *x\n" for i in range(3000)),
    ),
    "deep brackets": ("a.yaml", "a: " + "[" * 50_000),
    "deep dashes": ("a.yaml", "- " * 50_000),
    "deep JSON": ("a.json", "[" * 100_000),
    "deep TOML": ("a.toml", "a = " + "[" * 20_000),
    "dotted TOML": ("a.toml", ".".join(["a"] * 5_000) + " = 1"),
    "endless quotes": ("a.json", '"' * 200_000),
    "spaces": ("a.ini", ("k" + " " * 50_000 + "\n") * 3),
    "long key": ("a.properties", "a" * 500_000),
    "huge number": ("a.yaml", "a: " + "9" * 50_000),
    "a huge file": ("a.yaml", "a: 1\n" * 400_000),
    "NUL": ("a.toml", "a = '\0'"),
    "surrogates": ("a.json", '{"a": "\\ud800"}'),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_settings_end_soon_and_never_raise(name: str) -> None:
    file, text = HOSTILE[name]
    start = time.process_time()
    assert isinstance(read_setting(file, text, "a.b.c.d.e.f.g"), (Setting, Message))
    read_register(file, text)
    assert time.process_time() - start < 5


def test_a_key_of_many_parts_ends_soon() -> None:
    nested = "a:\n" + "".join("  " * d + "a:\n" for d in range(1, 40))
    assert isinstance(read_setting("a.yaml", nested, ".".join(["a"] * 200)), Message)


def test_unknown_formats_say_so() -> None:
    with pytest.raises(NotStructured, match="format"):
        parse("a.docx", "")


# ---- registers -----------------------------------------------------------------------------------------------------------


def test_lines_of_csv_rows_with_line_breaks_in_cells() -> None:
    table = read_register("a.csv", 'name,note\n"a","x\ny"\nb,z\n')
    assert (table.columns, table.lines) == (("name", "note"), (2, 4))


def test_a_cell_beyond_the_limit_is_a_problem() -> None:
    assert "CSV" in read_register("a.csv", "a,b\n" + "x" * 200_000 + ",1\n").problem


def test_too_many_rows_are_a_problem() -> None:
    assert "rows" in read_register("a.csv", "a\n" + "1\n" * 60_000).problem


def test_rows_of_different_shape_share_the_columns_of_all() -> None:
    table = read_register("a.json", '[{"a": 1}, {"b": 2}]')
    assert (table.columns, table.rows) == (("a", "b"), ({"a": 1}, {"b": 2}))


@pytest.mark.parametrize(
    ("file", "text", "part", "word"),
    [
        ("a.json", '{"a": [], "b": []}', "", "several"),
        ("a.json", '{"a": 1}', "", "no list"),
        ("a.json", '{"a": [1]}', "a", "tables"),
        ("a.json", '{"a": []}', "b", "no entry"),
        ("a.jsonl", '{"a": 1}\n{', "", "line 2"),
        ("a.xlsx", "", "", "register is"),
        ("a.csv", "\n\n", "", "empty"),
    ],
)
def test_what_is_no_register_says_why(file: str, text: str, part: str, word: str) -> None:
    assert word in read_register(file, text, part).problem


# ---- documents -----------------------------------------------------------------------------------------------------------


def section(text: str, heading: str, file: str = "a.md") -> str:
    found = read_document(file, text, heading)
    assert isinstance(found, TextFile), found
    return " / ".join(f"{p.heading}: {' '.join(p.text.split())}" for p in found.passages)


@pytest.mark.parametrize(
    ("file", "text", "heading", "expected"),
    [
        ("a.md", "# A\n\none\n\n## B\n\ntwo\n\n### C\n\nthree\n\n## D\n\nfour\n", "b", "B: two / C: three"),
        ("a.md", "Title\n=====\n\none\n\nPart two\n--------\n\ntwo\n", "part-two", "Part two: two"),
        ("a.rst", "Title\n=====\n\none\n\nPart\n----\n\ntwo\n", "Part", "Part: two"),
        ("a.html", "<h1>T</h1><p>one</p><h2 id='x'>Part <b>B</b></h2><p>two &amp; more</p><h1>Z</h1>", "part b", "Part B: two & more"),
        ("a.md", "# 一、协议双方\n\n正文\n", "一、协议双方", "一、协议双方: 正文"),
    ],
)
def test_sections(file: str, text: str, heading: str, expected: str) -> None:
    assert section(text, heading, file) == expected


def test_lines_of_sections() -> None:
    found = read_document("a.md", "# A\n\none\n\n## B\n\ntwo\n", "B")
    assert isinstance(found, TextFile)
    assert (found.line, found.passages[0].line) == (5, 5)


def test_front_matter_code_and_comments_are_no_prose() -> None:
    text = "---\ntitle: x\n---\n# A\n\n<!-- hidden -->\n```\ncode\n```\n[only](#a)\nshown [link](/u)\n"
    assert section(text, "") == "A: shown link"


def test_comments_are_blanked_without_moving_lines() -> None:
    page = read_page("a.html", "<p>a</p>\n<!-- x\n y -->\n<p>b</p>")
    assert page.text.split("\n").index("<p>b</p>") == 3
    assert "x" not in page.text


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("a.jinja", "{# /complaints #}"),
        ("a.vue", "<template/>\n<script>\n  // fetch('/complaints')\n</script>"),
        ("a.tsx", "{/* <a href='/complaints'/> */}"),
        ("a.hbs", "{{!-- /complaints --}}"),
        ("a.ejs", "<%-- /complaints --%>"),
        ("a.html", "<!-- /complaints"),
    ],
)
def test_commented_links_are_gone(file: str, text: str) -> None:
    assert "/complaints" not in read_page(file, text).text


@pytest.mark.parametrize(
    "text", ["<!--" * 100_000, "<p" * 200_000, "{#" * 200_000, "#" * 400_000, "# a" + " " * 300_000 + "b", "[" * 400_000, "/*" * 200_000]
)
def test_hostile_documents_end_soon(text: str) -> None:
    start = time.process_time()
    for file in ("a.md", "a.html", "a.tsx", "a.rst", "a.vue"):
        read_document(file, text)
        read_page(file, text)
    assert time.process_time() - start < 6
