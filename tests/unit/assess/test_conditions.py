"""Three-valued conditions: what each test answers, how predicates decide, and which facts are named."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genai_policy.assess.conditions import Evaluation, evaluate
from genai_policy.model.law import Condition, Law, Predicate
from genai_policy.model.service import Service


def ask(condition: Condition, facts: Mapping[str, Any], *predicates: Predicate, as_of: dt.date | None = None) -> Evaluation:
    return evaluate(condition, Service("m.toml", "", "s", facts=facts), Law(predicates={p.name: p for p in predicates}), as_of)


def fact(op: str, value: Any = None, name: str = "f") -> Condition:
    return Condition(op, name, value)


YES, NO = fact("is", True, "y"), fact("is", True, "n")
OPEN = fact("is", True, "u")
KNOWN = {"y": True, "n": False}


def combined(op: str, *parts: Condition) -> Condition:
    return Condition(op, parts=parts)


def derived(name: str, *rules: tuple[Any, Condition], otherwise: Any = "no", contested: Condition | None = None) -> Predicate:
    return Predicate(name, "p", rules, otherwise, contested)


@pytest.mark.parametrize(
    ("op", "asked", "declared", "answer"),
    [
        ("is", "live", "live", "yes"),
        ("is", "live", "terminated", "no"),
        ("is", True, True, "yes"),
        ("is", True, False, "no"),
        ("is", 1, True, "no"),
        ("is", ["a", "b"], ["b", "a"], "yes"),
        ("is", ["a", "b"], ["a"], "no"),
        ("is", "present", "unknown", "unknown"),
        ("is", "unknown", "unknown", "yes"),
        ("is", "unknown", "present", "no"),
        ("in", ["a", "b"], "b", "yes"),
        ("in", ["a", "b"], "c", "no"),
        ("in", ["none"], "unknown", "unknown"),
        ("in", ["none", "unknown"], "unknown", "yes"),
        ("contains", "a", ["a", "b"], "yes"),
        ("contains", "a", [], "no"),
        ("contains-any", ["a", "c"], ["b", "c"], "yes"),
        ("contains-any", ["a", "c"], ["b"], "no"),
        ("contains-any", ["a"], [], "no"),
        ("only", ["a"], ["a"], "yes"),
        ("only", ["a", "b"], ["a"], "yes"),
        ("only", ["a"], ["a", "b"], "no"),
        ("only", ["a"], [], "no"),
        ("empty", True, [], "yes"),
        ("empty", True, ["none"], "yes"),
        ("empty", True, ["a"], "no"),
        ("not-empty", True, ["a"], "yes"),
        ("not-empty", True, ["none"], "no"),
        ("not-empty", True, "filed", "yes"),
        ("not-empty", True, [], "no"),
        ("any-item", {"k": "a"}, [{"k": "b"}, {"k": "a"}], "yes"),
        ("any-item", {"k": "a"}, [{"k": "b"}], "no"),
        ("any-item", {"k": "a"}, [], "no"),
        ("any-item", {"k": "a"}, [{"k": "b"}, {}], "unknown"),
        ("any-item", {"k": "a"}, [{"k": "a"}, {}], "yes"),
        ("any-item", {"k": ["a", "b"]}, [{"k": "b"}], "yes"),
        ("any-item", {"k": "a", "j": True}, [{"k": "a", "j": False}, {"k": "b"}], "no"),
        ("before", dt.date(2026, 1, 1), dt.date(2025, 12, 31), "yes"),
        ("before", dt.date(2026, 1, 1), dt.date(2026, 1, 1), "no"),
        ("since", dt.date(2026, 1, 1), dt.date(2026, 1, 1), "yes"),
        ("since", dt.date(2026, 1, 1), dt.date(2025, 12, 31), "no"),
        ("contains", "a", "a", "unknown"),
        ("since", dt.date(2026, 1, 1), "soon", "unknown"),
        ("at-least", 1_000_000, 1_000_000, "yes"),
        ("at-least", 1_000_000, 999_999, "no"),
        ("at-least", 1, True, "unknown"),
        ("at-least", 1, "1", "unknown"),
        ("made-up", 1, 1, "unknown"),
    ],
)
def test_what_each_test_answers(op: str, asked: Any, declared: Any, answer: str) -> None:
    assert ask(fact(op, asked), {"f": declared}).answer == answer


@pytest.mark.parametrize(
    "op", ["is", "in", "contains", "contains-any", "only", "empty", "not-empty", "any-item", "before", "since", "at-least"]
)
def test_an_undeclared_fact_is_unknown_and_named(op: str) -> None:
    assert ask(fact(op, True), {}) == Evaluation("unknown", ("f",))


@pytest.mark.parametrize(
    ("condition", "answer", "facts"),
    [
        (combined("all", YES, NO, OPEN), "no", ("n",)),
        (combined("all", YES, OPEN), "unknown", ("u",)),
        (combined("all", YES, fact("is", False, "n")), "yes", ("n", "y")),
        (combined("any", OPEN, YES, NO), "yes", ("y",)),
        (combined("any", NO, OPEN), "unknown", ("u",)),
        (combined("any", NO, fact("is", False, "y")), "no", ("n", "y")),
        (combined("not", NO), "yes", ("n",)),
        (combined("not", OPEN), "unknown", ("u",)),
        (fact("always", True, ""), "yes", ()),
        (combined("any", combined("all", YES, NO), combined("all", NO, OPEN)), "no", ("n",)),
    ],
)
def test_combinations_name_the_facts_that_decide(condition: Condition, answer: str, facts: tuple[str, ...]) -> None:
    found = ask(condition, KNOWN)
    assert (found.answer, found.facts) == (answer, facts)


def test_a_fact_that_another_one_makes_needless_is_not_named() -> None:
    refused_twice = combined("all", NO, fact("is", False, "y"))
    assert ask(combined("all", combined("not", refused_twice), fact("is", True, "y")), KNOWN).facts == ("y",)


def test_the_day_of_the_judgement_can_be_asked_for() -> None:
    later = fact("since", dt.date(2026, 1, 1), "as-of")
    assert ask(later, {}, as_of=dt.date(2026, 6, 1)).answer == "yes"
    assert ask(later, {}, as_of=dt.date(2025, 6, 1)).answer == "no"
    assert ask(later, {}).answer == "unknown"


def test_the_first_rule_that_holds_decides() -> None:
    predicate = derived("P", ("no", NO), ("yes", YES), ("review", YES))
    found = ask(fact("predicate", name="P"), KNOWN, predicate)
    # "n" has decided too: had it held, the answer were no
    assert found == Evaluation("yes", ("n", "y"))


def test_otherwise_answers_when_no_rule_holds() -> None:
    assert ask(fact("predicate", name="P"), KNOWN, derived("P", ("yes", NO))) == Evaluation("no", ("n",))
    found = ask(fact("predicate", name="P"), KNOWN, derived("P", ("yes", NO), otherwise="review"))
    assert found == Evaluation("unknown", ("n",), review=True)


def test_an_undecided_rule_leaves_a_later_answer_open() -> None:
    found = ask(fact("predicate", name="P"), KNOWN, derived("P", ("no", OPEN), ("yes", YES)))
    assert found == Evaluation("unknown", ("u",))


def test_an_undecided_rule_with_the_same_answer_does_not() -> None:
    found = ask(fact("predicate", name="P"), KNOWN, derived("P", ("no", OPEN), ("no", YES), otherwise="yes"))
    assert found == Evaluation("no", ("y",))


def test_an_open_answer_is_a_review_where_otherwise_says_so() -> None:
    assert ask(fact("predicate", name="P"), {}, derived("P", ("yes", OPEN), otherwise="review")).review
    assert not ask(fact("predicate", name="P"), {}, derived("P", ("yes", OPEN), otherwise="no")).review


def test_a_review_passes_through_the_conditions_that_use_it() -> None:
    inner = derived("INNER", ("review", YES))
    outer = derived("OUTER", ("yes", combined("all", YES, fact("predicate", name="INNER"))))
    found = ask(combined("not", fact("predicate", name="OUTER")), KNOWN, inner, outer)
    assert found == Evaluation("unknown", ("y",), review=True)
    assert ask(combined("all", NO, fact("predicate", name="OUTER")), KNOWN, inner, outer) == Evaluation("no", ("n",))


def test_a_disputed_predicate_marks_what_hangs_on_it_and_nothing_else() -> None:
    disputed = derived("P", ("yes", YES), contested=YES)
    assert ask(fact("predicate", name="P"), KNOWN, disputed).contested
    assert not ask(combined("any", YES, combined("all", NO, fact("predicate", name="P"))), KNOWN, disputed).contested
    assert not ask(fact("predicate", name="P"), KNOWN, derived("P", ("yes", YES), contested=OPEN)).contested
    assert ask(combined("all", OPEN, fact("predicate", name="P")), KNOWN, disputed).contested


def test_predicates_that_do_not_exist_or_define_themselves_never_say_no() -> None:
    circle = derived("P", ("yes", fact("predicate", name="P")), otherwise="no")
    for predicates in ([], [circle]):
        found = ask(fact("predicate", name="P"), {}, *predicates)
        assert (found.answer, found.review) == ("unknown", True)


# ---- properties -------------------------------------------------------------------------------------------------------

_NAMES = st.sampled_from(["a", "b", "c", "d"])
_TESTS = st.builds(lambda n, v: Condition("is", n, v), _NAMES, st.sampled_from(["x", "y"])) | st.builds(
    lambda n: Condition("predicate", n), st.sampled_from(["P", "Q"])
)
_CONDITIONS = st.recursive(
    _TESTS,
    lambda inner: st.builds(
        lambda op, parts: Condition(op, parts=tuple(parts[:1] if op == "not" else parts)),
        st.sampled_from(["all", "any", "not"]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=6,
)
_PLAIN = st.builds(lambda n, v: Condition("is", n, v), _NAMES, st.sampled_from(["x", "y"]))
_RULES = st.lists(st.tuples(st.sampled_from(["yes", "no", "review"]), _PLAIN), max_size=3).map(tuple)
_ANSWERS = st.sampled_from(["yes", "no", "review"])
_PREDICATES = st.builds(
    lambda p, q, x, y: (Predicate("P", "p", p, x), Predicate("Q", "p", (*q, ("yes", Condition("predicate", "P"))), y)),
    _RULES,
    _RULES,
    _ANSWERS,
    _ANSWERS,
)
_FACTS = st.dictionaries(_NAMES, st.sampled_from(["x", "y"]))
_BOUNDS = settings(deadline=None, max_examples=200)


@_BOUNDS
@given(_CONDITIONS, _FACTS, _PREDICATES, st.data())
def test_a_certain_answer_survives_every_further_fact(
    condition: Condition, facts: dict[str, str], predicates: tuple[Predicate, ...], data: st.DataObject
) -> None:
    before = ask(condition, facts, *predicates)
    after = ask(condition, {**data.draw(_FACTS), **facts}, *predicates)
    assert before.answer in ("unknown", after.answer)


@_BOUNDS
@given(_CONDITIONS, _FACTS, _PREDICATES)
def test_the_named_facts_suffice_and_none_can_be_spared(
    condition: Condition, facts: dict[str, str], predicates: tuple[Predicate, ...]
) -> None:
    found = ask(condition, facts, *predicates)
    named = {n: facts[n] for n in found.facts if n in facts}
    if found.answer != "unknown":
        assert ask(condition, named, *predicates).answer == found.answer
        for name in named:
            assert ask(condition, {n: v for n, v in named.items() if n != name}, *predicates).answer != found.answer


@_BOUNDS
@given(_CONDITIONS, _FACTS, _PREDICATES, st.randoms(use_true_random=False))
def test_the_order_of_parts_and_facts_changes_nothing(
    condition: Condition, facts: dict[str, str], predicates: tuple[Predicate, ...], random: Any
) -> None:
    def shuffled(node: Condition) -> Condition:
        parts = [shuffled(p) for p in node.parts]
        random.shuffle(parts)
        return Condition(node.op, node.name, node.value, tuple(parts))

    names = list(facts)
    random.shuffle(names)
    assert ask(shuffled(condition), {n: facts[n] for n in names}, *reversed(predicates)) == ask(condition, facts, *predicates)


@_BOUNDS
@given(_CONDITIONS, _PREDICATES)
def test_an_unknown_answer_names_what_is_missing_or_asks_for_a_review(condition: Condition, predicates: tuple[Predicate, ...]) -> None:
    found = ask(condition, {}, *predicates)
    if found.answer == "unknown":
        assert found.facts or found.review
