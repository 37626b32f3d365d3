"""Exceptions → exit codes and what to tell the person. Known problems get their sentences, unknown ones a block to paste into an issue."""

from __future__ import annotations

import os
import platform
import sys
import traceback

import click

from genai_policy import __version__
from genai_policy.errors import AssessmentError, UsageProblem
from genai_policy.report.escape import printable


def report(problem: Exception) -> int:
    """Print ``problem`` on stderr and return the exit code that it asks for."""
    if isinstance(problem, click.exceptions.Exit):
        return problem.exit_code
    if isinstance(problem, click.ClickException):
        return _usage([problem.format_message()], problem.ctx if isinstance(problem, click.UsageError) else None)
    if isinstance(problem, UsageProblem):
        return _usage([str(mistake) for mistake in problem.mistakes], None)
    if isinstance(problem, BrokenPipeError):
        return quiet_pipe()
    if isinstance(problem, AssessmentError):
        _say(f"error: {problem}")
        _say("gate inconclusive: exit 3, the run could not finish")
        return 3
    _say(_block(problem))
    return 3


def quiet_pipe() -> int:
    """Point stdout at nothing, so that the interpreter does not complain about the closed pipe at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 3


def _usage(mistakes: list[str], context: click.Context | None) -> int:
    for mistake in mistakes:
        _say(f"error: {mistake}")
    if len(mistakes) > 1:
        _say(f"{len(mistakes)} mistakes; nothing was judged (exit 2)")
    if context is not None:
        _say(f"try: {context.command_path} --help")
    return 2


def _block(problem: Exception) -> str:
    trace = "".join(traceback.format_exception(type(problem), problem, problem.__traceback__))
    lines = [
        "error: genai-policy failed, and the gate is inconclusive (exit 3). This is a bug; please report it with this block:",
        "-" * 72,
        f"genai-policy {__version__}, Python {platform.python_version()}, {platform.system()} {platform.machine()}",
        f"command: {' '.join(sys.argv[1:])}",
        *trace.rstrip().splitlines(),
        "-" * 72,
    ]
    return "\n".join(lines)


def _say(text: str) -> None:
    click.echo("\n".join(map(_line, text.splitlines())), err=True)


def _line(text: str) -> str:
    # printable() folds runs of white space only where there is a line break or tab; indentation of a traceback stays
    return printable(text)
