"""The command line. Commands are loaded when they are used, so that ``--version``, ``--help`` and completion import click only."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click

from genai_policy import __version__

#: Every command: module under ``genai_policy.cli`` and the line that ``--help`` shows.
COMMANDS = {
    "check": ("check", "Judge the services below a directory: the gate."),
    "validate": ("validate", "Check manifest, waivers and baseline for mistakes; reads no code."),
    "scope": ("scope", "Say which obligations bind, and why the others do not."),
    "facts": ("facts", "Say what the code shows: generation calls, routes, paths between them."),
    "explain": ("explain", "Explain one obligation or control."),
    "init": ("init", "Draft a service manifest from the code."),
    "pack": ("pack", "List, show, compare, lint and test policy packs; say what will bind."),
    "baseline": ("baseline", "Accept today's findings, so that only new ones block."),
    "waiver": ("waiver", "List, lint and prune waivers."),
    "plugins": ("plugins", "List plugins and the hooks they implement."),
    "schema": ("schema", "Print the JSON Schema of genai-service.toml."),
    "lsp": ("lsp", "Serve an editor: diagnostics, hover, quick fixes (extra `lsp`)."),
}

EPILOG = (
    "Exit codes: 0 the gate is open; 1 an obligation that applies is unmet; 2 wrong arguments, manifest, pack, waiver or baseline; "
    "3 something could not be told that this gate does not tolerate, or an internal failure; 130 interrupted."
)


class Commands(click.Group):
    """A group whose commands live in one module each and are imported on use, and whose only way out is an exit code."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run and exit; with ``standalone_mode=False`` return what the command returns, or raise, as click does."""
        if standalone_mode:
            sys.exit(run(args))
        return super().main(args, prog_name, complete_var, standalone_mode=False, **extra)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of a first day with the tool."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of ``cmd_name`` and return its command."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"genai_policy.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = module.command
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; a misspelt one fails with a suggestion."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from genai_policy.cli.suggest import did_you_mean

            raise click.UsageError(f"no such command {args[0]!r}{did_you_mean(args[0], COMMANDS)}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.command(
    cls=Commands,
    epilog=EPILOG,
    no_args_is_help=False,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, "--version", message="genai-policy %(version)s")
@click.pass_context
def main(ctx: click.Context) -> int:
    """A gate that proves, on every commit, that a generative-AI service carries what the law asks of it.

    Start with `genai-policy init`, then run `genai-policy check`.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help(), err=True)
        return 2
    return 0


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line with ``arguments`` (default: the process's) and return the exit code. Never raises."""
    try:
        code = main.main(args=None if arguments is None else list(arguments), prog_name="genai-policy", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted", err=True)
        return 130
    except Exception as problem:  # noqa: BLE001 - the one error boundary: known problems print a sentence, unknown ones a block to paste
        from genai_policy.cli.boundary import report

        return report(problem)


if __name__ == "__main__":
    main()
