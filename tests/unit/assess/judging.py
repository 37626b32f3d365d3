"""Builds one claim over a small repository in memory and asks one evidence kind about it."""

from __future__ import annotations

import datetime as dt
import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomli

from genai_policy.assess.outcomes import control_outcome
from genai_policy.model.code import CodeFacts, Place
from genai_policy.model.law import Control, Way
from genai_policy.model.message import Text
from genai_policy.model.service import Attestation, Locator, Service
from genai_policy.model.verdict import Claim, ControlOutcome, Evidence, FactIndex
from genai_policy.read.materials import read_materials

AS_OF = dt.date(2026, 11, 15)
MANIFEST = "genai-service.toml"
SHARED = {
    "documents": {
        "placeholder": [
            {"id": "todo", "any": [r"\b(?:TODO|TBD)\b", "待补充|待定"], "title": {"en": "unfinished text", "zh": "未完成的文字"}},
            {"id": "blank", "any": [r"(?i)\[(?:company|your)[^\]\n]{0,40}\]", "某某"], "title": {"en": "a blank", "zh": "空白项"}},
            {"id": "lorem", "any": [r"(?i)\blorem ipsum\b"], "title": {"en": "filler", "zh": "填充文字"}},
        ]
    }
}
_TEXT = Text("", "")


class MemoryFile:
    """One file of a :class:`MemoryTree`."""

    def __init__(self, path: str, size: int, left_out: str = "") -> None:
        self.path, self.size, self.left_out = path, size, left_out


class MemoryTree:
    """A scanned tree that lives in memory."""

    def __init__(self, contents: Mapping[str, str | bytes], left_out: Mapping[str, str] | None = None) -> None:
        self.contents = {path: data.encode() if isinstance(data, str) else data for path, data in contents.items()}
        reasons = left_out or {}
        self.files = tuple(MemoryFile(p, len(self.contents[p]), reasons.get(p, "")) for p in sorted(self.contents))

    def read(self, path: str) -> bytes:
        """Return the bytes of ``path``."""
        if path not in self.contents:
            raise OSError(f"{path} does not exist")
        return self.contents[path]


def locators_from(claims: Any) -> tuple[Locator, ...]:
    """Read ``{kind = target, option = …}`` or a list of them, as the manifest writes them."""
    kinds = ("hook", "endpoint", "setting", "document", "register", "number", "sample", "test", "outside")
    found: list[Locator] = []
    for claim in claims if isinstance(claims, list) else [claims]:
        kind = next(k for k in kinds if k in claim)
        options = {k: v for k, v in claim.items() if k != kind}
        for target in claim[kind] if isinstance(claim[kind], list) else [claim[kind]]:
            found.append(Locator(kind, target, Place(MANIFEST, 9 + len(found)), options))  # type: ignore[arg-type]
    return tuple(found)


def attestations_from(entries: Any) -> tuple[Attestation, ...]:
    """Read ``[[attest]]`` tables."""
    return tuple(
        Attestation(
            by=e.get("by", ""),
            on=e["on"],
            expires=e["expires"],
            reason=e.get("reason", ""),
            place=Place(MANIFEST, 30),
            control="the-control",
            document=e.get("document", ""),
        )
        for e in entries
    )


def claim_of(case: Mapping[str, Any], root: str = "") -> Claim:
    """Build the claim of a case: ``ways`` (kind -> parameters), ``claims`` (locators), ``facts``, ``attest``."""
    ways = case["ways"]
    control = Control("the-control", _TEXT, _TEXT, _TEXT, _TEXT, "", tuple(Way(k, v, bool(v.get("required"))) for k, v in ways.items()))
    locators = locators_from(case.get("claims", []))
    service = Service(
        manifest=MANIFEST,
        root=root,
        name="demo",
        facts=case.get("facts", {}),
        implements={"the-control": locators},
        attestations=attestations_from(case.get("attest", [])),
    )
    shared = {**SHARED, **case.get("shared", {})}
    return Claim(service, control, ways, locators, service.attestations, AS_OF, shared)


def facts_of(claim: Claim, case: Mapping[str, Any], code: CodeFacts | None = None) -> FactIndex:
    """Read the files of a case as a run would."""
    left_out = case.get("left-out", {})
    tree = MemoryTree(case.get("files", {}), left_out)
    materials = read_materials(tree, [claim.service])
    return FactIndex(
        code=code or CodeFacts(),
        files=frozenset(f.path for f in tree.files if not f.left_out),
        left_out=left_out,
        texts=materials.texts,
        settings=materials.settings,
        tables=materials.tables,
        problems=materials.problems,
    )


def ask(kind: str, claim: Claim, facts: FactIndex) -> tuple[Evidence, ...]:
    """Ask one evidence kind."""
    module = importlib.import_module(f"genai_policy.assess.evidence.{kind}")
    return tuple(module.genai_policy_collect_evidence(claim, facts))


def judge(case: Mapping[str, Any], kinds: tuple[str, ...]) -> ControlOutcome:
    """Return the outcome of a case for the given evidence kinds."""
    claim = claim_of(case)
    facts = facts_of(claim, case)
    return control_outcome(claim, [e for kind in kinds for e in ask(kind, claim, facts)])


def cases(name: str) -> list[Any]:
    """Load ``cases/<name>.toml``: ``[[case]]`` tables over the defaults in ``[all]``."""
    data = tomli.loads((Path(__file__).parent / "cases" / f"{name}.toml").read_text(encoding="utf-8"))
    common = data.get("all", {})
    return [{**common, **case, "files": {**common.get("files", {}), **case.get("files", {})}} for case in data["case"]]
