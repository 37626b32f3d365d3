"""Every way a run can end early, and what to tell the person."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct


class Mistake(Struct, frozen=True, order=True):
    """One mistake in one input. ``key`` is the dotted key; ``advice`` says what to do (a suggestion, an allowed value)."""

    file: str
    line: int
    column: int
    key: str
    problem: str
    advice: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        text = f"{place + ': ' if place else ''}{self.key + ': ' if self.key else ''}{self.problem}"
        return f"{text}; {self.advice}" if self.advice else text


class PolicyError(Exception):
    """Base of all errors that genai-policy raises on purpose."""


class UsageProblem(PolicyError):
    """The caller's input is wrong (exit 2). Carries every mistake found, not only the first."""

    def __init__(self, mistakes: Sequence[Mistake] | Mistake | str) -> None:
        if isinstance(mistakes, str):
            mistakes = [Mistake("", 0, 0, "", mistakes)]
        elif isinstance(mistakes, Mistake):
            mistakes = [mistakes]
        self.mistakes = tuple(sorted(set(mistakes)))
        super().__init__("\n".join(map(str, self.mistakes)))


class ManifestError(UsageProblem):
    """A service manifest cannot be used."""


class PackError(UsageProblem):
    """A pack cannot be used."""


class WaiverError(UsageProblem):
    """A waiver or baseline file cannot be used."""


class PluginLoadError(UsageProblem):
    """A plugin cannot be imported or implements a hook that does not exist."""


class AssessmentError(PolicyError):
    """The run itself could not finish (exit 3)."""
