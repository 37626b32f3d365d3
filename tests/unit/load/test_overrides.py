"""An organisation asks for more than the instruments, never for less; ids that were removed stay unused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from genai_policy.errors import PackError
from genai_policy.load.packs import load_law
from genai_policy.model.law import Law

POLICIES = Path(__file__).resolve().parents[3] / "policies"
PACK = """\
schema = 1
id = "acme"
jurisdiction = "CN"
status = "soft-law"
version = "1.0.0"
in-force = 2026-01-01
sources = []
title = { en = "House rules", zh = "内部规则" }
instrument = { en = "House rules", zh = "内部规则" }
"""
TARGET = "cn-cybersecurity/network-logs-6-months"


def law_with(tmp_path: Path, extra: str) -> Law:
    (tmp_path / "house" / "acme").mkdir(parents=True, exist_ok=True)
    (tmp_path / "house" / "acme" / "pack.toml").write_text(PACK + extra)
    return load_law((POLICIES, tmp_path / "house"), {})


def override(lines: str) -> str:
    return f'[[override]]\nobligation = "{TARGET}"\nreason = {{ en = "we do", zh = "内部决定" }}\n{lines}\n'


def test_stricter_parameters_and_controls_are_laid_over(tmp_path):
    extra = override('control = "log-retention"\nparams = { setting = { min = "2y" } }\nseverity = "error"') + override(
        'control = "service-continuity"'
    )
    found = law_with(tmp_path, extra).obligation(TARGET)
    assert found is not None
    params = {r.control: r.params for r in found.requires}
    assert params["log-retention"]["setting"]["min"] == "2y"
    assert "service-continuity" in params
    assert found.severity == "error"
    assert found.changed_by == ("acme", "acme")


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ('control = "log-retention"\nparams = { setting = { min = "30d" } }', "is not known to be stricter"),
        ('control = "log-retention"\nparams = { setting = { type = "text" } }', "is not known to be stricter"),
        ('control = "log-retention"\nparams = { hook = { on = "reachable" } }', "cannot be shown by hook evidence"),
        ('control = "log-retentoin"', "unknown control"),
        ('severity = "warning"', "is less than"),
        ("params = { setting = {} }", "belongs to no control"),
    ],
)
def test_what_is_not_stricter_is_a_mistake(tmp_path, lines, told):
    with pytest.raises(PackError, match=told):
        law_with(tmp_path, override(lines))


def test_an_unknown_obligation_is_a_mistake(tmp_path):
    with pytest.raises(PackError, match="unknown obligation"):
        law_with(tmp_path, override("").replace("6-months", "7-months"))


def test_a_removed_id_is_never_used_again(tmp_path):
    policies = Path(shutil.copytree(POLICIES, tmp_path / "policies"))
    file = policies / "cn-assessment-2018" / "pack.toml"
    removed = '\n[[removed]]\nid = "cn-assessment-2018/art3-self-assessment"\nsince = "2.0.0"\nreason = { en = "gone", zh = "已移除" }\n'
    file.write_text(file.read_text() + removed)
    with pytest.raises(PackError, match=r"was removed in .* and is used again"):
        load_law((policies,), {})
