"""From obligations that may bind to the questions that evidence plugins answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from genai_policy.assess.conditions import evaluate
from genai_policy.model.law import Law, Obligation, Requirement
from genai_policy.model.service import Service
from genai_policy.model.verdict import Applicability, Claim


def claims_of(
    law: Law, service: Service, scope: Sequence[tuple[Obligation, Applicability]], as_of: dt.date
) -> Iterator[tuple[Obligation, Claim]]:
    """Yield one claim for each control that an obligation, which applies or needs review, requires of ``service``.

    A requirement whose own condition is *unknown* is asked for: unknown is not "no".
    """
    for obligation, applicability in scope:
        if applicability.answer == "does-not-apply":
            continue
        for requirement in obligation.requires:
            if requirement.when is None or evaluate(requirement.when, service, law).answer != "no":
                yield obligation, _claim(law, requirement, service, as_of)


def _claim(law: Law, requirement: Requirement, service: Service, as_of: dt.date) -> Claim:
    control = law.controls[requirement.control]
    return Claim(
        service=service,
        control=control,
        params={way.kind: _overlaid(way.params, requirement.params.get(way.kind, {})) for way in control.ways},
        locators=service.implements.get(control.id, ()),
        attestations=tuple(a for a in service.attestations if a.control == control.id),
        as_of=as_of,
        shared=law.shared,
    )


def _overlaid(params: Mapping[str, Any], stricter: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**params, **stricter}
