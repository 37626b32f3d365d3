"""The law → Markdown pages: one per obligation and control in each language, an index, and what covers which claim. Pure: path → text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from posixpath import dirname, relpath
from typing import Any

from genai_policy.model import Lang, Law, Pack
from genai_policy.report.explain_parts import Item, Part, control_parts, obligation_parts
from genai_policy.report.layout import Pen
from genai_policy.report.page_paths import PAGES, page_of

LANGS: tuple[Lang, Lang] = ("en", "zh")
_SPECIAL = re.compile(r"([\\*<>\[\]|`])")


def pages(law: Law) -> dict[str, str]:
    """Return every generated page by its path relative to the root of the project."""
    found: dict[str, str] = {}
    for lang in LANGS:
        pen = Pen(lang)
        for pack in law.packs:
            for obligation in pack.obligations:
                found[page_of(obligation.id, lang)] = _page(
                    law, obligation.id, obligation.title.say(lang), _parts(law, obligation.id, pen), pen
                )
        for control in law.controls.values():
            found[page_of(control.id, lang)] = _page(law, control.id, control.title.say(lang), control_parts(law, control, pen), pen)
        found[_index_path(lang)] = _index(law, pen)
        found[coverage_path(lang)] = _coverage(law, pen)
    return dict(sorted(found.items()))


def coverage_path(lang: Lang) -> str:
    """Return the page that says what answers which claim, and what is not modelled."""
    return "docs/coverage.zh.md" if lang == "zh" else "docs/coverage.md"


def _parts(law: Law, id: str, pen: Pen) -> Sequence[Part]:
    obligation = law.obligation(id)
    return obligation_parts(law, obligation, pen) if obligation else ()


def _page(law: Law, id: str, title: str, parts: Sequence[Part], pen: Pen) -> str:
    path = page_of(id, pen.lang)
    other: Lang = "en" if pen.lang == "zh" else "zh"
    links = [_link(pen.say("pages.other-language"), page_of(id, other), path), _link(pen.say("pages.index"), _index_path(pen.lang), path)]
    lines = [_generated(), f"# {plain(title)}", "", f"`{id}` · {' · '.join(links)}", ""]
    for part in parts:
        lines += [f"## {_heading(pen.say(f'explain.part-{part.code}'))}", "", *_items(law, part, path, pen)]
    return _joined([*lines, plain(pen.say("pages.advice"))])


def _heading(label: str) -> str:
    """Return a label without the colon that ends it, whatever the language writes."""
    return re.sub(r"\W+$", "", label)


def _items(law: Law, part: Part, path: str, pen: Pen) -> Iterator[str]:
    listed = len(part.items) > 1 or any(item.ref for item in part.items)
    for item in part.items:
        text = _text(law, item, path, pen)
        yield f"- {text}" if listed else text
        if item.code:
            indent = "  " if listed else ""
            yield from ("", f"{indent}```", *(f"{indent}{line}".rstrip() for line in item.code.splitlines()), f"{indent}```")
        if not listed:
            yield ""
    if listed:
        yield ""


def _text(law: Law, item: Item, path: str, pen: Pen) -> str:
    text = f"<{item.text}>" if item.text.startswith(("https://", "http://")) and " " not in item.text else plain(item.text)
    if not item.ref:
        return text
    known = item.ref in law.controls or law.obligation(item.ref) is not None
    return f"{_link(f'`{item.ref}`', page_of(item.ref, pen.lang), path) if known else f'`{item.ref}`'} {text}"


# ---- index and coverage --------------------------------------------------------------------------------------------------


def _index_path(lang: Lang) -> str:
    return f"{PAGES}/README.zh.md" if lang == "zh" else f"{PAGES}/README.md"


def _index(law: Law, pen: Pen) -> str:
    path = _index_path(pen.lang)
    other: Lang = "en" if pen.lang == "zh" else "zh"
    coverage = _link(pen.say("pages.coverage"), coverage_path(pen.lang), path)
    lines = [
        _generated(),
        f"# {pen.say('pages.index')}",
        "",
        f"{_link(pen.say('pages.other-language'), _index_path(other), path)} · {coverage}",
        "",
    ]
    for pack in law.packs:
        lines += _pack_table(pack, path, pen)
    lines += [f"## {pen.say('pages.controls')}", "", "| ID | |", "|---|---|"]
    for control in law.controls.values():
        lines.append(f"| {_link(f'`{control.id}`', page_of(control.id, pen.lang), path)} | {plain(control.title.say(pen.lang))} |")
    return _joined(lines)


def _pack_table(pack: Pack, path: str, pen: Pen) -> Iterator[str]:
    yield from (f"## {plain(pack.title.say(pen.lang))}", "")
    about = pen.say("pack.about", status=pack.status, since=pack.in_force.isoformat(), jurisdiction=pack.jurisdiction)
    yield from (f"`{pack.id}` {pack.version} · {plain(about)}", "", plain(pack.instrument.say(pen.lang)), "")
    if pack.notes:
        yield from (plain(pack.notes.say(pen.lang)), "")
    yield from ("| ID | | |", "|---|---|---|")
    for obligation in pack.obligations:
        clause = plain(obligation.clause.say(pen.lang))
        link = _link(f"`{obligation.id}`", page_of(obligation.id, pen.lang), path)
        yield f"| {link} | {plain(obligation.title.say(pen.lang))} | {clause} |"
    yield ""


def _coverage(law: Law, pen: Pen) -> str:
    path = coverage_path(pen.lang)
    other: Lang = "en" if pen.lang == "zh" else "zh"
    links = _link(pen.say("pages.other-language"), coverage_path(other), path)
    links += f" · {_link(pen.say('pages.index'), _index_path(pen.lang), path)}"
    lines = [_generated(), f"# {pen.say('pages.coverage')}", "", links, "", f"## {pen.say('pages.claims')}", ""]
    lines += [f"| {pen.say('pages.claim')} | | {pen.say('pages.answered-by')} |", "|---|---|---|"]
    for claim in _entries(law, "founding-claims", "claim"):
        lines.append(f"| {claim['id']} | {plain(_words(claim.get('title'), pen))} | {_answers(law, claim, path, pen)} |")
    lines += ["", f"## {pen.say('pages.packs')}", ""]
    for pack in law.packs:
        duties = sum(o.role == "duty" for o in pack.obligations)
        said = pen.say("pages.pack", duties=duties, gates=len(pack.obligations) - duties)
        lines += [f"### `{pack.id}`", "", f"{plain(pack.title.say(pen.lang))}{said}", ""]
        lines += [f"- {_link(f'`{o.id}`', page_of(o.id, pen.lang), path)} {plain(o.title.say(pen.lang))}" for o in pack.obligations] + [""]
    lines += [f"## {pen.say('pages.not-modelled')}", "", f"| | {pen.say('pages.reason')} |", "|---|---|"]
    for entry in _entries(law, "not-modelled", "entry"):
        lines.append(f"| `{entry['id']}` | {plain(_words(entry.get('reason'), pen))} |")
    return _joined(lines)


def _answers(law: Law, claim: Mapping[str, Any], path: str, pen: Pen) -> str:
    ids = [o.id for pack in law.packs for o in pack.obligations if claim["id"] in o.seed]
    reason = plain(_words(claim.get("unanswered"), pen))
    return "<br>".join([*(_link(f"`{name}`", page_of(name, pen.lang), path) for name in ids), *([reason] if reason else [])])


def _entries(law: Law, file: str, key: str) -> Sequence[Mapping[str, Any]]:
    entries: Sequence[Mapping[str, Any]] = law.shared.get(file, {}).get(key, ())
    return entries


def _words(text: Any, pen: Pen) -> str:
    return str(text.get(pen.lang, "")) if isinstance(text, Mapping) else ""


# ---- Markdown ------------------------------------------------------------------------------------------------------------


def plain(text: str) -> str:
    """Return ``text`` so that Markdown shows it as it is."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _link(text: str, target: str, path: str) -> str:
    return f"[{text}]({relpath(target, dirname(path))})"


def _generated() -> str:
    return "<!-- generated from policies/ by tools/generate.py; do not edit -->\n"


def _joined(lines: Sequence[str]) -> str:
    return "\n".join(lines).rstrip() + "\n"
