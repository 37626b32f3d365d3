"""What code says to this tool in comments of four languages, and what only looks like it."""

from __future__ import annotations

from pathlib import Path

import pytest

from genai_policy.read.comments import comments_to_us
from genai_policy.read.tree import open_tree

SAID = "genai-policy: waive a/b until 2026-12-31 - r"
CASES = {
    "trailing.py": (f"x = 1  # {SAID}\n", [(1, 1, 1)]),
    "above.py": (f"# {SAID}\n# another remark\n\n@route\ndef f():\n    return 1\n", [(1, 4, 6)]),
    "inside.py": (f"def f():\n    # {SAID}\n    if x:\n        y()\n    return 1\n", [(2, 3, 4)]),
    "after_noqa.py": (f"x = 1  # noqa  # {SAID}\n", [(1, 1, 1)]),
    "text.py": (f's = "# {SAID}"\nt = """\n# {SAID}\n"""\n', []),
    "alone.py": (f"x = 1\n# {SAID}\n", [(2, 2, 2)]),
    "page.tsx": (f"// {SAID}\nexport function f() {{\n  return <p>{{x}}</p>;\n}}\n", [(1, 2, 4)]),
    "block.ts": (f"/* {SAID} */\nconst f = async () => {{\n  await g();\n}};\n", [(1, 2, 4)]),
    "starred.js": (f"/**\n * {SAID}\n */\nfunction f() {{}}\n", [(2, 4, 4)]),
    "template.js": (f"const s = `// {SAID}`;\n", []),
    "A.java": (f"class A {{\n  // {SAID}\n  @Get\n  String f() {{\n    return g();\n  }}\n}}\n", [(2, 3, 6)]),
    "B.java": (f"class B {{\n  String f() {{ return g(); }} /* {SAID} */\n}}\n", [(2, 2, 2)]),
    "main.go": (f"package main\n\n// {SAID}\nfunc f() {{\n\tg()\n}}\n", [(3, 4, 6)]),
    "page.html": (f"<!-- {SAID} -->\n", []),
    "notes.md": (f"# {SAID}\n", []),
}


@pytest.mark.parametrize("name", CASES)
def test_comments_are_found_with_the_lines_they_are_about(tmp_path: Path, name: str) -> None:
    text, expected = CASES[name]
    (tmp_path / name).write_text(text, "utf-8")
    found = comments_to_us(open_tree(tmp_path))
    assert [(comment.line, comment.first, comment.last) for comment in found] == expected
    assert all(comment.said == "waive a/b until 2026-12-31 - r" for comment in found)


def test_test_files_say_nothing(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_a.py").write_text(f"x = 1  # {SAID}\n")
    assert comments_to_us(open_tree(tmp_path)) == ()


def test_broken_code_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"def (((\n" + f"# {SAID}\n".encode() + b"\xff\xfe ((")
    (tmp_path / "b.ts").write_text("/*" * 50_000 + SAID)
    comments_to_us(open_tree(tmp_path))
