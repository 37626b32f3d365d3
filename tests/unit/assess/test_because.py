"""The tree of facts says the same as the answer it explains, part by part."""

from __future__ import annotations

import datetime as dt

from genai_policy.assess.because import decision_of
from genai_policy.assess.conditions import evaluate
from genai_policy.model.code import Place
from genai_policy.model.law import Condition, Law, Predicate
from genai_policy.model.service import Service

DAY = dt.date(2026, 1, 1)
PUBLIC = Condition("predicate", "PUBLIC")
LAW = Law(
    predicates={
        "PUBLIC": Predicate(
            "PUBLIC",
            "p",
            (("no", Condition("is", "service.stage", "development")), ("yes", Condition("contains", "service.reach", "anonymous-public"))),
            "review",
        ),
        "ROUND": Predicate("ROUND", "p", (("yes", Condition("predicate", "ROUND")),), "no"),
    }
)
SERVICE = Service("m.toml", "", "s", {"service.stage": "live"}, {"service.stage": Place("m.toml", 3), "service": Place("m.toml", 2)})


def test_each_part_has_its_own_answer_and_line():
    tree = decision_of(Condition("all", parts=(Condition("is", "service.stage", "live"), PUBLIC)), SERVICE, LAW, DAY)
    stage, public = tree.parts
    assert (tree.answer, stage.answer, public.answer) == ("unknown", "yes", "unknown")
    assert stage.place == Place("m.toml", 3)
    assert stage.declared == "live"
    assert [(rule.gives, rule.answer) for rule in public.parts] == [("no", "no"), ("yes", "unknown"), ("review", "yes")]
    assert public.parts[1].parts[0].declared is None


def test_a_predicate_is_opened_once():
    tree = decision_of(Condition("any", parts=(PUBLIC, Condition("not", parts=(PUBLIC,)))), SERVICE, LAW, DAY)
    assert tree.parts[0].expanded
    assert not tree.parts[1].parts[0].expanded


def test_rules_after_the_deciding_one_were_never_asked():
    service = Service("m.toml", "", "s", {"service.stage": "development"})
    tree = decision_of(PUBLIC, service, LAW, DAY)
    assert [rule.gives for rule in tree.parts] == ["no"]
    assert tree.answer == evaluate(PUBLIC, service, LAW, DAY).answer == "no"


def test_a_predicate_that_stands_on_itself_ends():
    assert decision_of(Condition("predicate", "ROUND"), SERVICE, LAW, DAY).answer == "unknown"


def test_what_makes_an_answer_disputed_is_shown_where_it_holds():
    disputed = Predicate("P", "p", (), "yes", contested=Condition("is", "service.stage", "live"))
    law = Law(predicates={"P": disputed})
    asked = Condition("predicate", "P")
    tree = decision_of(asked, SERVICE, law, DAY)
    assert tree.contested
    assert tree.dispute is not None
    assert (tree.dispute.answer, tree.dispute.declared) == ("yes", "live")
    assert decision_of(asked, Service("m.toml", "", "s", {}), law, DAY).dispute is None


def test_the_day_of_the_judgement_is_a_fact():
    (day,) = [decision_of(Condition("before", "as-of", dt.date(2026, 2, 1)), SERVICE, LAW, DAY)]
    assert day.answer == "yes"
    assert day.declared == DAY
