"""The markdown report: what a renderer makes of it, links, bounds."""

from __future__ import annotations

import re
from html import unescape

import pytest
from markdown_it import MarkdownIt
from verdicts import VERDICTS, closed, many

from genai_policy.report.escape import markdown_code, markdown_safe
from genai_policy.report.markdown import MarkdownReport

PAGES, SOURCES = "https://example.org/v1", "https://example.org/o/r/blob/abc"

TAGS = set("h2 h3 p br ul li strong a code table thead tbody tr th td details summary".split())  # noqa: SIM905


def rendered(text):
    return MarkdownIt("commonmark").enable("table").render(text)


def report(verdict, lang="en", **settings):
    return MarkdownReport(**{"pages": PAGES, "sources": SOURCES, **settings})(verdict, lang)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", VERDICTS)
def test_only_our_own_markup_is_rendered(name, lang):
    html = rendered(report(VERDICTS[name], lang))
    tags = set(re.findall(r"</?([a-zA-Z][a-zA-Z0-9]*)", html))
    assert tags <= TAGS
    links = re.findall(r'href="([^"]*)"', html)
    assert all(link.startswith((f"{PAGES}/docs/obligations/", f"{SOURCES}/")) for link in links)
    assert "<img" not in html
    # inside of code, nobody is mentioned
    assert not re.search(r"@\w", re.sub(r"<code>.*?</code>", "", html))


def test_a_table_row_keeps_its_cells_whatever_stands_in_them():
    html = rendered(report(VERDICTS["hostile"]))
    body = re.search(r"<tbody>(.*?)</tbody>", html, re.DOTALL).group(1)
    assert {row.count("<td>") for row in body.split("</tr>") if "<td>" in row} == {5}


@pytest.mark.parametrize("text", ["`", "``a`", " a ", "a|b", "", "\\", "*_~[]()<b>&amp;#1 @x"])
def test_text_and_code_are_shown_as_they_are(text):
    for piece in (markdown_safe(text), markdown_code(text)):
        (cell,) = re.findall(r"<td>(.*)</td>", rendered(f"| h |\n| --- |\n| {piece} |"))
        shown = unescape(re.sub(r"</?code>", "", cell)).replace("\u200b", "")
        assert shown.strip() == text.strip()


def test_places_and_duties_are_linked():
    out = report(closed(), prefix="b/")
    assert f"[`b/app/routes.py:10`]({SOURCES}/b/app/routes.py#L10)" in out
    assert f"[cn-demo/label]({PAGES}/docs/obligations/cn-demo/label.md)" in out
    assert "](" not in MarkdownReport()(closed(), "en")


def test_every_outcome_that_may_bind_is_a_row_and_the_others_are_named():
    out = report(closed())
    rows = [line for line in out.splitlines() if line.startswith(("| ❌", "| ❔", "| ✅", "| –"))]
    assert len(rows) == 5
    assert "does not apply (1)" in out
    assert "`cn-demo/licence`" in out
    assert "rule rule-b skipped: semgrep is not installed" in out


@pytest.mark.parametrize("limit", [10_000, 60_000])
def test_what_does_not_fit_is_counted(limit):
    out = report(many(3_000), limit=limit)
    assert len(out.encode()) <= limit
    told = sum(line.startswith(("- ❌ **", "- ⚠️ **")) for line in out.splitlines())
    assert f"{3_000 - told} more are left out here: the json report holds all" in out
