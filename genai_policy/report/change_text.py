"""What a change does to the duties themselves → sentences, told before any finding in every format that shows text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from genai_policy.model import Lang, Place, Verdict
from genai_policy.model.change import Shift, Turned
from genai_policy.report.records import plain
from genai_policy.report.wording import label, phrase

#: Obligations that one sentence names; the JSON holds all.
MAX_NAMED = 12


def change_lines(verdict: Verdict, lang: Lang) -> Iterator[str]:
    """Yield what begins to bind, what ceases to, what rules, and what could not be compared; nothing where no change was judged."""
    change = verdict.change
    if change is None:
        return
    for turned in change.begins:
        yield _turned("change.begins" if turned.shifts or not _is_new(verdict, turned) else "change.begins-new", turned, lang)
    for turned in change.ceases:
        yield _turned("change.ceases" if turned.shifts or _is_here(verdict, turned) else "change.ceases-gone", turned, lang)
    if change.trusted:
        yield phrase("change.trusted", lang, trusted=change.trusted)
    if change.unjudged:
        whole = not any(finding.old_at for finding in verdict.findings)
        yield phrase("change.unjudged" if whole else "change.partly-judged", lang, base=change.base, problem=change.unjudged)
    old = sum(finding.status == "baselined" and bool(finding.old_at) for finding in verdict.findings)
    if old:
        yield phrase("change.old", lang, n=old, base=change.base)


def change_title(id: str, lang: Lang) -> str:
    """Return the title of a finding about a change (``change/<kind>``); "" for any other id."""
    kind = id.removeprefix("change/")
    title = label("change-title", kind, lang)
    return title if id.startswith("change/") and title != kind else ""


def _turned(code: str, turned: Turned, lang: Lang) -> str:
    facts = "; ".join(_shift(shift, lang) for shift in turned.shifts)
    because = phrase("change.because", lang, facts=facts) if facts else ""
    return phrase(code, lang, n=len(turned.obligations), service=turned.service, because=because, duties=_named(turned.obligations, lang))


def _named(obligations: Sequence[str], lang: Lang) -> str:
    duties = ", ".join(obligations[:MAX_NAMED])
    rest = len(obligations) - MAX_NAMED
    return phrase("change.more", lang, duties=duties, n=rest) if rest > 0 else duties


def _shift(shift: Shift, lang: Lang) -> str:
    place: Place = shift.place
    before, after = (_value(value, lang) for value in (shift.before, shift.after))
    return phrase("change.shift", lang, fact=shift.fact, before=before, after=after, at=f"{place.file}:{place.line}")


def _value(value: object, lang: Lang) -> str:
    if value is None:
        return phrase("change.none", lang)
    if isinstance(value, bool):
        return "true" if value else "false"
    shown = plain(value)
    return "[" + ", ".join(map(str, shown)) + "]" if isinstance(shown, list) else str(shown)


def _is_new(verdict: Verdict, turned: Turned) -> bool:
    """Say whether all duties of a service begin: then it was not there before."""
    for service in verdict.services:
        if service.service.manifest == turned.manifest:
            return turned.obligations == tuple(sorted(d.id for d in service.obligations if d.applicability.answer == "applies"))
    return False


def _is_here(verdict: Verdict, turned: Turned) -> bool:
    return any(service.service.manifest == turned.manifest for service in verdict.services)
