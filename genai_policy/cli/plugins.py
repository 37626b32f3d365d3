"""``genai-policy plugins``: who has a say in a verdict."""

from __future__ import annotations

import click

from genai_policy.cli.options import lang_option, language


@click.command(name="plugins")
@click.option("--plugin", "plugins", multiple=True, metavar="MODULE|FILE.py", help="Load this plugin as well (repeatable).")
@lang_option
def command(plugins: tuple[str, ...], lang: str | None) -> int:
    """List every plugin with where it came from and the hooks it implements. One that cannot be loaded is an error."""
    from genai_policy.cli.output import print_text
    from genai_policy.plugins import load_plugins
    from genai_policy.report.layout import Pen, table

    pen = Pen(language(lang))
    rows = [(info.name, pen.say(f"plugins.{info.origin}"), ", ".join(info.hooks)) for info in load_plugins(plugins).listing()]
    print_text(table(rows))
    return 0
