"""Judges a repository once per run of a linter, however many processes that linter starts.

The main process judges and keeps the judgement, in memory (which forked workers inherit) and in a private file that an environment
variable names (which spawned workers read). Only a worker ever reads that file: a run of its own always judges afresh.
"""

from __future__ import annotations

import atexit
import datetime as dt
import os
import tempfile
from pathlib import Path
from typing import Literal, get_args

import msgspec

from genai_policy.errors import PolicyError, UsageProblem
from genai_policy.integrations.judgement import Judgement, judgement_of, judgement_of_problem
from genai_policy.model import Lang
from genai_policy.model.verdict import GateName

SHARED = "GENAI_POLICY_JUDGEMENT"
"""The environment variable that tells workers of one run where the judgement is."""

#: The instruments are Chinese law: their days begin in Shanghai. China has had one zone and no summer time since 1991.
_SHANGHAI = dt.timezone(dt.timedelta(hours=8))


class Question(msgspec.Struct, frozen=True):
    """What a host asks: the root to judge (absolute), the gate ("": the manifest's choice) and the language of sentences."""

    root: str
    gate: GateName | Literal[""] = ""
    lang: Lang = "en"


class _Kept(msgspec.Struct, frozen=True):
    question: Question
    judgement: Judgement


_kept: dict[Question, Judgement] = {}


def question(root: str, gate: str = "", lang: str = "en") -> Question:
    """Return a question as a linter's configuration asks it. Raises UsageProblem on what cannot be asked."""
    if gate and gate not in get_args(GateName):
        raise UsageProblem(f"no gate {gate!r}; gates: {', '.join(get_args(GateName))}")
    if lang not in get_args(Lang):
        raise UsageProblem(f"no language {lang!r}; languages: {', '.join(get_args(Lang))}")
    return msgspec.convert({"root": root, "gate": gate, "lang": lang}, Question)


def judge(question: Question, *, worker: bool) -> Judgement:
    """Return the judgement on ``question``; the same object for the rest of the process.

    ``worker`` says that another process of the same run judges first. Mistakes of the caller's files are notices; nothing of the tool's own
    exceptions is raised.
    """
    known = _kept.get(question) or (_shared(question) if worker else None)
    if known is None:
        known = _judged(question, jobs=1 if worker else 0)
        if not worker:
            _share(question, known)
    _kept[question] = known
    return known


def today() -> dt.date:
    """Return today's date in Shanghai. The hosts are an edge of the tool; the date counts only where no manifest gives one."""
    return dt.datetime.now(_SHANGHAI).date()


def _judged(question: Question, jobs: int) -> Judgement:
    from genai_policy import pipeline

    options = pipeline.Options(root=Path(question.root), today=today(), gate=question.gate or None, jobs=jobs)
    try:
        return judgement_of(pipeline.check(options), question.lang)
    except PolicyError as problem:
        return judgement_of_problem(problem, question.lang)


def _shared(question: Question) -> Judgement | None:
    """Return what the main process judged; None where it left nothing for this question."""
    try:
        kept = msgspec.json.decode(Path(os.environ[SHARED]).read_bytes(), type=_Kept)
    except (KeyError, OSError, msgspec.MsgspecError):
        return None
    return kept.judgement if kept.question == question else None


def _share(question: Question, judgement: Judgement) -> None:
    handle, name = tempfile.mkstemp(prefix="genai-policy-", suffix=".json")
    with os.fdopen(handle, "wb") as stream:
        stream.write(msgspec.json.encode(_Kept(question, judgement)))
    os.environ[SHARED] = name
    atexit.register(_forget, name, os.getpid())


def _forget(name: str, owner: int) -> None:
    # a forked child may run the parent's exit handlers; the file is the parent's
    if os.getpid() == owner:
        Path(name).unlink(missing_ok=True)
