"""Options that several commands share, and how they become the options of a run."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from genai_policy.model import Lang
    from genai_policy.pipeline import Options

    DayType = click.ParamType[dt.date]
else:
    # generic from click 8.4 on only
    DayType = click.ParamType

F = TypeVar("F", bound=Callable[..., Any])

#: The instruments are Chinese law: their days begin in Shanghai. China has had one zone and no summer time since 1991.
SHANGHAI = dt.timezone(dt.timedelta(hours=8))


class Day(DayType):
    """A date written as in the manifest."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        """Return the date, or fail with the form that is wanted."""
        if isinstance(value, dt.date):
            return value
        try:
            if len(value) != 10:
                raise ValueError(value)
            return dt.date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a date; write YYYY-MM-DD, for example 2026-03-01", param, ctx)


def root_argument(function: F) -> F:
    """PATH: the directory to look at."""
    return click.argument("path", default=".", type=click.Path(path_type=Path))(function)


def run_options(function: F) -> F:
    """Options of every command that runs stages of the pipeline."""
    for option in (
        click.option("--plugin", "plugins", multiple=True, metavar="MODULE|FILE.py", help="Load this plugin as well (repeatable)."),
        click.option(
            "--pack-dir",
            "pack_directories",
            multiple=True,
            type=click.Path(path_type=Path),
            help="Also read packs from this directory (repeatable).",
        ),
        click.option("--jobs", type=click.IntRange(min=0), default=0, help="Processes that read code; 0: one per core."),
        click.option("--no-cache", is_flag=True, help="Read every file again, and keep nothing."),
        lang_option,
    ):
        function = option(function)
    return function


def lang_option(function: F) -> F:
    """--lang: the language of sentences."""
    return click.option(
        "--lang", type=click.Choice(["en", "zh"]), help="Language of sentences [default: the terminal's, English where piped]."
    )(function)


def law_options(function: F) -> F:
    """Options that say which law is asked, and on which day."""
    function = click.option("--pack", "packs", multiple=True, metavar="ID", help="Judge by this pack only (repeatable).")(function)
    return click.option("--as-of", type=Day(), metavar="YYYY-MM-DD", help="Judge by the law of this day [default: today in Shanghai].")(
        function
    )


staged_option = click.option("--staged", is_flag=True, help="Judge what `git commit` would record (the index), not the working tree.")
verbose_option = click.option("-v", "--verbose", is_flag=True, help="Everything, also what is satisfied.")


def today() -> dt.date:
    """Return today's date in Shanghai. The only clock of the tool; a date that is given takes its place."""
    return dt.datetime.now(SHANGHAI).date()


def language(chosen: str | None) -> Lang:
    """Return the chosen language; on a terminal the locale's; English in pipes and files, so that their bytes do not depend on the host."""
    import sys

    if chosen is not None:
        return "zh" if chosen == "zh" else "en"
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh" if sys.stdout.isatty() and locale.lower().startswith("zh") else "en"


def pipeline_options(path: Path, **given: Any) -> Options:
    """Return the options of a run; ``given`` are the shared options as click parsed them."""
    existing_directory(path)
    from genai_policy.cli.progress import Progress
    from genai_policy.pipeline import Options

    return Options(
        root=path,
        today=today(),
        as_of=given.get("as_of"),
        gate=given.get("gate"),
        packs=tuple(given.get("packs") or ()) or None,
        plugins=tuple(given.get("plugins") or ()),
        pack_directories=tuple(given.get("pack_directories") or ()),
        cache=not given.get("no_cache"),
        jobs=int(given.get("jobs") or 0),
        staged=bool(given.get("staged")),
        diff_base=given.get("diff_base") or "",
        trust_base=given.get("trust_base") or "",
        progress=Progress(),
    )


def existing_directory(path: Path) -> None:
    """Fail with one sentence where ``path`` is not a directory."""
    from genai_policy.errors import UsageProblem

    if not path.exists():
        raise UsageProblem(f"no such path: {path}; give the root directory of the repository to judge")
    if not path.is_dir():
        raise UsageProblem(f"{path} is a file; give the directory that holds it, and the file after it: genai-policy check . {path}")
