"""Which obligations bind: dates, unknown facts, disputed readings, statements of people, and the worked examples of the shipped pack."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genai_policy.assess.scope import assess_scope, soft_law_notes
from genai_policy.load.manifest import load_services
from genai_policy.load.packs import load_law
from genai_policy.load.shipped import genai_policy_packs
from genai_policy.model.code import Place
from genai_policy.model.law import Condition, Law, Obligation, Pack, Predicate, Reading
from genai_policy.model.message import Text
from genai_policy.model.service import Attestation, Service
from genai_policy.model.verdict import Applicability, Because

EXAMPLES = Path(__file__).parents[1] / "load" / "cases"
DAY = dt.date(2026, 11, 15)
WORDS = Text("a", "b")
LIVE = Condition("is", "service.stage", "live")


def duty(applies_when: Condition = LIVE, **more: Any) -> Obligation:
    shape: dict[str, Any] = dict.fromkeys(("title", "duty", "clause", "fix", "limits"), WORDS)
    shape |= {"force": "mandatory", "in_force": dt.date(2023, 8, 15), "on_unknown": "applies", "file": "o.toml", "role": "duty"}
    return Obligation(id="p/o", pack="p", applies_when=applies_when, **{**shape, **more})


def law_of(*obligations: Obligation, predicates: tuple[Predicate, ...] = ()) -> Law:
    pack = Pack("p", WORDS, WORDS, "CN", "in-force", "1", dt.date(2023, 8, 15), "p", obligations=obligations)
    return Law((pack,), predicates={p.name: p for p in predicates})


def service(**more: Any) -> Service:
    return Service("svc/m.toml", "svc", "s", **more)


def decide(obligation: Obligation, of: Service, *predicates: Predicate, as_of: dt.date = DAY) -> Applicability:
    ((_, found),) = assess_scope(law_of(obligation, predicates=predicates), of, as_of)
    return found


def test_the_deciding_fact_is_named_with_its_value_and_place() -> None:
    declared = service(facts={"service.stage": "live"}, places={"service.stage": Place("svc/m.toml", 4)})
    found = decide(duty(), declared)
    assert (found.answer, found.because) == ("applies", (Because("service.stage", "live", "svc/m.toml", 4),))
    assert decide(duty(), service(facts={"service.stage": "terminated"})).answer == "does-not-apply"


def test_soft_law_that_binds_says_what_it_is() -> None:
    law = law_of(duty())
    soft = msgspec.structs.replace(law, packs=tuple(msgspec.structs.replace(p, status="soft-law") for p in law.packs))

    def told(of: Law, stage: str) -> list[Any]:
        one = service(facts={"service.stage": stage})
        return [(m.code, m.args) for m in soft_law_notes(of, [(one, assess_scope(of, one, DAY))])]

    assert told(soft, "live") == [("scope.soft-law", {"packs": "p"})]
    assert told(soft, "terminated") == told(law, "live") == []


def test_a_missing_fact_binds_or_asks_for_review_as_the_obligation_says() -> None:
    table = service(places={"service": Place("svc/m.toml", 3)})
    binding, asking = decide(duty(), table), decide(duty(on_unknown="review"), table)
    assert (binding.answer, asking.answer) == ("applies", "review")
    assert binding.because == asking.because == (Because("service.stage", None, "svc/m.toml", 3),)
    assert binding.note is not None
    assert (binding.note.code, binding.note.args) == ("scope.applies-missing", {"facts": "service.stage"})


def test_a_review_by_predicate_wins_over_the_default() -> None:
    predicate = Predicate("P", "p", (("review", LIVE),), "no")
    found = decide(duty(Condition("predicate", "P")), service(facts={"service.stage": "live"}), predicate)
    assert (found.answer, [b.value for b in found.because]) == ("review", ["live"])


@pytest.mark.parametrize(
    ("as_of", "answer"),
    [
        (dt.date(2023, 8, 14), "does-not-apply"),
        (dt.date(2023, 8, 15), "applies"),
        (dt.date(2025, 8, 31), "applies"),
        (dt.date(2025, 9, 1), "does-not-apply"),
    ],
)
def test_an_obligation_binds_from_its_first_to_its_last_day(as_of: dt.date, answer: str) -> None:
    found = decide(duty(until=dt.date(2025, 8, 31)), service(facts={"service.stage": "live"}), as_of=as_of)
    assert found.answer == answer
    if answer != "applies":
        assert found.because == (Because("as-of", as_of.isoformat(), "svc/m.toml", 1),)


def test_disputed_readings() -> None:
    declared = service(facts={"service.stage": "live"})
    assert decide(duty(), declared).reading == "settled"
    assert decide(duty(reading=Reading("contested")), declared).reading == "contested"
    assert decide(duty(contested_when=LIVE), declared).reading == "contested"
    assert decide(duty(contested_when=Condition("not", parts=(LIVE,))), declared).reading == "settled"
    disputed = Predicate("P", "p", (("yes", LIVE),), "no", contested=LIVE)
    assert decide(duty(Condition("predicate", "P")), declared, disputed).reading == "contested"


def said(applies: bool, *, on: dt.date = dt.date(2026, 1, 1), expires: dt.date = dt.date(2027, 1, 1)) -> Attestation:
    return Attestation("Li Wei", on, expires, "checked", Place("svc/m.toml", 9), obligation="p/o", applies=applies)


def test_a_person_settles_a_review_and_only_that() -> None:
    asking, binding = duty(on_unknown="review"), duty()
    found = decide(asking, service(attestations=(said(False),)))
    assert found.answer == "does-not-apply"
    assert found.because[-1] == Because("attest", False, "svc/m.toml", 9)
    assert decide(asking, service(attestations=(said(True),))).answer == "applies"
    assert decide(binding, service(attestations=(said(False),))).answer == "applies"
    assert decide(duty(), service(facts={"service.stage": "live"}, attestations=(said(False),))).answer == "applies"


def test_a_statement_counts_only_in_its_time_and_the_latest_wins() -> None:
    asking = duty(on_unknown="review")
    assert decide(asking, service(attestations=(said(False, expires=dt.date(2026, 11, 14)),))).answer == "review"
    assert decide(asking, service(attestations=(said(False, on=dt.date(2026, 11, 16)),))).answer == "review"
    both = (said(False), said(True, on=dt.date(2026, 2, 1)))
    assert decide(asking, service(attestations=both)).answer == "applies"


def test_values_are_ready_for_json() -> None:
    declared = service(facts={"licences": [{"expires": dt.date(2026, 1, 1)}]})
    found = decide(duty(Condition("not-empty", "licences", True)), declared)
    assert found.because[0].value == [{"expires": "2026-01-01"}]


# ---- the shipped pack ---------------------------------------------------------------------------------------------------


@cache
def shipped() -> Law:
    return load_law(genai_policy_packs(), {})


def example(name: str) -> Service:
    (found,) = load_services(lambda _: (EXAMPLES / f"{name}.toml").read_bytes(), ["genai-service.toml"], None)
    return found


def duties(of: Service, as_of: dt.date = DAY) -> dict[str, Applicability]:
    return {o.id: a for o, a in assess_scope(shipped(), of, as_of) if o.role == "duty" and o.pack == "cn-genai"}


def ids(found: dict[str, Applicability], answer: str) -> set[str]:
    return {name.removeprefix("cn-genai/") for name, a in found.items() if a.answer == answer}


def test_public_text_and_image_chatbot() -> None:
    found = duties(example("public_chatbot"))
    assert Counter(a.answer for a in found.values()) == {"applies": 39, "does-not-apply": 2}
    assert ids(found, "does-not-apply") == {"art23-administrative-licence", "art23-foreign-investment"}
    assert {a.reading for a in found.values()} == {"settled"}


def test_internal_coding_assistant() -> None:
    found = duties(example("internal_assistant"))
    assert {a.answer for a in found.values()} == {"does-not-apply"}
    deciding = Counter(b.fact for a in found.values() for b in a.because)
    assert deciding == {"service.reach": 40, "provider.seat": 1}


def test_overseas_image_api_for_enterprises() -> None:
    found = duties(example("overseas_image_api"))
    assert {"art17-algorithm-filing", "art17-security-assessment"} <= ids(found, "review")
    assert ids(found, "does-not-apply") == {"art10-minors-overreliance", "art23-foreign-investment"}
    assert len(ids(found, "applies")) == 35
    assert {a.reading for a in found.values() if a.answer == "applies"} == {"contested"}


def test_enterprise_customers_bring_an_internal_service_inside() -> None:
    inside = example("internal_assistant")
    sold = msgspec.structs.replace(inside, facts={**inside.facts, "service.reach": ["own-staff", "enterprise-customers"]})
    assert len(ids(duties(sold), "applies")) > 20


def test_an_enforced_mainland_exclusion_releases() -> None:
    outside = example("overseas_image_api")
    facts = {**outside.facts, "service.regions": ["other"], "service.geo-control": "enforced"}
    assert {a.answer for a in duties(msgspec.structs.replace(outside, facts=facts)).values()} == {"does-not-apply"}
    declared_only = {**facts, "service.geo-control": "declared-only"}
    reviewed = duties(msgspec.structs.replace(outside, facts=declared_only))
    assert reviewed["cn-genai/art4-1-prohibited-content"].answer == "review"


def test_before_the_instrument_nothing_binds() -> None:
    assert {a.answer for a in duties(example("public_chatbot"), dt.date(2023, 8, 14)).values()} == {"does-not-apply"}


def test_an_empty_manifest_is_released_from_nothing() -> None:
    assert "does-not-apply" not in {a.answer for o, a in assess_scope(shipped(), service(), DAY) if o.pack == "cn-genai"}


@settings(deadline=None, max_examples=25)
@given(st.sampled_from(["public_chatbot", "internal_assistant", "overseas_image_api"]), st.data())
def test_a_forgotten_fact_never_releases_anybody(name: str, data: st.DataObject) -> None:
    full = example(name)
    forgotten = data.draw(st.sets(st.sampled_from(sorted(full.facts)), max_size=6))
    partial = msgspec.structs.replace(full, facts={k: v for k, v in full.facts.items() if k not in forgotten})
    with_all, with_less = duties(full), duties(partial)
    for name_of_duty, found in with_less.items():
        if found.answer == "does-not-apply":
            assert with_all[name_of_duty].answer == "does-not-apply"
            assert all(b.value is not None for b in found.because)
