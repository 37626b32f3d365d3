"""The ``html`` format: one file for people who decide and people who keep records, in both languages.

It holds everything it shows: no script, no font, no picture, no request, which its own policy forbids too. The languages are switched by
two radio buttons and style alone, so it also works where scripts are off, and it prints in the language that is shown.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from genai_policy import __version__
from genai_policy.hookspecs import hookimpl
from genai_policy.model import Lang, Verdict
from genai_policy.report.escape import html_safe
from genai_policy.report.html_parts import LANGS, TAG
from genai_policy.report.html_sections import sections
from genai_policy.report.markdown_text import Links
from genai_policy.report.wording import phrase

LANGUAGE = "format.language"
STYLE = Path(__file__).with_name("html.css")


@dataclass(frozen=True)
class HtmlReport:
    """Writes one document. ``prefix`` is the scanned directory relative to the repository's root; ``pages`` the address below which the
    pages of the obligations lie; ``sources`` that of the repository's files. The language asked for is shown first."""

    prefix: str = ""
    pages: str = ""
    sources: str = ""
    name: str = "html"

    def __call__(self, verdict: Verdict, lang: Lang) -> str:
        style = _style()
        digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
        links = Links(self.prefix, self.sources)
        lines = [
            "<!DOCTYPE html>",
            f'<html lang="{TAG[lang]}">',
            "<head>",
            '<meta charset="utf-8">',
            f"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{digest}'\">",
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="referrer" content="no-referrer">',
            f'<meta name="generator" content="genai-policy {__version__}">',
            f"<title>{html_safe(_title(verdict, lang))}</title>",
            f"<style>{style}</style>",
            "</head>",
            "<body>",
            "<main>",
        ]
        for each in LANGS:
            checked = " checked" if each == lang else ""
            lines.append(f'<input class="lang" type="radio" name="lang" id="show-{each}"{checked}>')
            lines.append(f'<label for="show-{each}" lang="{TAG[each]}">{phrase("format.language", each)}</label>')
        for each in LANGS:
            lines.append(f'<div id="{each}" lang="{TAG[each]}">')
            lines.append(f"<h1>{html_safe(_title(verdict, each))}</h1>")
            lines += sections(verdict, each, links, self.pages)
            lines.append("</div>")
        return "\n".join([*lines, "</main>", "</body>", "</html>"]) + "\n"


@hookimpl
def genai_policy_reporters() -> list[HtmlReport]:
    """Offer the ``html`` format."""
    return [HtmlReport()]


def _title(verdict: Verdict, lang: Lang) -> str:
    services = ", ".join(service.service.name for service in verdict.services[:5])
    return phrase("format.title", lang, gate=phrase(f"text.gate-{verdict.gate}", lang), services=services or "-")


@lru_cache(maxsize=1)
def _style() -> str:
    return STYLE.read_text("utf-8").strip()
