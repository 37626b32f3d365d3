"""``genai-policy scope``: which obligations bind, and why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from genai_policy.cli.options import language, law_options, pipeline_options, root_argument, run_options, verbose_option


@click.command(name="scope")
@root_argument
@law_options
@click.option("-f", "--format", "format", type=click.Choice(["text", "json"]), default="text", help="text or json.")
@click.option("-o", "--output", metavar="FILE", default="-", help="Write to a file instead of stdout.")
@verbose_option
@run_options
def command(path: Path, format: str, output: str, **given: Any) -> int:
    """Say which obligations bind the services below PATH, with the facts that decided and their lines. Reads no code."""
    from genai_policy import pipeline
    from genai_policy.cli.output import emit, terminal_style
    from genai_policy.report.json import scope_json
    from genai_policy.report.scope_text import scope_text

    declared, by_manifest = pipeline.scope(pipeline_options(path, **given))
    scopes = [(service, by_manifest[service.manifest]) for service in declared.services]
    packs = [pack.id for pack in declared.law.packs]
    lang = language(given["lang"])
    if format == "json":
        text = scope_json(declared.as_of, packs, scopes, lang)
    else:
        text = scope_text(declared.as_of, packs, scopes, lang, terminal_style(given["verbose"]))
    emit(text, output)
    return 0
