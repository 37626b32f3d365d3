"""Evidence that a document says what it must, about this service, finished, dated and findable."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any
from unicodedata import east_asian_width

from genai_policy.assess.asked import evidence, fact_values, foreign, foreign_note, listed, locators_of, not_taken, params_of, split
from genai_policy.assess.dates import dates_in
from genai_policy.assess.mentions import file_patterns, mentions, pages, path_patterns, shown_by_code
from genai_policy.assess.notices import PARAMS as NOTICE_PARAMS
from genai_policy.assess.notices import judge_notices
from genai_policy.assess.periods import days_before, with_unit
from genai_policy.assess.placeholders import placeholder_in
from genai_policy.hookspecs import hookimpl
from genai_policy.model.code import Place
from genai_policy.model.message import Message
from genai_policy.model.service import Locator
from genai_policy.model.verdict import Claim, Evidence, FactIndex, Passage, Polarity, TextFile

KIND = "document"
PARAMS = frozenset(("topics", "min-length", "dated", "max-age", "linked", "names-service")) | NOTICE_PARAMS
#: A heading counts for its topic only with some prose under it (letters; a wide character, as of Chinese, says as much as three).
MIN_UNDER_HEADING = 20
_WIDE = 3
_MAX_PASSAGE = 40_000
_SPACE = re.compile(r"\s+")


@hookimpl
def genai_policy_evidence_kinds() -> Mapping[str, frozenset[str]]:
    """Answer for ``document``."""
    return {KIND: PARAMS}


@hookimpl
def genai_policy_collect_evidence(claim: Claim, facts: FactIndex) -> Iterator[Evidence]:
    """Judge every document that the manifest names; each must exist and be real, together they must cover the topics."""
    params = params_of(claim, KIND)
    if params is None:
        yield from not_taken(claim, KIND)
        return
    if params.get("notices"):
        yield from judge_notices(claim, params, facts)
        return
    read: list[tuple[Locator, TextFile]] = []
    for locator in locators_of(claim, KIND):
        text = _text(claim, facts, locator)
        if isinstance(text, Message):
            yield evidence(KIND, "contradicts", text, locator)
        else:
            read.append((locator, text))
    missing = _missing_topics(params.get("topics", ()), [text for _, text in read])
    for position, (locator, text) in enumerate(read):
        faults = list(_faults(claim, facts, locator, text, params))
        if missing and position == 0:
            faults.insert(0, ("contradicts", _topics_message(text, missing), text.line, "topics"))
        for polarity, note, line, matter in faults:
            yield evidence(KIND, polarity, note, locator, places=[Place(text.file, line)], key=f"{note.code}:{locator.target}:{matter}")
        if not faults:
            note = Message("document.holds", {"file": text.file, "length": str(_length(text))})
            yield evidence(KIND, "supports", note, locator, places=[Place(text.file, text.line)])


def _text(claim: Claim, facts: FactIndex, locator: Locator) -> TextFile | Message:
    target = claim.service.resolve(locator.target)
    file, _ = split(target)
    if target in facts.problems:
        return facts.problems[target]
    reason = foreign(file, facts)
    if reason:
        return foreign_note(file, reason)
    return facts.texts.get(target) or Message("file.missing", {"file": file})


#: (polarity, note, line, what the fault is about)
_Fault = tuple[Polarity, Message, int, str]


def _faults(claim: Claim, facts: FactIndex, locator: Locator, text: TextFile, params: Mapping[str, Any]) -> Iterator[_Fault]:
    yield from _unfinished(claim, text)
    least = int(params.get("min-length", 0))
    length = _length(text)
    if length < max(least, 1):
        args = {"file": text.file, "length": str(length), "bound": str(least)}
        yield "contradicts", Message("document.too-short", args), text.line, ""
    if params.get("names-service"):
        yield from _nameless(claim, text)
    if params.get("dated") or params.get("max-age"):
        yield from _dateless(claim, text, params.get("max-age"))
    if params.get("linked"):
        yield from _unlinked(claim, facts, locator, text)


def _unfinished(claim: Claim, text: TextFile) -> Iterator[_Fault]:
    # in a page `{{ name }}` is filled in when it is shown, so only its prose is searched; a plain document is searched as it is written
    searched = [(text.line, text.text)] if not text.page else [(p.line, f"{p.heading} {p.text}") for p in text.passages]
    for line, part in searched:
        found = placeholder_in(part, claim.shared)
        if found:
            args = {"file": text.file, "text": found.text, "title_en": found.en, "title_zh": found.zh}
            at = line + part.count("\n", 0, found.start)
            yield "contradicts", Message("document.placeholder", args), at, found.id
            return


def _nameless(claim: Claim, text: TextFile) -> Iterator[_Fault]:
    names = [str(n) for fact in ("service.name", "provider.name") for n in fact_values(claim.service.facts, fact) if str(n).strip()]
    # where the manifest declares no name, there is nothing to compare with
    if names and not any(_folded(name) in _folded(_prose(text)) for name in names):
        yield "contradicts", Message("document.other-name", {"file": text.file, "names": listed(names)}), text.line, "name"


def _dateless(claim: Claim, text: TextFile, max_age: Any) -> Iterator[_Fault]:
    dates = dates_in(text.text[:400_000])
    past = [date for date in dates if date <= claim.as_of]
    if not dates:
        yield "contradicts", Message("document.undated", {"file": text.file}), text.line, "date"
    elif not past:
        args = {"file": text.file, "date": min(dates).isoformat(), "as_of": claim.as_of.isoformat()}
        yield "contradicts", Message("document.future", args), text.line, "date"
    elif max_age:
        period = with_unit(str(max_age))
        if period is not None and past[-1] < days_before(claim.as_of, period):
            args = {"file": text.file, "date": past[-1].isoformat(), "bound": str(max_age)}
            yield "contradicts", Message("document.too-old", args), text.line, "date"


def _unlinked(claim: Claim, facts: FactIndex, locator: Locator, text: TextFile) -> Iterator[_Fault]:
    patterns = list(file_patterns(text.file))
    for option in ("route", "url"):
        patterns.extend(path_patterns(str(locator.options.get(option, ""))))
    if mentions(facts, patterns, [text.file]) or shown_by_code(facts, patterns):
        return
    if not any(True for _ in pages(facts, [text.file])):
        yield "undecided", Message("document.no-pages", {"file": text.file}), text.line, "link"
    else:
        yield "contradicts", Message("document.unlinked", {"file": text.file}), text.line, "link"


def _missing_topics(topics: Sequence[Mapping[str, Any]], texts: Sequence[TextFile]) -> list[Mapping[str, Any]]:
    passages = [passage for text in texts for passage in text.passages]
    return [topic for topic in topics if not any(_speaks_of(passage, topic) for passage in passages)] if texts else []


def _speaks_of(passage: Passage, topic: Mapping[str, Any]) -> bool:
    for pattern in topic.get("any", ()):
        expression = _compiled(str(pattern))
        if expression.search(passage.text[:_MAX_PASSAGE]):
            return True
        if expression.search(passage.heading) and _weight(passage.text) >= MIN_UNDER_HEADING:
            return True
    return False


def _topics_message(text: TextFile, missing: Sequence[Mapping[str, Any]]) -> Message:
    titles = [topic.get("title", {}) for topic in missing]
    names = [str(topic.get("id", "")) for topic in missing]
    args = {
        "file": text.file,
        "count": str(len(missing)),
        "topics_en": listed([str(t.get("en", n)) for t, n in zip(titles, names, strict=True)]),
        "topics_zh": listed([str(t.get("zh", n)) for t, n in zip(titles, names, strict=True)]),
    }
    return Message("document.topics-missing", args)


def _prose(text: TextFile) -> str:
    return "\n".join(f"{passage.heading}\n{passage.text}" for passage in text.passages)


def _weight(text: str) -> int:
    """Count letters: a wide one (Chinese, Japanese, Korean) is worth several, and enough is enough."""
    return sum(_WIDE if east_asian_width(letter) in "WF" else 1 for letter in _SPACE.sub("", text)[:MIN_UNDER_HEADING])


def _length(text: TextFile) -> int:
    """Count the characters of prose, without headings and spaces."""
    return sum(len(_SPACE.sub("", passage.text)) for passage in text.passages)


def _folded(text: str) -> str:
    return _SPACE.sub("", text).casefold()


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
