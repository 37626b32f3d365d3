"""``genai-policy pack rules``: the semgrep rules of packs, for those who run semgrep themselves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from genai_policy.cli.options import lang_option, language

if TYPE_CHECKING:
    from genai_policy.model.law import Pack


@click.command(name="rules")
@click.argument("ids", nargs=-1, metavar="[PACK]...")
@click.option(
    "-o", "--output", "folder", type=click.Path(path_type=Path, file_okay=False), help="Write one file per pack into this folder."
)
@click.option("--plugin", "plugins", multiple=True, metavar="MODULE|FILE.py", help="Load this plugin as well.")
@click.option("--pack-dir", "directories", multiple=True, type=click.Path(path_type=Path), help="Also read packs from here.")
@lang_option
def command(ids: tuple[str, ...], folder: Path | None, plugins: tuple[str, ...], directories: tuple[Path, ...], lang: str | None) -> int:
    """Write the semgrep rules of every PACK (default: all that have some), so that `semgrep --config` runs them.

    Without -o they are printed as one document. A rule says what must not be in the code; most duties are about what must be, which no
    such rule can tell.
    """
    from genai_policy.cli.law import every_pack
    from genai_policy.cli.output import print_text, write_file
    from genai_policy.load.rule_files import read_rules
    from genai_policy.report.semgrep_rules import document

    law = every_pack(plugins, directories)
    rules = {pack.id: read_rules(pack) for pack in _chosen(law.packs, ids)}
    if folder is None:
        print_text(document(law, [rule for own in rules.values() for rule in own], language(lang)))
        return 0
    _make(folder)
    for pack, own in rules.items():
        write_file(folder / f"{pack}.yaml", document(law, own, language(lang)))
        click.echo(f"{folder / pack}.yaml: {len(own)} rules", err=True)
    return 0


def _make(folder: Path) -> None:
    from genai_policy.errors import UsageProblem

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as reason:
        raise UsageProblem(f"cannot write into {folder}: {reason.strerror}; name a folder that exists or can be made") from reason


def _chosen(packs: Sequence[Pack], ids: Sequence[str]) -> list[Pack]:
    from genai_policy.cli.suggest import did_you_mean
    from genai_policy.errors import UsageProblem

    known = {pack.id: pack for pack in packs}
    mistakes = [f"no pack {name!r}{did_you_mean(name, known)}" for name in ids if name not in known]
    with_rules = [pack for pack in packs if pack.rules and (not ids or pack.id in ids)]
    mistakes += [f"{name} has no rules" for name in ids if name in known and not known[name].rules]
    if mistakes or not with_rules:
        raise UsageProblem("; ".join(mistakes) or "no pack has rules")
    return with_rules
