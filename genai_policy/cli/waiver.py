"""``genai-policy waiver``: what has been accepted, by whom and until when."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from genai_policy.cli.options import Day, lang_option, language, pipeline_options, root_argument, run_options

if TYPE_CHECKING:
    from genai_policy.model import Waiver


@click.group(name="waiver")
def command() -> None:
    """List and lint the waivers of genai-waivers.toml."""


@command.command(name="list")
@root_argument
@click.option("--as-of", type=Day(), metavar="YYYY-MM-DD", help="Count the days that remain from here [default: today in Shanghai].")
@lang_option
def list_waivers(path: Path, as_of: dt.date | None, lang: str | None) -> int:
    """List waivers, the one that expires first at the top. Expired ones are listed too."""
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
    rows = [
        (
            waiver.expires.isoformat(),
            pen.say("waiver.expired") if waiver.expires < day else pen.say("waiver.days", n=(waiver.expires - day).days),
            " ".join(filter(None, (waiver.obligation, waiver.control, waiver.path))),
            waiver.owner,
            waiver.approved_by,
            f"{waiver.place.file}:{waiver.place.line}",
            waiver.reason,
        )
        for waiver in waivers
    ]
    print_text(table([heads, *rows]))
    return 0


@command.command(name="lint")
@root_argument
@click.option("--as-of", type=Day(), metavar="YYYY-MM-DD", help="Ask for waivers that have expired by this day [default: today].")
@run_options
def lint_waivers(path: Path, **given: Any) -> int:
    """Judge the services and fail on every waiver that is malformed, expired, doubled or matches nothing."""
    from genai_policy import pipeline
    from genai_policy.cli.output import print_text
    from genai_policy.report.wording import phrase

    options = pipeline_options(path, **given)
    verdict = pipeline.check(options)
    options.progress("", 0, 0)
    print_text(phrase("waiver.fine", language(given["lang"]), n=verdict.waivers_applied) + "\n")
    return 0


def _waivers(path: Path) -> tuple[Waiver, ...]:
    from genai_policy.cli.law import every_pack
    from genai_policy.cli.options import existing_directory
    from genai_policy.load.waivers import WAIVERS_FILE, load_waivers
    from genai_policy.read.tree import open_tree

    existing_directory(path)
    tree = open_tree(path)
    if not (path / WAIVERS_FILE).is_file():
        return ()
    return load_waivers(tree.read, WAIVERS_FILE, every_pack((), ()), ())
