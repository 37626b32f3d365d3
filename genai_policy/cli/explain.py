"""``genai-policy explain``: one obligation or control, in words."""

from __future__ import annotations

from pathlib import Path

import click

from genai_policy.cli.options import lang_option, language


@click.command(name="explain")
@click.argument("id")
@click.option("--plugin", "plugins", multiple=True, metavar="MODULE|FILE.py", help="Load this plugin as well (repeatable).")
@click.option("--pack-dir", "pack_directories", multiple=True, type=click.Path(path_type=Path), help="Also read packs from this directory.")
@lang_option
def command(id: str, plugins: tuple[str, ...], pack_directories: tuple[Path, ...], lang: str | None) -> int:
    """Explain the obligation or control ID: the duty, its clause, how to satisfy it, what is looked for, and what cannot be seen."""
    from genai_policy.cli.law import every_pack
    from genai_policy.cli.output import print_text, terminal_style
    from genai_policy.cli.suggest import did_you_mean
    from genai_policy.errors import UsageProblem
    from genai_policy.report.explain_text import control_text, obligation_text

    law = every_pack(plugins, pack_directories)
    if obligation := law.obligation(id):
        print_text(obligation_text(law, obligation, language(lang), terminal_style()))
    elif control := law.controls.get(id):
        print_text(control_text(law, control, language(lang), terminal_style()))
    else:
        known = [*law.controls, *(o.id for pack in law.packs for o in pack.obligations)]
        advice = did_you_mean(id, known) or "; `genai-policy pack show ID` lists the obligations of a pack"
        raise UsageProblem(f"no obligation or control {id!r}{advice}")
    return 0
