"""Manifests: what they become, and how each mistake is told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import tomli
from hypothesis import given, settings
from hypothesis import strategies as st

from genai_policy.errors import ManifestError, Mistake
from genai_policy.load.manifest import load_services
from genai_policy.model.code import Place
from genai_policy.model.service import Locator, Service

CASES = Path(__file__).with_name("cases")
CONTROLS = [
    "bias-tests",
    "complaint-entry",
    "content-filter",
    "data-requests",
    "log-retention",
    "service-agreement",
    "training-register",
    "user-guidance",
    "visible-label",
]
MISTAKES = tomli.loads((CASES / "manifest_mistakes.toml").read_text("utf-8"))["case"]


def load(files: Mapping[str, str | bytes], controls: list[str] | None = None) -> tuple[Service, ...]:
    held = {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}

    def read(path: str) -> bytes:
        if path not in held:
            raise FileNotFoundError(2, "No such file or directory")
        return held[path]

    return load_services(read, sorted(held), controls)


def load_one(text: str, path: str = "genai-service.toml") -> Service:
    (service,) = load({path: text})
    return service


def told(files: Mapping[str, str | bytes], controls: list[str] | None = None) -> list[str]:
    with pytest.raises(ManifestError) as caught:
        load(files, controls)
    return [str(m) for m in caught.value.mistakes]


@pytest.mark.parametrize("case", MISTAKES, ids=lambda c: c["name"])
def test_every_mistake_is_told_at_its_place(case: dict[str, Any]) -> None:
    path = f"{case['root']}/genai-service.toml" if "root" in case else "genai-service.toml"
    assert told({path: case["manifest"]}, CONTROLS) == [f"{path}:{m}" for m in case["mistakes"]]


def test_facts_keep_their_toml_names_and_places() -> None:
    service = load_one((CASES / "public_chatbot.toml").read_text("utf-8"), "svc/chat/genai-service.toml")
    assert (service.root, service.name) == ("svc/chat", "chat")
    assert service.facts["service.geo-control"] == "none"
    assert service.facts["service.public-since"] == dt.date(2026, 3, 2)
    assert service.facts["output.files"] == [{"format": "png", "reaches-user": True}]
    assert [m["id"] for m in service.facts["models"]] == ["chat", "img"]
    assert service.facts["user-publication"] is False
    assert service.facts["opinion.features"] == ["sharing"]
    assert service.place_of("user-publication") == Place("svc/chat/genai-service.toml", 2, 1)
    assert service.place_of("service.stage").line == 6
    assert service.place_of("models").line == 25
    assert service.places["models[1].filing-no"].line == 34


def test_what_is_not_declared_is_absent_and_points_to_the_nearest_table() -> None:
    service = load_one('schema = 1\n\n[service]\nstage = "live"\n')
    assert dict(service.facts) == {"service.stage": "live"}
    assert service.place_of("service.reach").line == 3
    assert service.place_of("training.activities").line == 1


def test_an_empty_set_is_declared() -> None:
    assert load_one("schema = 1\n[training]\nactivities = []\n").facts == {"training.activities": []}


def test_nested_records_become_dotted_names() -> None:
    text = 'schema = 1\nfilings.model.number = "A"\n[[filings.algorithm]]\nnumber = "B"\nfiled-on = 2026-01-02\n'
    service = load_one(text)
    assert service.facts == {
        "filings.model.number": "A",
        "filings.algorithm": [{"number": "B", "filed-on": dt.date(2026, 1, 2)}],
    }
    assert service.place_of("filings.model.number").line == 2
    assert service.place_of("filings.algorithm").line == 3


def test_dates_may_stand_in_quotes() -> None:
    service = load_one('schema = 1\n[service]\npublic-since = "2026-03-02"\n[policy]\nas-of = "2026-11-15"\n')
    assert service.facts["service.public-since"] == dt.date(2026, 3, 2)
    assert service.policy.as_of == dt.date(2026, 11, 15)


def test_who_declared_what_and_why_may_stand_in_every_table() -> None:
    said = 'declared-by = "Li Wei"\ndeclared-on = 2026-01-01\nreason = "asked the team"\n'
    sections = ("service", "provider", "output", "training", "annotation", "accounts", "personal-info", "inputs", "minors", "opinion")
    tables = [f"[{s}]" for s in (*sections, "companionship", "filings", "filings.model", "implements", "policy")]
    tables += ["[[models]]", "[[licences]]", "[[filings.algorithm]]", "[[output.files]]"]
    service = load_one("schema = 1\n" + said + "".join(f"{t}\n{said}" for t in tables))
    assert service.facts["declared-by"] == "Li Wei"
    assert service.facts["opinion.reason"] == "asked the team"
    assert service.implements == {}


def test_claims_become_locators() -> None:
    service = load_one((CASES / "public_chatbot.toml").read_text("utf-8"))
    claims = service.implements
    assert claims["visible-label"] == (Locator("hook", "app.labels:mark_generated", Place("genai-service.toml", 73, 26)),)
    assert claims["metadata-label"][0].options == {"middleware": True, "reason": "runs around every route"}
    assert [loc.target for loc in claims["data-requests"]] == ["GET /me", "DELETE /me"]
    assert [(loc.place.line, dict(loc.options)) for loc in claims["content-filter"]] == [(80, {}), (81, {"middleware": True})]
    assert {loc.kind for locators in claims.values() for loc in locators} == {
        "hook", "endpoint", "setting", "document", "register", "number", "test", "outside",
    }  # fmt: skip


def test_a_manifest_below_the_root_may_climb_inside_it() -> None:
    text = 'schema = 1\n[implements]\nservice-agreement = { document = "../shared/terms.md#users" }\n'
    assert load_one(text, "svc/genai-service.toml").implements["service-agreement"][0].target == "../shared/terms.md#users"
    assert "points outside the root" in told({"genai-service.toml": text})[0]


def test_policy_attestations_and_links() -> None:
    service = load_one((CASES / "public_chatbot.toml").read_text("utf-8"))
    assert service.policy.packs == ("cn-genai",)
    assert service.policy.gate == "release"
    assert service.policy.severity == {"cn-genai/art4-2-anti-discrimination": "warning"}
    assert service.policy.tolerate == {"commit": ("review", "undetermined")}
    assert service.policy.include == ("vendor/ours/**",)
    (said,) = service.attestations
    assert (said.control, said.by, said.applies) == ("security-assessment", "Li Wei, security lead", None)
    assert (said.on, said.expires) == (dt.date(2026, 6, 1), dt.date(2027, 5, 31))
    assert [(link.source, link.target) for link in service.links] == [("app.queue:enqueue", "app.worker:generate")]


def test_unknown_obligations_and_packs_are_told_when_the_law_is_known() -> None:
    text = """\
