"""The bars of the bench: faults found with control and line, harmless edits left alone, nothing broken ever satisfied."""

from __future__ import annotations

import pytest

from tests.flowbench.bench import Judged, Variant, judge, variants

VARIANTS = list(variants())


@pytest.mark.parametrize("variant", [v for v in VARIANTS if v.kind == "compliant"], ids=lambda v: v.service)
def test_a_compliant_service_is_satisfied(variant: Variant) -> None:
    assert judge(variant).answer == "satisfied"


@pytest.mark.parametrize("service", sorted({v.service for v in VARIANTS}))
def test_broken_variants_are_caught(service: str) -> None:
    judged = [judge(v) for v in VARIANTS if v.service == service and v.kind == "broken"]
    assert [j.variant.name for j in judged if j.answer == "satisfied"] == []
    _at_least(judged, 0.97)


@pytest.mark.parametrize("service", sorted({v.service for v in VARIANTS}))
def test_harmless_variants_are_left_alone(service: str) -> None:
    judged = [judge(v) for v in VARIANTS if v.service == service and v.kind == "harmless"]
    assert [j.variant.name for j in judged if j.answer == "unmet"] == []
    _at_least(judged, 0.97)


def test_the_bench_is_large_enough() -> None:
    broken = [v for v in VARIANTS if v.kind == "broken"]
    harmless = [v for v in VARIANTS if v.kind == "harmless"]
    assert len({v.service for v in VARIANTS}) >= 8
    assert len(broken) >= 120
    assert len({v.op for v in broken}) >= 14
    assert len(harmless) >= 60
    assert len({v.op for v in harmless}) >= 8


def _at_least(judged: list[Judged], share: float) -> None:
    wrong = [f"{j.variant.name}: {j.answer}" for j in judged if not j.right]
    assert len(wrong) <= len(judged) * (1 - share), wrong
