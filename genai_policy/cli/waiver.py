"""``genai-policy waiver``: what has been accepted, by whom and until when."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from genai_policy.cli.options import Day, lang_option, language, pipeline_options, root_argument, run_options

if TYPE_CHECKING:
    from genai_policy.model import Waiver
    from genai_policy.report.layout import Pen


@click.group(name="waiver")
def command() -> None:
    """List, lint and prune the waivers of genai-waivers.toml and of comments in code."""


@command.command(name="list")
@root_argument
@click.option("--as-of", type=Day(), metavar="YYYY-MM-DD", help="Count the days that remain from here [default: today in Shanghai].")
@lang_option
def list_waivers(path: Path, as_of: dt.date | None, lang: str | None) -> int:
    """List waivers, the one that expires first at the top. Expired ones and those in code are listed too."""
    from genai_policy.cli.options import today
    from genai_policy.cli.output import print_text
    from genai_policy.report.layout import Pen, table

    pen = Pen(language(lang))
    day = as_of or today()
    waivers = sorted(_waivers(path), key=lambda waiver: (waiver.expires, waiver.place))
    if not waivers:
        print_text(pen.say("waiver.none") + "\n")
        return 0
    heads = [pen.say(f"waiver.head-{head}") for head in ("expires", "left", "obligation", "owner", "approved-by", "place", "reason")]
    print_text(table([heads, *(_row(waiver, day, pen) for waiver in waivers)]))
    return 0


def _row(waiver: Waiver, day: dt.date, pen: Pen) -> tuple[str, ...]:
    left = (waiver.expires - day).days
    # a waiver in code names nobody: it was reviewed with the code around it
    nobody = pen.say("waiver.in-code") if waiver.lines else ""
    return (
        waiver.expires.isoformat(),
        pen.say("waiver.expired") if left < 0 else pen.say("waiver.last-day") if left == 0 else pen.say("waiver.days", n=left),
        " ".join(filter(None, (waiver.obligation, waiver.control, "" if waiver.lines else waiver.path))),
        waiver.owner or nobody,
        waiver.approved_by or nobody,
        f"{waiver.place.file}:{waiver.place.line}",
        waiver.reason,
    )


@command.command(name="lint")
@root_argument
@click.option("--as-of", type=Day(), metavar="YYYY-MM-DD", help="Ask for waivers that have expired by this day [default: today].")
@run_options
def lint_waivers(path: Path, **given: Any) -> int:
    """Judge the services and fail on every waiver that is malformed, expired, doubled, too many, wrongly approved or matches nothing."""
    from genai_policy import pipeline
    from genai_policy.cli.output import print_text
    from genai_policy.report.wording import phrase

    options = pipeline_options(path, **given)
    verdict = pipeline.check(options)
    options.progress("", 0, 0)
    print_text(phrase("waiver.fine", language(given["lang"]), n=verdict.waivers_applied) + "\n")
    return 0


@command.command(name="prune")
@root_argument
@click.option("--as-of", type=Day(), metavar="YYYY-MM-DD", help="Drop what has expired by this day [default: today in Shanghai].")
@click.option("--dry-run", is_flag=True, help="Show what would be dropped, and write nothing.")
@run_options
def prune_waivers(path: Path, dry_run: bool, **given: Any) -> int:
    """Drop waivers that have expired or match nothing from genai-waivers.toml. Everything else in the file stays as it is."""
    from genai_policy.cli.output import print_text, write_file
    from genai_policy.cli.pruning import pruned
    from genai_policy.load.waivers import WAIVERS_FILE
    from genai_policy.report.layout import Pen

    pen = Pen(language(given["lang"]))
    options = pipeline_options(path, **given)
    result = pruned(options)
    options.progress("", 0, 0)
    lines = [line for place, text, why in result.dropped for line in (f"{place}: {pen.say(f'waiver.{why}')}", _indented(text))]
    lines += [f"{place}: {pen.say(f'waiver.{why}')}; {pen.say('waiver.by-hand')}" for place, why in result.in_code]
    if result.text is not None and not dry_run:
        write_file(path / WAIVERS_FILE, result.text)
    code = "nothing-pruned" if result.text is None else "would-prune" if dry_run else "pruned"
    lines.append(pen.say(f"waiver.{code}", n=len(result.dropped), file=WAIVERS_FILE))
    print_text("\n".join(lines) + "\n")
    return 0


def _indented(text: str) -> str:
    from genai_policy.report.escape import printable

    return "\n".join(f"  - {printable(line)}" for line in text.split("\n"))


def _waivers(path: Path) -> tuple[Waiver, ...]:
    from genai_policy.cli.law import every_pack
    from genai_policy.cli.options import existing_directory
    from genai_policy.load.waivers import WAIVERS_FILE, Sources, load_every_waiver
    from genai_policy.read.comments import comments_to_us
    from genai_policy.read.tree import open_tree

    existing_directory(path)
    tree = open_tree(path)
    sources = Sources(tree.read, has_file=tree.has(WAIVERS_FILE), comments=comments_to_us(tree))
    if not sources.has_file and not sources.comments:
        return ()
    return load_every_waiver(sources, every_pack((), ()), ())
