"""Turns service manifests into services: facts with their places, claims, attestations, links and policy. All mistakes come at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from genai_policy.errors import ManifestError
from genai_policy.load.inputs import Read, read_input
from genai_policy.load.locators import read_claims
from genai_policy.load.manifest_checks import Known, check_meaning
from genai_policy.load.mistakes import Mistakes
from genai_policy.load.positions import Path
from genai_policy.load.shape import checked
from genai_policy.load.toml import TomlFile, dotted, read_toml
from genai_policy.model.code import Place
from genai_policy.model.service import Attestation, DeclaredLink, PolicySettings, Service

if TYPE_CHECKING:
    from genai_policy.load.manifest_model import Manifest, WaiversPolicy

MANIFEST_FILE = "genai-service.toml"

NOT_FACTS = frozenset({"schema", "implements", "policy", "attest", "link"})
"""Top-level keys of a manifest that declare something other than facts."""


def load_services(
    tree_read: Read,
    manifests: Sequence[str],
    controls: Collection[str] | None,
    *,
    obligations: Collection[str] | None = None,
    packs: Collection[str] | None = None,
    root_name: str = "service",
) -> tuple[Service, ...]:
    """Read every manifest (paths relative to the scanned root) and return its service, in the order of the paths.

    ``controls``, ``obligations`` and ``packs`` are the known ids (None: any id passes).
    ``root_name`` names a service at the root that has no ``service.name``.
    Raises ManifestError with the mistakes of all manifests.
    """
    mistakes = Mistakes()
    known = Known(controls, obligations, packs)
    services = [_load_one(tree_read, path, known, root_name, mistakes) for path in sorted(set(manifests))]
    mistakes.raise_as(ManifestError)
    return tuple(s for s in services if s is not None)


def manifest_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a manifest, with a description for every key."""
    from genai_policy.load.manifest_schema import build_schema

    return build_schema()


def _load_one(read: Read, path: str, known: Known, root_name: str, mistakes: Mistakes) -> Service | None:
    data = read_input(read, path, mistakes)
    source = None if data is None else read_toml(path, data, mistakes)
    if source is None:
        return None
    from genai_policy.load.manifest_model import Manifest

    root = path.rpartition("/")[0]
    manifest = checked(source, Manifest, mistakes)
    implements = read_claims(source, root, known.controls, mistakes)
    check_meaning(source, root, known, mistakes)
    if manifest is None:
        return None
    facts = dict(_flattened(_plain_facts(manifest), ()))
    return Service(
        manifest=path,
        root=root,
        name=str(facts.get("service.name", root.rpartition("/")[2] or root_name or "service")),
        facts=facts,
        places=_places(source),
        implements=implements,
        attestations=tuple(_attestations(source, manifest)),
        links=tuple(
            DeclaredLink(link.from_, link.to, link.reason, source.place(("link", i))) for i, link in enumerate(manifest.link or ())
        ),
        policy=_settings(manifest),
    )


def _plain_facts(manifest: Manifest) -> dict[str, Any]:
    values = manifest.model_dump(by_alias=True, exclude_unset=True)
    return {k: v for k, v in values.items() if k not in NOT_FACTS}


def _flattened(table: dict[str, Any], above: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """Yield dotted names with their values; a list of tables stays one value."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flattened(value, (*above, key))
        else:
            yield ".".join((*above, key)), value


def _places(source: TomlFile) -> dict[str, Place]:
    """Return the place of every key by dotted name; items of lists of tables too (``models``, ``models[0]``, ``models[0].origin``)."""
    return {_fact_name(path): Place(source.file, *spot.key) for path, spot in source.positions.items()}


def _fact_name(path: Path) -> str:
    if any(isinstance(p, int) for p in path):
        return dotted(path)
    return ".".join(str(p) for p in path)


def _attestations(source: TomlFile, manifest: Manifest) -> Iterator[Attestation]:
    for index, said in enumerate(manifest.attest or ()):
        yield Attestation(
            by=said.by,
            on=said.on,
            expires=said.expires,
            reason=said.reason,
            place=source.place(("attest", index)),
            control=said.control or "",
            obligation=said.obligation or "",
            applies=said.applies,
            document=said.document or "",
        )


def _settings(manifest: Manifest) -> PolicySettings:
    policy = manifest.policy
    if policy is None:
        return PolicySettings()
    return PolicySettings(
        packs=None if policy.packs == "auto" else tuple(policy.packs),
        as_of=policy.as_of,
        gate=policy.gate,
        severity=dict(sorted((policy.severity or {}).items())),
        tolerate={gate: tuple(sorted(what)) for gate, what in sorted((policy.tolerate or {}).items())},
        include=tuple(policy.include or ()),
        exclude=tuple(policy.exclude or ()),
        **_waivers_policy(policy.waivers),
    )


def _waivers_policy(declared: WaiversPolicy | None) -> dict[str, Any]:
    if declared is None:
        return {}
    wanted = {"most_waivers": declared.most, "waivers_in_code": declared.in_code}
    return {key: value for key, value in wanted.items() if value is not None}
