"""Small services that meet a duty, that meet it in part, that do not, and that only look as if they did.

Each file of ``decoys/`` is about one control of the shipped packs: the app without it (``[files]``), with it in some places
(``[some]``), with it (``[all]``), what only looks like it (``[[decoy]]``: all together unclaimed, and each with the manifest claiming
it) and the same duty met in other styles (``[[real]]``). ``codes`` are notes of which at least one must be among the evidence.
"""

from __future__ import annotations

import functools
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest
import tomli

from genai_policy import pipeline
from genai_policy.model.verdict import ControlOutcome, Verdict
from genai_policy.testing import Repo, repo

HERE = Path(__file__).parent / "decoys"
CONTROLS = {path.stem: tomli.loads(path.read_text("utf-8")) for path in sorted(HERE.glob("*.toml"))}
DECOYS = [pytest.param(name, case, id=f"{name}: {case['name']}") for name, data in CONTROLS.items() for case in data["decoy"]]
REAL = [pytest.param(name, case, id=f"{name}: {case['name']}") for name, data in CONTROLS.items() for case in data["real"]]


@pytest.fixture(autouse=True, scope="module")
def packs_are_read_once():
    """The packs are the same in every case, and reading and scoping them is most of the time: only the obligations asked about stay."""
    asked = {data["obligation"] for data in CONTROLS.values()}
    load = pipeline.load_law

    @functools.cache
    def narrow(directories, kinds):
        law = load(directories, dict(kinds))
        packs = (msgspec.structs.replace(p, obligations=tuple(o for o in p.obligations if o.id in asked), rules=()) for p in law.packs)
        return msgspec.structs.replace(law, packs=tuple(packs))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "load_law", lambda directories, kinds, *_: narrow(directories, tuple(sorted(kinds.items()))))
        yield


def service(name: str, case: dict[str, Any], claim: str = "") -> Repo:
    """Build the app of a case. ``app = "all"`` starts from the app that meets the duty."""
    data = CONTROLS[name]
    files = {**data["files"], **(data["all"]["files"] if case.get("app") == "all" else {}), **case.get("files", {})}
    files["genai-service.toml"] = f"{case.get('manifest', data['manifest'])}\n{f'[implements]{chr(10)}{claim}{chr(10)}' if claim else ''}"
    return repo({path: text for path, text in files.items() if text or path.endswith("__init__.py")})


def outcome(name: str, verdict: Verdict) -> ControlOutcome:
    """Return what was found for the control under its obligation."""
    data = CONTROLS[name]
    (rule,) = (o for s in verdict.services for o in s.obligations if o.id == data["obligation"])
    (control,) = (c for c in rule.controls if c.id == data["control"])
    return control


def codes(control: ControlOutcome) -> set[str]:
    return {e.note.code for e in control.evidence}


def as_git(repository: Repo) -> Repo:
    for command in (["init", "-q"], ["add", "-A"], ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x"]):
        subprocess.run(["git", *command], cwd=repository.root, check=True)
    return repository


@pytest.mark.parametrize("git", [False, True], ids=["plain", "git"])
@pytest.mark.parametrize("name", CONTROLS)
def test_without_it_and_with_it(name: str, git: bool) -> None:
    data = CONTROLS[name]
    prepared = as_git if git else lambda r: r
    assert outcome(name, prepared(service(name, {})).check()).outcome == "unmet"
    claimed = outcome(name, prepared(service(name, {}, data["claim"])).check())
    assert claimed.outcome == "unmet"
    found = outcome(name, prepared(service(name, {"app": "all"}, data["claim"])).check())
    assert found.outcome == "satisfied", found.evidence
    assert outcome(name, service(name, {"app": "all"}).check()).outcome == "unmet", "nothing is claimed"


@pytest.mark.parametrize("name", [name for name, data in CONTROLS.items() if "some" in data])
def test_in_part_it_is_unmet_and_the_missing_place_is_named(name: str) -> None:
    case = CONTROLS[name]["some"]
    found = outcome(name, service(name, case, case.get("claim", CONTROLS[name]["claim"])).check())
    assert found.outcome == "unmet"
    (note,) = (e.note for e in found.evidence if e.note.code in case["codes"])
    assert dict(note.args) | case["args"] == dict(note.args)


@pytest.mark.parametrize(("name", "case"), DECOYS)
def test_a_decoy_is_not_accepted(name: str, case: dict[str, Any]) -> None:
    verdict = service(name, case, case.get("claim", CONTROLS[name]["claim"])).check()
    found = outcome(name, verdict)
    assert found.outcome == case.get("outcome", "unmet"), found.evidence
    if "codes" in case:
        assert codes(found) & set(case["codes"]), codes(found)
    if found.outcome == "unmet":
        assert any(f.control == CONTROLS[name]["control"] for f in verdict.findings)


@pytest.mark.parametrize("name", CONTROLS)
def test_what_nobody_claims_is_unmet_whatever_lies_about(name: str) -> None:
    everything = {path: text for case in CONTROLS[name]["decoy"] for path, text in case.get("files", {}).items()}
    found = outcome(name, service(name, {"files": everything}).check())
    assert found.outcome == "unmet"
    assert not any(e.polarity == "supports" for e in found.evidence)


@pytest.mark.parametrize("name", CONTROLS)
def test_each_control_meets_ten_decoys(name: str) -> None:
    assert len(CONTROLS[name]["decoy"]) >= 10


@pytest.mark.parametrize(("name", "case"), REAL)
def test_the_real_thing_in_another_style_is_accepted(name: str, case: dict[str, Any]) -> None:
    found = outcome(name, service(name, case, case.get("claim", CONTROLS[name]["claim"])).check())
    assert found.outcome == "satisfied", found.evidence
