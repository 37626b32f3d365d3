"""The html report: one file that holds all it shows, well formed, in both languages, with nothing of the repository turned into markup."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from html.parser import HTMLParser

import pytest
from verdicts import VERDICTS, closed, many

from genai_policy.report.html import STYLE, HtmlReport

VOID = {"meta", "input", "br"}


class Page(HTMLParser):
    """Checks that tags nest, and keeps what tests ask for."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.ids, self.links, self.words = [], [], [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        assert len(values) == len(attrs)
        assert not any(name.startswith("on") for name in values)
        self.tags.append((tag, values))
        self.ids += [values["id"]] if "id" in values else []
        self.links += [values["href"]] if "href" in values else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def page(verdict, lang="en", **settings):
    return Page(HtmlReport(**settings)(verdict, lang))


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", VERDICTS)
def test_is_well_formed_and_asks_for_nothing(name, lang):
    found = page(VERDICTS[name], lang, pages="https://example.org/v1", sources="https://example.org/blob/abc")
    names = {tag for tag, _ in found.tags}
    assert not names & {"script", "img", "link", "iframe", "object", "form", "base"}
    assert not any("src" in values for _, values in found.tags)
    assert len(set(found.ids)) == len(found.ids)
    inside = [link[1:] for link in found.links if link.startswith("#")]
    assert set(inside) <= set(found.ids)
    assert all(link.startswith(("https://example.org/", "#")) for link in found.links)


def test_the_policy_allows_the_style_and_nothing_else():
    text = HtmlReport()(closed(), "en")
    style = re.search(r"<style>(.*)</style>", text, re.DOTALL).group(1)
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"content=\"default-src 'none'; style-src 'sha256-{digest}'\"" in text
    assert "url(" not in style
    assert "@import" not in style


def test_hostile_text_is_shown_as_text():
    found = page(VERDICTS["hostile"])
    assert not [tag for tag, _ in found.tags if tag in ("i", "b")]
    assert any("`b`<i>&\"'@me" in word for word in found.words)


def test_both_languages_are_there_and_the_one_asked_for_is_shown():
    for lang, tag in (("en", "en"), ("zh", "zh-CN")):
        found = page(closed(), lang)
        assert found.tags[0] == ("html", {"lang": tag})
        assert [values["id"] for name, values in found.tags if name == "input" and "checked" in values] == [f"show-{lang}"]
        assert {"en", "zh"} <= set(found.ids)


def test_a_finding_leads_to_the_duty_in_words():
    text = HtmlReport()(closed(), "en")
    number = re.search(r'<a href="#(en-\d+)">cn-demo/label</a>', text).group(1)
    assert f'<h3 id="{number}"><span class="id">cn-demo/label</span> title of label</h3>' in text
    assert "the provider does label" in text
    assert "only wiring is seen" in text


def test_the_table_has_a_row_for_every_duty():
    found = page(closed())
    (english, *_), words = [i for i, w in enumerate(found.words) if w == "cn-demo/licence"], found.words
    assert words[english]
    assert sum(tag == "table" for tag, _ in found.tags) == 4
    assert [values.get("scope") for tag, values in found.tags if tag == "th"] == ["col"] * 18


def test_tables_can_be_reached_and_scrolled_by_keyboard():
    wide = [values for tag, values in page(closed()).tags if values.get("class") == "wide"]
    assert wide
    assert all(values["tabindex"] == "0" and values["role"] == "region" and values["aria-label"] for values in wide)


def _luminance(colour):
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_text_stands_out_from_its_ground_in_every_scheme():
    schemes = [dict(re.findall(r"--(\w+): (#\w{6})", block)) for block in re.findall(r":root \{([^}]*)\}", STYLE.read_text("utf-8"))]
    assert len(schemes) == 3
    full = schemes[0]
    for scheme in (full, full | schemes[1], full | schemes[2]):
        for ground in ("back", "soft"):
            for ink in ("text", "link", "good", "bad", "open"):
                light, dark = sorted((_luminance(scheme[ink]), _luminance(scheme[ground])), reverse=True)
                assert (light + 0.05) / (dark + 0.05) >= 4.5, (ink, ground)


def test_thousands_of_findings_are_cut_and_counted():
    text = HtmlReport()(many(1_500), "en")
    assert "500 more are left out here: the json report holds all" in text
