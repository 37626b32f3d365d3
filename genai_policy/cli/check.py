"""``genai-policy check``: the gate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from genai_policy.cli.options import language, law_options, pipeline_options, root_argument, run_options, staged_option, verbose_option

if TYPE_CHECKING:
    from genai_policy.model import Verdict
    from genai_policy.pipeline import Options


@click.command(name="check")
@root_argument
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@law_options
@click.option("--gate", type=click.Choice(["commit", "pull-request", "release"]), help="How strict to be [default: the manifest's choice].")
@staged_option
@click.option("--diff-base", metavar="REF", default="", help="Block only what is worse than where this branch left REF.")
@click.option(
    "--trust-base", metavar="REF", default="", help="Let manifests, waivers, packs and baseline of where this branch left REF rule."
)
@click.option(
    "-f",
    "--format",
    "formats",
    multiple=True,
    help="text, json, sarif, sarif-findings, github, gitlab, junit, junit-gitlab, rdjson, markdown, html, or a plugin's (repeatable).",
)
@click.option("-o", "--output", "outputs", multiple=True, metavar="FILE", help="Write a format to a file; `-` is stdout (repeatable).")
@click.option("--exit-zero", is_flag=True, help="Exit 0 even where the gate is not open (mistakes still exit 2).")
@verbose_option
@run_options
def command(path: Path, files: tuple[Path, ...], **given: Any) -> int:
    """Judge the services below PATH (default: here).

    With FILES, only findings that touch one of them block; the others are reported as already known.
    """
    from dataclasses import replace

    from genai_policy.cli.change import root_and_files
    from genai_policy.cli.formats import chosen_reporters, destinations, write_reports
    from genai_policy.cli.repository import prefix_in_repository
    from genai_policy.plugins import load_plugins
    from genai_policy.report.tally import exit_code

    path, wanted = root_and_files(path, files)
    pairs = destinations(given["formats"], given["outputs"])
    options = pipeline_options(path, **given)
    host = load_plugins(options.plugins)
    reporters = chosen_reporters(pairs, host.reporters())
    verdict = _judged(replace(options, host=host), wanted)
    write_reports(verdict, reporters, language(given["lang"]), root=path, verbose=given["verbose"], prefix=prefix_in_repository(path))
    return 0 if given["exit_zero"] else exit_code(verdict)


def _judged(options: Options, files: frozenset[str]) -> Verdict:
    """Return the verdict, with what the change is not answerable for set apart."""
    from genai_policy import change
    from genai_policy.cli.change import accepting, outside_of, tell_unjudged

    verdict = change.check(options)
    options.progress("", 0, 0)
    tell_unjudged(verdict)
    return accepting(verdict, outside_of(files)) if files else verdict
