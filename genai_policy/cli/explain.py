"""``genai-policy explain``: one obligation or control, in words; for a service, also why it binds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from genai_policy.cli.options import language, law_options, pipeline_options, run_options

if TYPE_CHECKING:
    import datetime as dt

    from genai_policy.model import Law, Obligation, Service
    from genai_policy.model.verdict import Applicability
    from genai_policy.pipeline import Options
    from genai_policy.report.because_text import Decided
    from genai_policy.report.explain_parts import At
    from genai_policy.report.layout import Pen


@click.command(name="explain")
@click.argument("id")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("--because", is_flag=True, help="Show the decision for the services below PATH (default: here) as a tree of facts.")
@click.option("-f", "--format", "format", type=click.Choice(["text", "json"]), default="text", help="text, or json (with --because).")
@click.option("-o", "--output", metavar="FILE", default="-", help="Write to a file instead of stdout.")
@law_options
@run_options
def command(id: str, path: Path | None, because: bool, format: str, output: str, **given: Any) -> int:
    """Explain the obligation or control ID: the duty, its clause, how to satisfy it, what is looked for, and what cannot be seen.

    With PATH, the examples fit the manifest and the web framework found there.
    """
    from genai_policy.cli.law import every_pack
    from genai_policy.cli.output import emit, terminal_style
    from genai_policy.errors import UsageProblem
    from genai_policy.report.explain_text import control_text, obligation_text
    from genai_policy.report.layout import Pen

    law = every_pack(given["plugins"], given["pack_directories"])
    pen = Pen(language(given["lang"]), terminal_style())
    obligation = law.obligation(id)
    if because and obligation is None and id in law.controls:
        raise UsageProblem(f"{id} is a control; --because explains obligations (`genai-policy explain {id}` lists those that ask for it)")
    if format == "json" and not because:
        raise UsageProblem("only the decision for a service is written as JSON; add --because")
    if because and obligation is not None:
        options = pipeline_options(path or Path(), **{**given, "packs": (obligation.pack,)})
        emit(_decisions(law, obligation, options, pen, format), output)
    elif obligation is not None:
        emit(obligation_text(law, obligation, pen.lang, pen.style, _at(path, given)), output)
    elif control := law.controls.get(id):
        emit(control_text(law, control, pen.lang, pen.style, _at(path, given)), output)
    else:
        raise UsageProblem(_unknown(law, id))
    return 0


def _decisions(law: Law, obligation: Obligation, options: Options, pen: Pen, format: str) -> str:
    """Return the decision about one obligation for each service, in words or as JSON."""
    from genai_policy import pipeline
    from genai_policy.report.because_text import because_text
    from genai_policy.report.json import document
    from genai_policy.report.law_records import because_record

    declared, by_manifest = pipeline.scope(options)
    found = [next(pair for pair in by_manifest[service.manifest] if pair[0].id == obligation.id) for service in declared.services]
    decided = [_decided(law, service, *pair, declared.as_of) for service, pair in zip(declared.services, found, strict=True)]
    if format == "json":
        return document(because_record(obligation, declared.as_of, decided, pen.lang))
    return "\n".join(because_text(each, pen) for each in decided)


def _decided(law: Law, service: Service, obligation: Obligation, found: Applicability, day: dt.date) -> Decided:
    from genai_policy.assess.because import decision_of
    from genai_policy.report.because_text import Decided

    tree = decision_of(obligation.applies_when, service, law, day)
    controls = tuple((r.control, decision_of(r.when, service, law, day)) for r in obligation.requires if r.when)
    dispute = decision_of(obligation.contested_when, service, law, day) if obligation.contested_when else None
    disputes = (dispute,) if dispute and dispute.answer == "yes" else ()
    return Decided(service, obligation, found, tree, controls, day, disputes)


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
