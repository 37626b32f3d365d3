"""``genai-policy lsp``: the language server for editors."""

from __future__ import annotations

import importlib.util

import click


@click.command(name="lsp")
@click.option("--stdio", is_flag=True, help="Speak over stdin and stdout. That is all there is; editors pass it out of habit.")
def command(stdio: bool) -> int:
    """Serve an editor: findings and mistakes where they are, what a clause says, quick fixes. Needs `pip install 'genai-policy[lsp]'`."""
    from genai_policy.errors import UsageProblem

    del stdio
    if importlib.util.find_spec("pygls") is None:
        raise UsageProblem("the language server needs pygls, which is not installed; run: pip install 'genai-policy[lsp]'")
    from genai_policy.integrations.lsp.server import serve

    serve()
    return 0