schema = 1
[policy]
packs = ["cn-genia"]
severity = { "cn-genai/lable" = "note" }
[[attest]]
obligation = "cn-genai/lable"
by = "a"
on = 2026-01-01
expires = 2026-02-01
reason = "b"
"""
    with pytest.raises(ManifestError) as caught:
        load_services(lambda _: text.encode(), ["m.toml"], [], obligations=["cn-genai/label"], packs=["cn-genai"])
    assert [str(m) for m in caught.value.mistakes] == [
        'm.toml:3:10: policy.packs[0]: unknown pack "cn-genia"; did you mean "cn-genai"? known packs: cn-genai',
        (
            'm.toml:4:14: policy.severity.cn-genai/lable: unknown obligation "cn-genai/lable"; did you mean "cn-genai/label"? '
            "known obligations: cn-genai/label"
        ),
        (
            'm.toml:6:14: attest[0].obligation: unknown obligation "cn-genai/lable"; did you mean "cn-genai/label"? '
            "known obligations: cn-genai/label"
        ),
    ]
    assert load_one(text).policy.packs == ("cn-genia",)


def test_automatic_packs_are_none() -> None:
    assert load_one('schema = 1\n[policy]\npacks = "auto"\n').policy.packs is None
    assert load_one("schema = 1\n").policy.packs is None


def test_names() -> None:
    assert load_one('schema = 1\n[service]\nname = "对话"\n').name == "对话"
    assert load_services(lambda _: b"schema = 1\n", ["genai-service.toml"], None, root_name="shop")[0].name == "shop"


def test_columns_count_code_points() -> None:
    (found,) = told({"m.toml": 'schema = 1\nimplements = { "标签" = { hook = "×" } }\n'})
    assert found.startswith('m.toml:2:32: implements."标签".hook: "×" is not a hook; write ')


def test_mistakes_of_all_manifests_come_at_once() -> None:
    found = told({"a/genai-service.toml": "schema = 3\n", "b/genai-service.toml": b"\xff", "c/genai-service.toml": "x = 1\nschema = 1\n"})
    assert [line.split(":")[0] for line in found] == ["a/genai-service.toml", "b/genai-service.toml", "c/genai-service.toml"]


def test_a_manifest_that_cannot_be_read_is_a_mistake() -> None:
    with pytest.raises(ManifestError, match=r"gone\.toml: cannot be read: No such file"):
        load_services(lambda p: Path(f"/nonexistent/{p}").read_bytes(), ["gone.toml"], None)


@pytest.mark.parametrize(
    "hostile",
    [
        b"a" * 1_100_000,
        b"x = " + b"[" * 5000 + b"]" * 5000,
        b"a." * 5000 + b"a = 1",
        b"x = " + b"9" * 5000,
        b"[a." + b"b." * 40 + b"c]",
        b"\x00",
        b'schema = 1\n[implements]\nx = { hook = "\\u0000" }',
    ],
    ids=["long", "nested", "dotted", "digits", "deep", "nul", "nul in a claim"],
)
def test_hostile_bytes_are_mistakes(hostile: bytes) -> None:
    assert told({"genai-service.toml": hostile})


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=200))
def test_any_bytes_load_or_are_told(data: bytes) -> None:
    _load_or_told(data)


_WORDS = st.sampled_from(
    ["schema", "service", "stage", "models", "implements", "policy", "attest", "packs", "hook", "on", "expires", "opinion", "declared", "x"]
)
_VALUES = st.recursive(
    st.none() | st.sampled_from(['"live"', '"no"', "1", "true", "2026-01-01", "1.5", "12:00:00", "inf", '""', '"a:b"']),
    lambda inner: (
        st.lists(inner.filter(bool), max_size=3).map(lambda v: f"[{', '.join(map(str, v))}]")
        | st.dictionaries(_WORDS, inner.filter(bool), max_size=3).map(lambda d: "{" + ", ".join(f"{k} = {v}" for k, v in d.items()) + "}")
    ),
    max_leaves=6,
)


@settings(deadline=None, max_examples=150)
@given(st.dictionaries(_WORDS, _VALUES.filter(bool), max_size=6))
def test_any_values_load_or_are_told(values: dict[str, str]) -> None:
    _load_or_told("".join(f"{k} = {v}\n" for k, v in values.items()).encode())


def _load_or_told(data: bytes) -> None:
    found: tuple[Mistake, ...] = ()
    try:
        load({"genai-service.toml": data}, CONTROLS)
    except ManifestError as error:
        found = error.mistakes or (Mistake("", 0, 0, "", ""),)
    assert all(m.file and m.problem and "\n" not in str(m) for m in found)
