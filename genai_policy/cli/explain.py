"""``genai-policy explain``: one obligation or control, in words; for a service, also why it binds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from genai_policy.cli.options import language, law_options, pipeline_options, run_options

if TYPE_CHECKING:
    from genai_policy.model import Law
    from genai_policy.pipeline import Options
    from genai_policy.report.explain_parts import At
    from genai_policy.report.layout import Pen


@click.command(name="explain")
@click.argument("id")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("--because", is_flag=True, help="Show the decision for the services below PATH (default: here) as a tree of facts.")
@law_options
@run_options
def command(id: str, path: Path | None, because: bool, **given: Any) -> int:
    """Explain the obligation or control ID: the duty, its clause, how to satisfy it, what is looked for, and what cannot be seen.

    With PATH, the examples fit the manifest and the web framework found there.
    """
    from genai_policy.cli.law import every_pack
    from genai_policy.cli.output import print_text, terminal_style
    from genai_policy.errors import UsageProblem
    from genai_policy.report.explain_text import control_text, obligation_text
    from genai_policy.report.layout import Pen

    law = every_pack(given["plugins"], given["pack_directories"])
    pen = Pen(language(given["lang"]), terminal_style())
    obligation = law.obligation(id)
    if because and obligation is None and id in law.controls:
        raise UsageProblem(f"{id} is a control; --because explains obligations (`genai-policy explain {id}` lists those that ask for it)")
    if because and obligation is not None:
        print_text(_decisions(law, id, pipeline_options(path or Path(), **{**given, "packs": (obligation.pack,)}), pen))
    elif obligation is not None:
        print_text(obligation_text(law, obligation, pen.lang, pen.style, _at(path, given)))
    elif control := law.controls.get(id):
        print_text(control_text(law, control, pen.lang, pen.style, _at(path, given)))
    else:
        raise UsageProblem(_unknown(law, id))
    return 0


def _decisions(law: Law, id: str, options: Options, pen: Pen) -> str:
    """Return the decision about one obligation for each service."""
    from genai_policy import pipeline
    from genai_policy.assess.because import decision_of
    from genai_policy.report.because_text import Decided, because_text

    declared, by_manifest = pipeline.scope(options)
    pages = []
    for service in declared.services:
        obligation, found = next(pair for pair in by_manifest[service.manifest] if pair[0].id == id)
        day = declared.as_of
        tree = decision_of(obligation.applies_when, service, law, day)
        controls = tuple((r.control, decision_of(r.when, service, law, day)) for r in obligation.requires if r.when)
        pages.append(because_text(Decided(service, obligation, found, tree, controls, day), pen))
    return "\n".join(pages)


def _at(path: Path | None, given: dict[str, Any]) -> At:
    """Return whom the page is for: the one service below ``path``, and the frameworks of its routes, the most used first."""
    from collections import Counter

    from genai_policy.report.explain_parts import At

    if path is None:
        return At()
    from genai_policy import pipeline

    options = pipeline_options(path, **{**given, "packs": ()})
    tree = pipeline.open_root(options)
    services = pipeline.scope(options)[0].services if pipeline.manifests_in(tree) else ()
    code, _ = pipeline.facts(options)
    used = Counter(route.framework for route in code.routes if route.framework)
    frameworks = tuple(name for name, _ in sorted(used.items(), key=lambda pair: (-pair[1], pair[0])))
    return At(services[0] if len(services) == 1 else None, frameworks)


def _unknown(law: Law, id: str) -> str:
    from genai_policy.cli.suggest import did_you_mean

    known = [*law.controls, *(o.id for pack in law.packs for o in pack.obligations)]
    advice = did_you_mean(id, known) or "; `genai-policy pack show ID` lists the obligations of a pack"
    return f"no obligation or control {id!r}{advice}"
