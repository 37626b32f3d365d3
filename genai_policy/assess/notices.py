"""A notice that stays in the page which shows generated text: a way to label text in an interface.

It counts where three things hold together: the page says it in plain sight, with both elements, in its own language; every entry that
generates what the way is for is answered in that page, and no other page asks for it; nothing else is left to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from msgspec import Struct

from genai_policy.assess.asked import evidence, foreign, foreign_note, listed, locators_of
from genai_policy.assess.hiding import State
from genai_policy.assess.markup import Run, languages_named, runs
from genai_policy.assess.showing import Showing, Shown, suffix_of
from genai_policy.assess.walk import calls_of
from genai_policy.assess.wiring import Wiring, wiring_of
from genai_policy.model.code import EntryPoint, Place, Route
from genai_policy.model.message import Message
from genai_policy.model.service import Locator
from genai_policy.model.verdict import Claim, Evidence, FactIndex, Polarity, TextFile

KIND = "document"
PARAMS = frozenset(("notices", "elements", "modalities", "leaves"))
_MARKUP = re.compile(
    r"x?html?|shtml|jinja2?|j2|ejs|hbs|handlebars|mustache|njk|liquid|twig|ftlh?|vm|jspx?|gohtml|te?mpl|tpl|vue|svelte|astro|[jt]sx"
)
#: So many words besides the notice tell the language of a page.
_FEW = 4
_SHARE = 0.3
_BEFORE = 40
_IN_TREE = frozenset(("page", "server-action", "ui-event"))


class _Page(Struct, frozen=True):
    locator: Locator
    text: TextFile
    line: int


def judge_notices(claim: Claim, params: Mapping[str, Any], facts: FactIndex) -> Iterator[Evidence]:
    """Judge the pages that the manifest names as those with the notice."""
    holding: list[_Page] = []
    locators = locators_of(claim, KIND)
    for locator in locators:
        found = _page(claim, params, facts, locator)
        if isinstance(found, Evidence):
            yield found
        else:
            holding.append(found)
    if not holding:
        return
    faults = list(_left(claim, params, facts, holding))
    yield from faults
    if not faults and len(holding) == len(locators):
        for page in holding:
            yield _of(page, "supports", Message("notice.holds", {"file": page.text.file}))


def _of(page: _Page, polarity: Polarity, note: Message, places: Sequence[Place] = (), key: str = "") -> Evidence:
    where = [*places, Place(page.text.file, page.line)]
    return evidence(KIND, polarity, note, page.locator, places=where, key=f"{note.code}:{key or page.locator.target}")


# ---- the page says it -----------------------------------------------------------------------------------------------------


def _page(claim: Claim, params: Mapping[str, Any], facts: FactIndex, locator: Locator) -> _Page | Evidence:
    """Return a claimed page that holds the notice, or what is wrong with it."""
    target = claim.service.resolve(locator.target)
    if target in facts.problems:
        return evidence(KIND, "contradicts", facts.problems[target], locator)
    reason = foreign(target, facts) or facts.left_out.get(target, "")
    if reason:
        return evidence(KIND, "contradicts", foreign_note(target, reason), locator)
    text = facts.texts.get(target)
    if text is None:
        return evidence(KIND, "contradicts", Message("file.missing", {"file": target}), locator)
    if not text.page or not _MARKUP.fullmatch(suffix_of(target)):
        return evidence(KIND, "contradicts", Message("notice.no-page", {"file": target}), locator, places=[Place(target, 1)])
    return _said(params, locator, text)


def _said(params: Mapping[str, Any], locator: Locator, text: TextFile) -> _Page | Evidence:
    pieces = runs(text.text, suffix_of(text.file))
    spoken = _languages([r for r in pieces if r.state == "shown"], params, text)
    seen: dict[State, tuple[Run, str]] = {}
    for run in pieces:
        languages = _says_it(run.text, params)
        if languages:
            if run.state == "shown" and not spoken.isdisjoint(languages):
                return _Page(locator, text, run.line)
            seen.setdefault(run.state, (run, languages[0]))
    for state in ("shown", "sometimes", "hidden"):
        if state in seen:
            run, language = seen[state]
            args = {"file": text.file, "language": language, "spoken": listed(sorted(spoken))}
            polarity: Polarity = "undecided" if state == "sometimes" else "contradicts"
            return _of(_Page(locator, text, run.line), polarity, Message(_NOT_SEEN[state], args))
    return _of(_Page(locator, text, 1), "contradicts", _unsaid([r.text for r in pieces if r.state == "shown"], params, text))


_NOT_SEEN = {"shown": "notice.other-language", "sometimes": "notice.sometimes", "hidden": "notice.hidden"}


def _unsaid(shown: Sequence[str], params: Mapping[str, Any], text: TextFile) -> Message:
    """Say which element is missing, where only one is."""
    elements = params.get("elements", ())
    missing = [e for e in elements if not any(_search(p, piece) for p in e.get("any", ()) for piece in shown)]
    if not missing or len(missing) == len(elements):
        return Message("notice.absent", {"file": text.file})
    titles = [e.get("title", {}) for e in missing]
    args = {
        "file": text.file,
        "missing_en": listed([t.get("en", "") for t in titles]),
        "missing_zh": listed([t.get("zh", "") for t in titles]),
    }
    return Message("notice.one-element", args)


def _says_it(text: str, params: Mapping[str, Any]) -> list[str]:
    """Return the languages in which a text says that this was generated by AI, and does not deny it."""
    found = []
    for notice in params.get("notices", ()):
        hits = (hit for pattern in notice.get("any", ()) for hit in _compiled(str(pattern)).finditer(text))
        if any(not any(_search(p, text[max(0, hit.start() - _BEFORE) : hit.start()]) for p in notice.get("denies", ())) for hit in hits):
            found.append(str(notice.get("language", "")))
    return found


def _languages(shown: Sequence[Run], params: Mapping[str, Any], text: TextFile) -> frozenset[str]:
    """Return the languages of the page: those it is written in, the notice aside; where it says little, the one it names; else any."""
    notices = params.get("notices", ())
    prose = "\n".join(run.text for run in shown if not _says_it(run.text, params))
    counted = {str(n.get("language", "")): sum(1 for _ in _compiled(str(n.get("word", r"\w+"))).finditer(prose)) for n in notices}
    total = sum(counted.values())
    if total >= _FEW:
        return frozenset(language for language, count in counted.items() if count >= _SHARE * total)
    return frozenset(languages_named(text.text)) & counted.keys() or frozenset(counted)


# ---- the page shows the output, all of it --------------------------------------------------------------------------------


def _left(claim: Claim, params: Mapping[str, Any], facts: FactIndex, holding: Sequence[_Page]) -> Iterator[Evidence]:
    """Yield what is generated and not shown in the claimed pages."""
    first = holding[0]
    wiring = wiring_of(facts, calls_of(facts.code))
    asked = claim.params.get("hook", {}).get("modalities", ())
    paths = wiring.paths(asked)
    if not paths:
        code = "notice.no-paths" if facts.code.sites else "notice.no-generation"
        yield _of(first, "undecided", Message(code, {"file": first.text.file}))
        return
    own = frozenset(str(m) for m in params.get("modalities", ()))
    text_paths = [p for p in paths if facts.code.sites[facts.code.paths[p].site].modality in own]
    if not locators_of(claim, "hook"):
        yield from _others(first, facts, [p for p in paths if p not in set(text_paths)])
    entries = dict.fromkeys((facts.code.paths[p].route, facts.code.paths[p].entry) for p in text_paths)
    for handed_out in _handed_out(wiring, text_paths):
        entries.setdefault(handed_out)
    yield from _unshown(first, params, facts, holding, list(entries))


def _handed_out(wiring: Wiring, paths: Sequence[int]) -> list[tuple[int, int]]:
    """Return the entries that hand out what the paths stored."""
    if not paths:
        return []
    _, reserved = wiring.standings(paths, frozenset(), "output", checks=False)
    return [(found.route, found.entry) for found in reserved]


def _others(first: _Page, facts: FactIndex, paths: Sequence[int]) -> Iterator[Evidence]:
    said = set()
    for index in paths:
        path = facts.code.paths[index]
        site = facts.code.sites[path.site]
        entry = _name(_entry((path.route, path.entry), facts))
        args = {"entry": entry, "callee": site.callee, "modality": site.modality}
        key = f"{entry}:{site.file}:{site.callee}"
        if key not in said:
            said.add(key)
            yield _of(first, "contradicts", Message("notice.other-modality", args), [Place(site.file, site.line)], key)


def _unshown(
    first: _Page, params: Mapping[str, Any], facts: FactIndex, holding: Sequence[_Page], entries: Sequence[tuple[int, int]]
) -> Iterator[Evidence]:
    showing = Showing(facts)
    claimed = [page.text.file for page in holding]
    files = showing.tree(claimed)
    asked: list[str] = []
    for index in entries:
        entry = _entry(index, facts)
        if entry is None:
            yield _of(first, "undecided", Message("notice.entry", {"file": first.text.file}))
            continue
        path = _path(entry)
        args = {"entry": _name(entry), "files": listed(claimed)}
        places = [_place(entry)]
        if path and any(_search(p, path) for p in params.get("leaves", ())):
            yield _of(first, "contradicts", Message("notice.leaves", args), places, args["entry"])
            continue
        shown = _shown(entry, path, showing, claimed, files)
        if shown == "no":
            yield _of(first, "contradicts", Message("notice.not-shown", args), places, args["entry"])
        elif shown == "maybe":
            yield _of(first, "undecided", Message("notice.maybe-shown", args), places, args["entry"])
        elif path:
            asked.append(path)
    for other, path in showing.others(asked, claimed, files):
        args = {"file": other, "path": path, "files": listed(claimed)}
        yield _of(first, "undecided", Message("notice.other-page", args), [Place(other, 1)], f"{other}:{path}")


def _shown(entry: Route | EntryPoint, path: str, showing: Showing, claimed: Sequence[str], files: frozenset[str]) -> Shown:
    if isinstance(entry, EntryPoint) and entry.kind in _IN_TREE:
        return "yes" if entry.file in files else "no"
    answers = [showing.asked_for(path, files)]
    if isinstance(entry, Route):
        answers.append(showing.rendered(entry, claimed))
    return "yes" if "yes" in answers else "maybe" if "maybe" in answers else "no"


def _entry(index: tuple[int, int], facts: FactIndex) -> Route | EntryPoint | None:
    route, other = index
    if route >= 0:
        return facts.code.routes[route]
    return facts.code.entry_points[other] if other >= 0 else None


def _name(entry: Route | EntryPoint | None) -> str:
    if isinstance(entry, Route):
        return f"{entry.method} {entry.path}"
    return f"{entry.kind} {entry.name}" if entry else "?"


def _path(entry: Route | EntryPoint) -> str:
    if isinstance(entry, Route):
        return entry.path
    return next((word for word in entry.name.split() if word.startswith("/")), "")


def _place(entry: Route | EntryPoint) -> Place:
    if isinstance(entry, Route):
        return Place(entry.handler_file or entry.file, entry.handler_line or entry.line)
    return Place(entry.file, entry.line)


def _search(pattern: object, text: str) -> bool:
    return bool(_compiled(str(pattern)).search(text[:40_000]))


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
