"""``genai-policy facts``: what the code shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from genai_policy.cli.options import language, pipeline_options, root_argument, run_options, verbose_option


@click.command(name="facts")
@root_argument
@click.option("-f", "--format", "format", type=click.Choice(["text", "json"]), default="text", help="text or json.")
@click.option("-o", "--output", metavar="FILE", default="-", help="Write to a file instead of stdout.")
@verbose_option
@run_options
def command(path: Path, format: str, output: str, **given: Any) -> int:
    """Say what the code below PATH shows: generation calls, routes, and the paths between them. Needs no manifest."""
    from genai_policy import pipeline
    from genai_policy.cli.output import emit, terminal_style
    from genai_policy.report.facts_text import facts_text
    from genai_policy.report.json import facts_json

    options = pipeline_options(path, **given)
    code, ledger = pipeline.facts(options)
    options.progress("", 0, 0)
    if format == "json":
        text = facts_json(code, ledger)
    else:
        text = facts_text(code, ledger, language(given["lang"]), terminal_style(given["verbose"]))
    emit(text, output)
    return 0
