"""Reports → stdout and files. Files appear whole or not at all; stdout is UTF-8, on a terminal whatever that can show."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from genai_policy.cli.boundary import quiet_pipe
from genai_policy.errors import UsageProblem
from genai_policy.report.layout import Style

#: Lines longer than this are hard to read, however wide the window.
MAX_WIDTH = 120


def terminal_style(verbose: bool = False) -> Style:
    """Return how to write to stdout: wrapped and coloured on a terminal, plain in a pipe (NO_COLOR, FORCE_COLOR and TERM=dumb count)."""
    terminal = sys.stdout.isatty()
    width = min(shutil.get_terminal_size().columns, MAX_WIDTH) if terminal else 0
    return Style(width=width, colour=_colour(terminal), verbose=verbose)


def _colour(terminal: bool) -> bool:
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return terminal and understands_escapes()


def understands_escapes() -> bool:
    """Say whether a terminal obeys escape sequences: not a dumb one, and on Windows not the old console."""
    if os.environ.get("TERM") == "dumb":
        return False
    return os.name != "nt" or any(os.environ.get(name) for name in ("WT_SESSION", "ANSICON", "ConEmuANSI", "TERM"))


def print_text(text: str) -> None:
    """Write ``text`` to stdout. What the console's encoding cannot show is replaced; a reader that went away is no failure."""
    try:
        stream = getattr(sys.stdout, "buffer", None)
        if stream is None:
            sys.stdout.write(text)
        else:
            encoding = (sys.stdout.encoding or "utf-8") if sys.stdout.isatty() else "utf-8"
            stream.write(encoded(text) if encoding.lower() in ("utf-8", "utf8") else text.encode(encoding, "replace"))
        sys.stdout.flush()
    except BrokenPipeError:
        quiet_pipe()


def emit(text: str, target: str) -> None:
    """Write ``text`` to the file ``target``, or to stdout where it is ``-``."""
    if target == "-":
        print_text(text)
    else:
        write_file(Path(target), text)


def write_files(files: Mapping[Path, str]) -> None:
    """Write all of ``files`` or none: what was written before one that cannot be is taken back. Raises UsageProblem."""
    before = {path: path.read_bytes() if path.is_file() else None for path in files}
    made = [folder for path in files for folder in reversed(_missing_folders(path))]
    done: list[Path] = []
    try:
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_file(path, text)
            done.append(path)
    except (OSError, UsageProblem) as problem:
        for path in done:
            earlier = before[path]
            path.unlink() if earlier is None else path.write_bytes(earlier)
        for folder in reversed(made):
            with suppress(OSError):
                folder.rmdir()
        if isinstance(problem, UsageProblem):
            raise
        raise UsageProblem(f"cannot write {problem.filename}: {problem.strerror}; nothing was written") from problem


def _missing_folders(path: Path) -> list[Path]:
    """Return the folders above ``path`` that do not exist, the innermost first."""
    return [folder for folder in path.parents if not folder.exists()]


def write_file(path: Path, text: str) -> None:
    """Write ``text`` to ``path`` atomically; raises UsageProblem where that cannot be done."""
    # a link such as /dev/stdout may lead to a pipe, or to the file that stdout was sent to
    if path.is_relative_to("/dev") or (path.exists() and not path.is_file()):
        return _write_through(path, text)
    path = path.resolve()
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as reason:
        raise UsageProblem(f"cannot write {path}: {reason.strerror}; name a file in a directory that exists and is writable") from reason
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(encoded(text))
        # mkstemp makes private files; a report is as readable as any other new file
        umask = os.umask(0)
        os.umask(umask)
        Path(temporary).chmod(0o666 & ~umask)
        Path(temporary).replace(path)
    except OSError as reason:
        Path(temporary).unlink(missing_ok=True)
        raise UsageProblem(f"cannot write {path}: {reason.strerror}") from reason
    return None


def _write_through(path: Path, text: str) -> None:
    """Write to what is no plain file (a pipe, a terminal): replacing it would destroy it."""
    try:
        path.write_bytes(encoded(text))
    except OSError as reason:
        raise UsageProblem(f"cannot write {path}: {reason.strerror}") from reason


def encoded(text: str) -> bytes:
    """Return UTF-8; parts of file names that are not valid text become escapes (which JSON reads as such)."""
    return text.encode("utf-8", "backslashreplace")
