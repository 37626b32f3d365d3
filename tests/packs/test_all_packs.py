"""All shipped packs together: who is bound on which day, what is modelled, what stays uncertain. The cases are data."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import tomli
from msgspec.structs import replace

from genai_policy.assess.scope import assess_scope
from genai_policy.load.manifest import load_services
from genai_policy.load.packs import load_law
from genai_policy.model.law import Law, Obligation
from genai_policy.model.message import Text
from genai_policy.model.verdict import Applicability
from tests.packs.manifests import SCOPE, base, laid_over, written

HERE = Path(__file__).parent
POLICIES = HERE.parents[1] / "policies"
AS_OF = dt.date(2026, 11, 15)
ANSWERS = ("applies", "review", "does-not-apply")


def data(path: Path) -> dict[str, Any]:
    return tomli.loads(path.read_text(encoding="utf-8"))


@cache
def law() -> Law:
    """All packs that can bind; a draft is there to be compared and never gates."""
    everything = load_law([POLICIES], {})
    return replace(everything, packs=tuple(p for p in everything.packs if p.status != "draft"))


@cache
def obligations() -> Mapping[str, Obligation]:
    return {o.id: o for p in law().packs for o in p.obligations}


def judged(manifest: str, as_of: dt.date) -> Mapping[str, Applicability]:
    (service,) = load_services(lambda _: manifest.encode(), ["genai-service.toml"], None)
    return {o.id: found for o, found in assess_scope(law(), service, as_of)}


def named(pattern: str) -> list[str]:
    found = [o for o in obligations() if fnmatchcase(o, pattern) and obligations()[o].role == "duty"]
    assert found, f"{pattern} names no duty"
    return found


# ---- who is bound ------------------------------------------------------------------------------------------------------------

CASES = data(SCOPE / "companions.toml")["case"]
WORKED = {case["name"]: tomli.loads(case["manifest"]) for case in data(SCOPE / "worked-examples.toml")["case"]}


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_declared_facts_decide_which_duties_of_all_packs_bind(case: Mapping[str, Any]) -> None:
    facts = laid_over(WORKED.get(case.get("start", ""), base()), case.get("with", {}))
    found = judged(written(facts), case.get("as-of", AS_OF))
    for answer in ANSWERS:
        wanted = [name for pattern in case.get(answer, ()) for name in named(pattern)]
        assert {name: found[name].answer for name in wanted} == dict.fromkeys(wanted, answer)
        assert [name for name in wanted if answer != "review" and not found[name].because] == []
    certain = [n for p in case.get("uncertain", ()) for n in named(p) if found[n].answer != "review" and found[n].reading == "settled"]
    assert certain == []
    for name, fact in case.get("because", {}).items():
        assert fact in [b.fact for b in found[name].because], (name, found[name].because)
    for name, date in case.get("date", {}).items():
        note = found[name].note
        assert note is not None
        assert note.args["date"] == date


def test_there_are_enough_cases_and_enough_uncertain_ones() -> None:
    assert len(CASES) >= 40
    assert len([case for case in CASES if "uncertain" in case]) >= 10
    assert len({case["name"] for case in CASES}) == len(CASES)


def test_a_manifest_that_says_nothing_is_released_from_no_duty_in_force() -> None:
    released = [n for n, a in judged("schema = 1", AS_OF).items() if a.answer == "does-not-apply" and obligations()[n].in_force <= AS_OF]
    assert [n for n in released if obligations()[n].role == "duty"] == []


# ---- which instrument lives on which day -------------------------------------------------------------------------------------

INSTRUMENTS = data(SCOPE / "instruments.toml")


@pytest.mark.parametrize("day", INSTRUMENTS["day"], ids=lambda d: str(d["as-of"]))
def test_the_law_of_a_day(day: Mapping[str, Any]) -> None:
    found = judged(INSTRUMENTS["facts"], day["as-of"])
    status = {p.id: p.status for p in law().packs}
    alive = [obligations()[n] for n, a in found.items() if a.answer == "applies" and obligations()[n].role == "duty"]
    assert {o.pack for o in alive if o.force == "mandatory" and status[o.pack] == "in-force"} == set(day["binding"])
    assert {o.pack for o in alive if status[o.pack] == "soft-law"} == set(day["soft"])
    assert {n: found[n].answer for n in day.get("awake", ())} == dict.fromkeys(day.get("awake", ()), "applies")
    assert {n: found[n].answer for n in day.get("asleep", ())} == dict.fromkeys(day.get("asleep", ()), "does-not-apply")


def test_a_filing_is_due_ten_working_days_after_the_start() -> None:
    (clock,) = (c for c in data(POLICIES / "clocks.toml")["clock"] if c["id"] == "algorithm-filing")
    day, left = WORKED["public text and image chatbot in the mainland"]["service"]["public-since"], clock["days"]
    while left:
        day += dt.timedelta(days=1)
        left -= day.weekday() < 5
    assert (clock["from"], clock["unit"], day) == ("service.public-since", "working-days", dt.date(2026, 3, 16))


def test_clocks_run_for_duties_that_exist() -> None:
    assert [o for c in data(POLICIES / "clocks.toml")["clock"] for o in c["obligations"] if o not in obligations()] == []


# ---- the register ------------------------------------------------------------------------------------------------------------


def test_every_duty_of_the_register_is_an_obligation() -> None:
    register = data(HERE / "register-ids.toml")
    assert [new for new in register["ids"].values() if new not in obligations()] == []
    left_out = {entry["id"] for entry in data(POLICIES / "not-modelled.toml")["entry"]}
    packs = {p.id for p in law().packs}
    assert [p for p in register["regimes"].values() if p not in packs and p.removeprefix("not-modelled:") not in left_out] == []


def test_what_is_not_modelled_says_why_and_is_not_modelled() -> None:
    entries = data(POLICIES / "not-modelled.toml")["entry"]
    assert len({e["id"] for e in entries}) == len(entries)
    assert [e["id"] for e in entries if e["id"] in obligations()] == []
    assert [e["id"] for e in entries if not (e["reason"]["en"].strip() and e["reason"]["zh"].strip())] == []


def test_related_obligations_exist() -> None:
    assert [(o.id, other) for o in obligations().values() for other in o.see if other not in obligations()] == []


def test_what_was_not_read_never_blocks() -> None:
    words = ("recalled", "not confirmed in the sources")
    unread = [o for o in obligations().values() if o.reading.doubts and o.reading.doubts.en.lower().startswith(words)]
    assert unread
    assert [o.id for o in unread if o.force == "mandatory"] == []
    assert [o.id for o in obligations().values() if o.reading.confidence in ("low", "not-confirmed") and o.force == "mandatory"] == []


def test_soft_law_only_warns_and_says_what_it_is() -> None:
    for pack in law().packs:
        if pack.status == "soft-law":
            assert {o.force for o in pack.obligations} <= {"recommended", "advisory"}


# ---- numbers ------------------------------------------------------------------------------------------------------------------

NUMBERS = data(HERE / "numbers.toml")


def params_of(obligation: str, control: str, kind: str) -> Mapping[str, Any]:
    (laid,) = (r.params.get(kind, {}) for r in obligations()[obligation].requires if r.control == control)
    (way,) = (w.params for w in law().controls[control].ways if w.kind == kind)
    return {**way, **laid}


@pytest.mark.parametrize(("obligation", "control", "kind", "param", "value"), NUMBERS["numbers"])
def test_a_number_of_the_instrument_is_a_parameter(obligation: str, control: str, kind: str, param: str, value: Any) -> None:
    assert params_of(obligation, control, kind)[param] == value


@pytest.mark.parametrize(("obligation", "control", "column", "good", "bad"), NUMBERS["rates"])
def test_a_rate_is_compared(obligation: str, control: str, column: str, good: list[str], bad: list[str]) -> None:
    patterns = params_of(obligation, control, "register")["values"][column]
    assert [v for v in good if not any(re.fullmatch(p, v) for p in patterns)] == []
    assert [v for v in bad if any(re.fullmatch(p, v) for p in patterns)] == []


# ---- both languages ------------------------------------------------------------------------------------------------------------


def _texts() -> Iterator[tuple[str, Text | None]]:
    for pack in law().packs:
        yield from ((f"{pack.id} {n}", getattr(pack, n)) for n in ("title", "instrument", "notes"))
        for o in pack.obligations:
            yield from ((f"{o.id} {n}", getattr(o, n)) for n in ("title", "duty", "clause", "fix", "limits", "draft"))
            yield f"{o.id} doubts", o.reading.doubts
    for control in law().controls.values():
        yield from ((f"{control.id} {n}", getattr(control, n)) for n in ("title", "looks_for", "fix", "limits"))
    for predicate in law().predicates.values():
        yield f"{predicate.name} note", predicate.note


def _speaks_chinese(text: str) -> bool:
    return any("\u4e00" <= c <= "\u9fff" for c in text)


def test_every_text_stands_in_both_languages() -> None:
    texts = [(name, text) for name, text in _texts() if text is not None]
    no_clause = "clause"  # a foreign clause may be a bare number
    assert [n for n, t in texts if not _speaks_chinese(t.zh) and not n.endswith(no_clause)] == []
    assert [n for n, t in texts if not any("a" <= c <= "z" for c in t.en) and not n.endswith(no_clause)] == []
    assert [n for n, t in texts if t.en == t.zh and not n.endswith(no_clause)] == []
