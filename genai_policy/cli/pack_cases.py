"""The tests that a pack carries: ``<pack>/tests/<obligation>/<outcome>/`` is a small repository with that outcome."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from genai_policy.errors import PolicyError, UsageProblem
from genai_policy.model import Law, Verdict
from genai_policy.model.verdict import ObligationOutcome
from genai_policy.report.layout import Pen
from genai_policy.report.tally import OUTCOMES
from genai_policy.report.wording import say


class Case(Struct, frozen=True):
    """One small repository and the outcome that ``obligation`` must have in it."""

    obligation: str
    expected: str
    directory: Path


def cases_of(law: Law, wanted: Sequence[str]) -> list[Case]:
    """Return the cases of the ``wanted`` packs or obligations (all where none is named). Raises UsageProblem for unknown names and for
    folders that belong to no obligation or outcome: a case that is never judged must not look like one that passed."""
    from genai_policy.cli.suggest import did_you_mean

    known = [name for pack in law.packs for name in (pack.id, *(o.id for o in pack.obligations))]
    for name in wanted:
        if name not in known:
            raise UsageProblem(f"no pack or obligation {name!r}{did_you_mean(name, known)}")
    cases = [case for pack in law.packs for case in _of_pack(Path(pack.directory), pack.id, known)]
    chosen = [case for case in cases if not wanted or case.obligation in wanted or case.obligation.rpartition("/")[0] in wanted]
    if not chosen:
        raise UsageProblem("nothing to test: no pack has a folder tests/<obligation>/<outcome>/ for what was asked")
    return chosen


def _of_pack(directory: Path, pack: str, known: Sequence[str]) -> Iterator[Case]:
    for folder in sorted((directory / "tests").glob("*/*")):
        obligation, expected = f"{pack}/{folder.parent.name}", folder.name
        if not folder.is_dir():
            continue
        if obligation not in known:
            raise UsageProblem(f"{pack}/tests/{folder.parent.name}: no obligation has this name")
        if expected not in OUTCOMES:
            raise UsageProblem(f"{pack}/tests/{folder.parent.name}/{expected}: no outcome; name the folder one of {', '.join(OUTCOMES)}")
        yield Case(obligation, expected, folder)


def judged(case: Case, plugins: Sequence[str], directories: Sequence[Path], pen: Pen) -> tuple[str, str]:
    """Return the outcome that was found, and why it is that one."""
    from genai_policy import pipeline
    from genai_policy.cli.options import today

    options = pipeline.Options(
        root=case.directory,
        today=today(),
        packs=(case.obligation.partition("/")[0],),
        plugins=tuple(plugins),
        pack_directories=tuple(directories),
        jobs=1,
    )
    try:
        verdict = pipeline.check(options)
    except PolicyError as problem:
        return "error", str(problem).splitlines()[0]
    rules = [rule for s in verdict.services for rule in (*s.obligations, *s.gates) if rule.id == case.obligation]
    found = sorted({rule.outcome for rule in rules})
    return ", ".join(found) or "missing", "; ".join(_why(verdict, rules, pen))


def _why(verdict: Verdict, rules: Sequence[ObligationOutcome], pen: Pen) -> Iterator[str]:
    for rule in rules:
        yield pen.say(f"scope.is-{rule.applicability.answer}")
        for control in rule.controls:
            for evidence in control.evidence:
                yield f"{control.id} {evidence.polarity}: {say(evidence.note, pen.lang)}"
    for gap in verdict.gaps:
        yield f"{gap.file}: {gap.reason}"
