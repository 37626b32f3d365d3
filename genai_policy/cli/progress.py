"""Stages of a run → one line on stderr that rewrites itself: on a terminal only, and only when the run is long."""

from __future__ import annotations

import sys
import time

from genai_policy.cli.output import understands_escapes

#: A hook that answers faster than this needs no progress line.
PATIENCE = 1.0
INTERVAL = 0.1


class Progress:
    """Called by the pipeline with the stage and how far it is (total 0: unknown)."""

    def __init__(self) -> None:
        self.active = sys.stderr.isatty() and understands_escapes()
        # monotonic time decides when to draw, never what is reported
        self.next = time.monotonic() + PATIENCE
        self.drawn = False

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Draw the line, or wipe it when ``stage`` is ""."""
        if not self.active:
            return
        if not stage:
            self.wipe()
        elif time.monotonic() >= self.next:
            self.next = time.monotonic() + INTERVAL
            self.drawn = True
            sys.stderr.write(f"\r\x1b[K{stage} {f'{done}/{total}' if total else '...'}")
            sys.stderr.flush()

    def wipe(self) -> None:
        """Remove the line before anything else is printed."""
        if self.drawn:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self.drawn = False
