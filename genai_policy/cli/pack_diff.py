"""``genai-policy pack diff``: what one pack asks for and another does not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from genai_policy.cli.options import lang_option, language

if TYPE_CHECKING:
    from genai_policy.model import Law
    from genai_policy.model.law import Pack


@click.command(name="diff")
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option("--plugin", "plugins", multiple=True, metavar="MODULE|FILE.py", help="Load this plugin as well.")
@click.option("--pack-dir", "directories", multiple=True, type=click.Path(path_type=Path), help="Also read packs from here.")
@click.option("-f", "--format", "format", type=click.Choice(["text", "json"]), default="text", help="text or json.")
@click.option("-o", "--output", metavar="FILE", default="-", help="Write to a file instead of stdout.")
@lang_option
def command(before: str, after: str, format: str, output: str, lang: str | None, **given: Any) -> int:
    """Compare pack A with pack B: obligations that only one has, and those whose force, conditions, controls or clauses differ.

    A and B are ids (`cn-genai`, also `cn-genai@draft-2023-04`) or directories that hold a pack.toml, for instance of an older checkout.
    """
    from genai_policy.assess.differences import difference
    from genai_policy.cli.law import every_pack
    from genai_policy.cli.output import emit, terminal_style
    from genai_policy.report.diff_text import diff_text
    from genai_policy.report.json import document
    from genai_policy.report.law_records import difference_record
    from genai_policy.report.layout import Pen

    law = None if _is_pack(before) and _is_pack(after) else every_pack(given["plugins"], given["directories"])
    first, second = (_chosen(name, law, given["plugins"]) for name in (before, after))
    found, pen = difference(first, second), Pen(language(lang), terminal_style())
    emit(document(difference_record(found, pen.lang)) if format == "json" else diff_text(found, pen), output)
    return 0


def _is_pack(name: str) -> bool:
    return (Path(name) / "pack.toml").is_file()


def _chosen(name: str, law: Law | None, plugins: tuple[str, ...]) -> Pack:
    from genai_policy.cli.pack import pack_of

    if law is None or _is_pack(name):
        from genai_policy import pipeline

        folder = Path(name).absolute()
        return pack_of(pipeline.law_of_pack(folder, plugins), folder.name)
    return pack_of(law, name.replace("@", "-"))
