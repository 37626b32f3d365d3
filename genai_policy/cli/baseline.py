"""``genai-policy baseline``: accept what is unmet today, so that only what is new blocks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from genai_policy.cli.options import language, law_options, pipeline_options, root_argument, run_options


@click.command(name="baseline")
@root_argument
@law_options
@run_options
def command(path: Path, **given: Any) -> int:
    """Write .genai-baseline.json with the findings of today: they stay unmet and are reported, and no longer block.

    Waived findings are left out. Running it again forgets what has been mended.
    """
    from dataclasses import replace

    from genai_policy import pipeline
    from genai_policy.cli.output import print_text, write_file
    from genai_policy.load.baseline import BASELINE_FILE, render_baseline
    from genai_policy.report.wording import phrase

    options = pipeline_options(path, **given)
    verdict = pipeline.check(replace(options, baselined=frozenset()))
    options.progress("", 0, 0)
    accepted = [finding for finding in verdict.findings if finding.status == "new"]
    write_file(path / BASELINE_FILE, render_baseline(accepted))
    print_text(phrase("baseline.written", language(given["lang"]), file=(path / BASELINE_FILE).as_posix(), n=len(accepted)) + "\n")
    return 0
