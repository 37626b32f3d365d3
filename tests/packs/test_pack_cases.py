"""Every obligation of every shipped pack carries four small repositories, and each has the outcome its folder is named after."""

from __future__ import annotations

import os
from collections import defaultdict

import pytest

from genai_policy import pipeline
from genai_policy.cli.law import every_pack
from genai_policy.cli.pack_cases import Case, cases_of, judged
from genai_policy.report.layout import Pen
from genai_policy.report.tally import OUTCOMES

LAW = every_pack((), ())
BY_OBLIGATION: dict[str, list[Case]] = defaultdict(list)
for _case in cases_of(LAW, ()):
    BY_OBLIGATION[_case.obligation].append(_case)


def test_every_obligation_has_a_case_of_each_outcome() -> None:
    obligations = {o.id for pack in LAW.packs if pack.status != "draft" for o in pack.obligations}
    assert {o: {c.expected for c in BY_OBLIGATION[o]} for o in obligations} == {o: set(OUTCOMES) for o in obligations}


@pytest.fixture(autouse=True)
def _packs_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two hundred runs need not read the same hundred files each."""
    monkeypatch.setattr(pipeline, "load_every_pack", lambda *_: LAW)


#: All packs take minutes; `genai-policy pack test` and ALL_PACKS=1 judge them, the suite those that most services meet.
JUDGED = [o for o in sorted(BY_OBLIGATION) if os.environ.get("ALL_PACKS") or o.startswith(("cn-genai/", "cn-labelling/"))]


@pytest.mark.parametrize("obligation", JUDGED)
def test_cases_have_the_outcome_of_their_folder(obligation: str) -> None:
    for case in BY_OBLIGATION[obligation]:
        found, why = judged(case, (), (), Pen("en"))
        assert (case.expected, found) == (case.expected, case.expected), why
