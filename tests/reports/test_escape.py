"""Whatever a repository holds, escaped text is text: for XML, HTML, Markdown, code spans, URIs and workflow commands."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from html import unescape
from urllib.parse import unquote_to_bytes

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from genai_policy.model import Place
from genai_policy.report.escape import html_safe, markdown_code, markdown_safe, printable, uri_path, xml_safe
from genai_policy.report.github import Annotation

SPECIAL = "`*_{}[]()<>#+-.!|~@&$^\\:/\"'= \n\r\t\x00\x1b\u202e\u200b\ud800\ufffe%,a1中😀"
TEXTS = st.text(st.one_of(st.sampled_from(SPECIAL), st.characters()), max_size=40)
PHRASES = st.lists(
    st.sampled_from(["##[error]", "::error::", "@me", "www.x.y", "http://x", "<b>", "](", "||", "``", "\n::", "&amp;"]), max_size=4
)
MARKDOWN = MarkdownIt("commonmark").enable("table")
settings.register_profile("reports", max_examples=150, deadline=None)


@settings(settings.get_profile("reports"))
@given(TEXTS, PHRASES)
def test_xml_holds_it(text, phrases):
    document = f'<a b="{xml_safe(text + "".join(phrases))}">{xml_safe(text)}</a>'
    assert len(ET.fromstring(document.encode("utf-8"))) == 0


@settings(settings.get_profile("reports"))
@given(TEXTS, PHRASES)
def test_html_shows_it(text, phrases):
    whole = text + "".join(phrases)
    assert not re.search("[<>\"']", html_safe(whole))
    assert unescape(html_safe(whole)) == printable(whole)


@settings(settings.get_profile("reports"))
@given(TEXTS, PHRASES)
def test_markdown_shows_it(text, phrases):
    whole = text + "".join(phrases)
    for piece, expected in ((markdown_safe(whole), printable(whole)), (markdown_code(whole), printable(whole) or " ")):
        (cell,) = re.findall(r"<td>(.*)</td>", MARKDOWN.render(f"| h |\n| --- |\n| x{piece}x |"))
        assert not re.search(r"<(?!/?code>)", cell)
        assert unescape(re.sub(r"</?code>", "", cell)).replace("\u200b", "") == f"x{expected}x"
    assert not re.search(r"@\w|https?://|www\.", unescape(markdown_safe(whole)))


@settings(settings.get_profile("reports"))
@given(TEXTS)
def test_a_uri_stands_for_the_same_path(text):
    path = text.encode("utf-8", "replace").decode()
    assert re.fullmatch(r"[A-Za-z0-9_./~%-]*", uri_path(path))
    assert unquote_to_bytes(uri_path(path)).decode() == path


@settings(settings.get_profile("reports"))
@given(TEXTS, TEXTS, PHRASES)
def test_an_annotation_is_one_command(file, text, phrases):
    whole = text + "".join(phrases)
    for line in (Annotation("error", Place(file or "x", 1), whole, whole).command(), Annotation("error", None, whole, whole).command()):
        assert re.fullmatch(r"::error (file=[^:,\r\n]*,line=1,)?title=[^:,\r\n]*::[^\r\n]*", line)
        assert "##[" not in line
