"""``genai-policy pack``: what policy authors work with. Packs are data; nothing here needs Python of theirs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from genai_policy.cli import pack_diff, pack_rules, pack_upcoming
from genai_policy.cli.options import Day, lang_option, language, today, verbose_option

if TYPE_CHECKING:
    from genai_policy.model import Law
    from genai_policy.model.law import Pack

F = TypeVar("F", bound=Callable[..., Any])


@click.group(name="pack")
def command() -> None:
    """List, show, compare, lint and test policy packs, and say what comes into force."""


command.add_command(pack_diff.command)
command.add_command(pack_upcoming.command)
command.add_command(pack_rules.command)


def _sources(function: F) -> F:
    function = click.option("--plugin", "plugins", multiple=True, metavar="MODULE|FILE.py", help="Load this plugin as well.")(function)
    return click.option("--pack-dir", "directories", multiple=True, type=click.Path(path_type=Path), help="Also read packs from here.")(
        function
    )


@command.command(name="list")
@_sources
@lang_option
def list_packs(plugins: tuple[str, ...], directories: tuple[Path, ...], lang: str | None) -> int:
    """List all packs: instrument, status, since when it is in force, how many duties."""
    from genai_policy.cli.law import every_pack
    from genai_policy.cli.output import print_text
    from genai_policy.report.layout import Pen, table

    pen = Pen(language(lang))
    rows = [[pen.say(f"pack.head-{head}") for head in ("id", "status", "in-force", "duties", "instrument")]]
    for pack in every_pack(plugins, directories).packs:
        duties = sum(obligation.role == "duty" for obligation in pack.obligations)
        rows.append([pack.id, pack.status, pack.in_force.isoformat(), str(duties), pack.instrument.say(pen.lang)])
    print_text(table(rows))
    return 0


@command.command(name="show")
@click.argument("id")
@_sources
@lang_option
def show_pack(id: str, plugins: tuple[str, ...], directories: tuple[Path, ...], lang: str | None) -> int:
    """Show one pack with its obligations and the controls that each asks for."""
    from genai_policy.cli.law import every_pack
    from genai_policy.cli.output import print_text, terminal_style
    from genai_policy.report.layout import Pen

    law = every_pack(plugins, directories)
    pack = pack_of(law, id)
    pen = Pen(language(lang), terminal_style())
    lines = [*pen.block(f"{pack.id} {pack.version}  {pack.instrument.say(pen.lang)}", "", "  ", "bold")]
    lines += pen.block(pen.say("pack.about", status=pack.status, since=pack.in_force.isoformat(), jurisdiction=pack.jurisdiction), "  ")
    lines += pen.block(pack.notes.say(pen.lang), "  ") if pack.notes else []
    for obligation in pack.obligations:
        controls = ", ".join(dict.fromkeys(r.control for r in obligation.requires))
        gate = pen.say("scope.gate-rule") if obligation.role == "gate" else ""
        lines += ["", *pen.block(f"{obligation.id}  {obligation.title.say(pen.lang)}{gate}", "", "  ")]
        lines += pen.block(pen.say("pack.asks", force=obligation.force, controls=controls or "-"), "  ", "    ", "dim")
    print_text("\n".join([*lines, *(pen.say("pack.source", source=source) for source in pack.sources)]) + "\n")
    return 0


@command.command(name="lint")
@_sources
@lang_option
@click.option("--as-of", type=Day(), metavar="YYYY-MM-DD", help="The day on which sources may have expired [default: today].")
def lint_packs(plugins: tuple[str, ...], directories: tuple[Path, ...], as_of: dt.date | None, lang: str | None) -> int:
    """Load every pack and list all mistakes (exit 2): what does not load (with file, line and key), dead rules, expired sources. Says as
    well which cases are missing."""
    from genai_policy.cli.law import every_pack
    from genai_policy.cli.output import print_text
    from genai_policy.errors import PackError
    from genai_policy.load.pack_lint import has_no_cases, lint, missing_cases
    from genai_policy.report.wording import phrase

    law = every_pack(plugins, directories)
    if mistakes := list(lint(law, as_of or today())):
        raise PackError(mistakes)
    obligations = sum(len(pack.obligations) for pack in law.packs)
    lines = [phrase("pack.fine", language(lang), packs=len(law.packs), obligations=obligations, controls=len(law.controls))]
    lines += [phrase("pack.no-cases", language(lang), pack=pack.id) for pack in law.packs if has_no_cases(pack)]
    lines += [phrase("pack.missing-cases", language(lang), id=name, cases=", ".join(cases)) for name, cases in missing_cases(law)]
    print_text("\n".join(lines) + "\n")
    return 0


@command.command(name="test")
@click.argument("ids", nargs=-1, metavar="[PACK|OBLIGATION]...")
@_sources
@verbose_option
@lang_option
def test_packs(ids: tuple[str, ...], plugins: tuple[str, ...], directories: tuple[Path, ...], verbose: bool, lang: str | None) -> int:
    """Judge the small repositories in the packs' tests/ folders and compare the outcome of their obligation with the folder's name.

    Exit 1 where one differs.
    """
    from genai_policy.cli.law import every_pack
    from genai_policy.cli.output import print_text
    from genai_policy.cli.pack_cases import cases_of, judged
    from genai_policy.report.layout import Pen, table

    law = every_pack(plugins, directories)
    pen = Pen(language(lang))
    rows, wrong = [[pen.say(f"pack.head-{head}") for head in ("case", "expected", "found", "why")]], 0
    cases = cases_of(law, ids)
    for case in cases:
        found, why = judged(case, plugins, directories, pen)
        wrong += found != case.expected
        if verbose or found != case.expected:
            rows.append([f"{case.obligation} {case.expected}", case.expected, found, "" if found == case.expected else why])
    print_text((table(rows) if len(rows) > 1 else "") + pen.say("pack.tested", n=len(cases), wrong=wrong) + "\n")
    return 1 if wrong else 0


def pack_of(law: Law, id: str) -> Pack:
    """Return the pack ``id``, or fail with the ids that are close to it."""
    from genai_policy.cli.suggest import did_you_mean
    from genai_policy.errors import UsageProblem

    found = next((pack for pack in law.packs if pack.id == id), None)
    if found is None:
        raise UsageProblem(f"no pack {id!r}{did_you_mean(id, [pack.id for pack in law.packs])}")
    return found
