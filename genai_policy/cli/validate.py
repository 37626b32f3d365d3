"""``genai-policy validate``: is what people wrote free of mistakes? Quick enough to run on every save."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from genai_policy.cli.options import language, law_options, root_argument, run_options, staged_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genai_policy.model import Service
    from genai_policy.read.ends import End
    from genai_policy.read.tree import Tree


@click.command(name="validate")
@root_argument
@law_options
@staged_option
@run_options
def command(path: Path, **given: Any) -> int:
    """Check genai-service.toml, genai-waivers.toml and .genai-baseline.json below PATH, and that the places they name exist.

    Reads no code, so it cannot tell whether a claim holds: `genai-policy check` does.
    """
    from genai_policy.cli.options import existing_directory
    from genai_policy.cli.output import print_text
    from genai_policy.errors import ManifestError
    from genai_policy.load.waivers import WAIVERS_FILE
    from genai_policy.read.tree import list_tree
    from genai_policy.report.wording import phrase

    existing_directory(path)
    tree = list_tree(path, staged=given["staged"])
    # a waiver is checked against what its obligation says, which only the packs themselves tell
    whole = tree.has(WAIVERS_FILE) or given["packs"] or given["plugins"] or _installed_plugins()
    services, waivers, ends = _by_law(path, given) if whole else _by_names(path, tree, given)
    if ends:
        raise ManifestError([_mistake(end) for end in ends])
    print_text(phrase("validate.fine", language(given["lang"]), manifests=len(services), waivers=waivers) + "\n")
    return 0


def _by_law(path: Path, given: Any) -> tuple[Sequence[Service], int, tuple[End, ...]]:
    from genai_policy import pipeline
    from genai_policy.cli.options import pipeline_options

    declared, ends = pipeline.validate(pipeline_options(path, **given))
    return declared.services, len(declared.waivers), ends


def _by_names(path: Path, tree: Tree, given: Any) -> tuple[Sequence[Service], int, tuple[End, ...]]:
    """Check without reading packs or loading plugins: half of the time that the whole way takes."""
    from genai_policy.errors import UsageProblem
    from genai_policy.load.baseline import BASELINE_FILE, read_baseline
    from genai_policy.load.manifest import MANIFEST_FILE, load_services
    from genai_policy.load.names import known_names
    from genai_policy.load.shipped import genai_policy_packs
    from genai_policy.read.ends import loose_ends

    manifests = [file.path for file in tree.files if file.path.rpartition("/")[2] == MANIFEST_FILE and not file.left_out]
    if not manifests:
        raise UsageProblem(f"nothing to check: no {MANIFEST_FILE} below {path}; run `genai-policy init {path}` to draft one from the code")
    known = known_names([*genai_policy_packs(), *given["pack_directories"]])
    root = path.resolve().name
    services = load_services(tree.read, manifests, known.controls, obligations=known.obligations, packs=known.packs, root_name=root)
    read_baseline(tree.read, BASELINE_FILE)
    return services, 0, loose_ends(tree, services)


def _installed_plugins() -> bool:
    from importlib.metadata import entry_points

    return bool(entry_points(group="genai_policy"))


def _mistake(end: End) -> Any:
    from genai_policy.errors import Mistake
    from genai_policy.report.wording import say

    place, key, why = end
    return Mistake(place.file, place.line, place.column, key, say(why), "write where it is, or drop the claim")
