"""``genai-policy schema``: the JSON Schema of a manifest, for editors and for checks without this tool."""

from __future__ import annotations

import click


@click.command(name="schema")
@click.option("-o", "--output", metavar="FILE", default="-", help="Write to a file instead of stdout.")
def command(output: str) -> int:
    """Print the JSON Schema of genai-service.toml."""
    from genai_policy.cli.output import emit
    from genai_policy.load.manifest import manifest_schema
    from genai_policy.report.json import document

    emit(document(manifest_schema()), output)
    return 0
