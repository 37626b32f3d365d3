"""Where the generated page of an obligation or control lies, relative to the root of this project."""

from __future__ import annotations

from genai_policy.model import Lang, Law, Obligation
from genai_policy.report.wording import phrase

PAGES = "docs/obligations"
#: What the loader calls the directory of the shipped packs: in a checkout, and inside a wheel.
_SHIPPED = ("policies/", "_policies/")


def page_of(id: str, lang: Lang) -> str:
    """Return the page of an obligation (``pack/name``) or of a control (a plain name)."""
    ending = ".zh.md" if lang == "zh" else ".md"
    return f"{PAGES}/{id if '/' in id else f'controls/{id}'}{ending}"


def has_page(obligation: Obligation) -> bool:
    """Say whether the obligation came with the tool, and so has a generated page."""
    return obligation.file.startswith(_SHIPPED)


def page_link(id: str, law: Law, lang: Lang, base: str = "") -> str:
    """Return the address of an obligation's page below ``base``, its path in this project without one, "" where it has none."""
    obligation = law.obligation(id)
    if obligation is None or not has_page(obligation):
        return ""
    return f"{base.rstrip('/')}/{page_of(id, lang)}" if base else page_of(id, lang)


def where_to_read(id: str, page: str, lang: Lang, *, briefly: bool = False) -> str:
    """Return where a person reads on: the page where it has an address, else the command that prints it, and the page's path unless
    ``briefly``."""
    if "://" in page:
        return phrase("format.page", lang, page=page)
    return phrase("format.explain-briefly" if briefly else "format.explain", lang, id=id, page=page)
