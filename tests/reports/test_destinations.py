"""``-f`` and ``-o``: which report goes where, what reporters may ask for, and lines of files that do not lead out of the tree."""

from __future__ import annotations

import pytest

from genai_policy.cli.formats import PAGES, destinations, fitted, link_base
from genai_policy.cli.source_lines import MAX_BYTES, SourceLines
from genai_policy.errors import UsageProblem
from genai_policy.report.github import GithubReport
from genai_policy.report.sarif import SarifReport


@pytest.mark.parametrize(
    ("formats", "outputs", "expected"),
    [
        ([], [], [("text", "-")]),
        ([], ["a.html"], [("html", "a.html")]),
        (["sarif", "text"], ["a.sarif"], [("sarif", "a.sarif"), ("text", "-")]),
        (["gitlab", "junit-gitlab", "text"], ["q.json", "j.xml"], [("gitlab", "q.json"), ("junit-gitlab", "j.xml"), ("text", "-")]),
        (["sarif-findings", "github"], ["a.sarif"], [("sarif-findings", "a.sarif"), ("github", "-")]),
        (["json", "markdown"], ["a.json", "b.md"], [("json", "a.json"), ("markdown", "b.md")]),
    ],
)
def test_pairs_formats_with_files(formats, outputs, expected):
    assert destinations(formats, outputs) == expected


@pytest.mark.parametrize(
    ("formats", "outputs"),
    [(["json", "text"], []), (["json", "gitlab", "text"], ["a.json"]), (["text", "json"], ["a.odd"]), (["json", "text"], ["a", "a"])],
)
def test_what_is_not_clear_fails(formats, outputs):
    with pytest.raises(UsageProblem):
        destinations(formats, outputs)


def test_a_reporter_gets_the_settings_it_has_fields_for():
    lines = SourceLines.__call__
    settings = {"prefix": "b/", "pages": "https://example.org", "sources": "", "lines": lines, "style": None}
    assert fitted(GithubReport(), **settings) == GithubReport(prefix="b/", pages="https://example.org")
    assert fitted(SarifReport(), **settings) == SarifReport(prefix="b/", pages="https://example.org", lines=lines)


def test_addresses_come_from_the_environment(monkeypatch):
    monkeypatch.delenv(PAGES, raising=False)
    assert link_base(PAGES) == ""
    monkeypatch.setenv(PAGES, "https://example.org/v1/")
    assert link_base(PAGES) == "https://example.org/v1"


@pytest.mark.parametrize("value", ["javascript:alert(1)", "https://a b", 'https://a">', "docs/", "https://a)x("])
def test_an_address_that_is_none_is_a_mistake(monkeypatch, value):
    monkeypatch.setenv(PAGES, value)
    with pytest.raises(UsageProblem, match=PAGES):
        link_base(PAGES)


def test_lines_stay_in_the_tree(tmp_path):
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "secret").write_text("secret")
    (root / "a.toml").write_bytes("\ufeff一\r\n二\n".encode())
    (root / "binary").write_bytes(b"\xff\xfe\x00")
    (root / "large").write_bytes(b"x" * (MAX_BYTES + 1))
    (root / "out").symlink_to(tmp_path / "secret")
    lines = SourceLines(root)
    assert [lines("a.toml", n) for n in (0, 1, 2, 3, 9)] == [None, "一", "二", "", None]
    for file in ("../secret", "out", "binary", "large", "missing", "a\0b", "", "x" * 5_000):
        assert lines(file, 1) is None
