"""``genai-policy pack upcoming``: what will begin or end to bind a service, and what is missing for it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import click

from genai_policy.cli.options import Day, language, law_options, pipeline_options, root_argument, run_options


@click.command(name="upcoming")
@root_argument
@click.option("--until", type=Day(), metavar="YYYY-MM-DD", help="Look no further than this day [default: all that the packs know of].")
@law_options
@click.option("-f", "--format", "format", type=click.Choice(["text", "json"]), default="text", help="text or json.")
@click.option("-o", "--output", metavar="FILE", default="-", help="Write to a file instead of stdout.")
@run_options
def command(path: Path, until: dt.date | None, format: str, output: str, **given: Any) -> int:
    """Say what begins or ends to bind the services below PATH after the day of judgement, and what today's tree lacks for it."""
    from genai_policy import pipeline
    from genai_policy.cli.output import emit, terminal_style
    from genai_policy.report.json import document
    from genai_policy.report.law_records import upcoming_record
    from genai_policy.report.layout import Pen
    from genai_policy.report.upcoming_text import upcoming_text

    options = pipeline_options(path, **given)
    outlook = pipeline.upcoming(options, until)
    options.progress("", 0, 0)
    pen = Pen(language(given["lang"]), terminal_style())
    emit(document(upcoming_record(outlook, pen.lang)) if format == "json" else upcoming_text(outlook, pen), output)
    return 0
