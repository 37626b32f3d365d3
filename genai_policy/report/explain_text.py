"""One obligation or control → text: the duty, why it binds, how to satisfy it, what is looked for, what cannot be seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from genai_policy.model import Control, Lang, Law, Obligation
from genai_policy.report.explain_parts import At, Item, Part, control_parts, obligation_parts
from genai_policy.report.layout import Pen, Style


def obligation_text(law: Law, obligation: Obligation, lang: Lang, style: Style, at: At = At()) -> str:  # noqa: B008 - frozen
    """Return the page of one obligation."""
    pen = Pen(lang, style)
    return _page(f"{obligation.id}  {obligation.title.say(lang)}", obligation_parts(law, obligation, pen, at), pen)


def control_text(law: Law, control: Control, lang: Lang, style: Style, at: At = At()) -> str:  # noqa: B008 - frozen
    """Return the page of one control."""
    pen = Pen(lang, style)
    return _page(f"{control.id}  {control.title.say(lang)}", control_parts(law, control, pen, at), pen)


def _page(heading: str, parts: Sequence[Part], pen: Pen) -> str:
    lines = [*pen.block(heading, "", "  ", "bold"), ""]
    for part in parts:
        lines += _part(part, pen)
    return "\n".join(lines) + "\n"


def _part(part: Part, pen: Pen) -> Iterator[str]:
    """Yield a labelled part: its first paragraph beside the label, the others below."""
    label = pen.say(f"explain.part-{part.code}")
    for number, item in enumerate(part.items):
        text = _item(item)
        if number:
            yield from pen.block(text, "  ", "    ")
        else:
            yield from pen.block(f"{label}{'' if pen.lang == 'zh' else ' '}{text}", "", "  ")
        for line in item.code.splitlines():
            yield f"      {line}".rstrip()


def _item(item: Item) -> str:
    return "  ".join(text for text in (item.ref, item.text) if text)
