"""Conditions about a service -> the tree of facts that answers them, for people who ask why."""

from __future__ import annotations

import datetime as dt

from genai_policy.assess.conditions import AS_OF, evaluate
from genai_policy.model.decision import Decision
from genai_policy.model.law import Condition, Law, Predicate
from genai_policy.model.service import Service


def decision_of(condition: Condition, service: Service, law: Law, as_of: dt.date) -> Decision:
    """Return ``condition`` as a tree in which every part carries its own answer. Predicates are opened once, where they first stand."""
    return _Grower(service, law, as_of).grow(condition)


class _Grower:
    def __init__(self, service: Service, law: Law, as_of: dt.date) -> None:
        self.service, self.law, self.as_of = service, law, as_of
        self.opened: set[str] = set()

    def grow(self, condition: Condition) -> Decision:
        found = evaluate(condition, self.service, self.law, self.as_of)
        if condition.op in ("all", "any", "not"):
            parts = tuple(self.grow(part) for part in condition.parts)
            return Decision("group", condition, found.answer, parts, contested=found.contested)
        if condition.op == "always":
            return Decision("always", condition, found.answer)
        if condition.op != "predicate":
            return self._fact(condition)
        predicate = self.law.predicates.get(condition.name)
        if predicate is None or condition.name in self.opened:
            return Decision("predicate", condition, found.answer, expanded=False, contested=found.contested)
        self.opened.add(condition.name)
        # the dispute stands first on the page, so what it opens is not opened again below
        dispute, rules = self._dispute(predicate), self._rules(predicate)
        return Decision("predicate", condition, found.answer, rules, contested=found.contested, note=predicate.note, dispute=dispute)

    def _dispute(self, predicate: Predicate) -> Decision | None:
        if predicate.contested is None:
            return None
        holds = evaluate(predicate.contested, self.service, self.law, self.as_of).answer == "yes"
        return self.grow(predicate.contested) if holds else None

    def _fact(self, condition: Condition) -> Decision:
        answer = evaluate(condition, self.service, self.law, self.as_of).answer
        asks_for_day = condition.name == AS_OF
        declared = self.as_of if asks_for_day else self.service.facts.get(condition.name)
        place = self.service.place_of("policy.as-of" if asks_for_day else condition.name)
        return Decision("fact", condition, answer, declared=declared, place=place)

    def _rules(self, predicate: Predicate) -> tuple[Decision, ...]:
        """Return the rules up to the one that decides; those after it were never asked."""
        rules: list[Decision] = []
        for gives, condition in predicate.rules:
            tree = self.grow(condition)
            rules.append(Decision("rule", condition, tree.answer, (tree,), gives=gives))
            if tree.answer == "yes":
                return tuple(rules)
        last = Condition("always")
        return (*rules, Decision("rule", last, "yes", (Decision("always", last, "yes"),), gives=predicate.otherwise))
