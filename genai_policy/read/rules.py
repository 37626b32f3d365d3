"""Rule files of packs → hits in the code. The only module that knows semgrep.

Semgrep is started once for all rules, as a process (once for every ``BATCH`` files of a large tree), and each rule is only given the
files whose bytes hold a word that it looks for: ``metadata.words`` is a list of words of which one must occur, or a list of such lists
(what is sent, where it is sent), of each of which one must occur; ``metadata.look-for`` lists regular expressions that must all be found
in the text as well.
It never sees the scanned repository: the candidates are copied into an empty directory under neutral names, so that ignore files,
folder names, ``nosemgrep`` comments, size limits and links of the tree cannot silence a rule. What it reports as scanned is compared
with what it was given. Everything that goes wrong is a gap.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from msgspec import Struct

from genai_policy.errors import PolicyError
from genai_policy.model.code import Gap
from genai_policy.model.verdict import RuleMatch
from genai_policy.read.rule_set import Rule, load_rules

#: Seconds for one batch of files, and for one rule on one file.
RUN_TIMEOUT = 300
RULE_TIMEOUT = 30
#: Bounds of what is handed over; candidates beyond them are gaps.
MAX_CANDIDATES = 20_000
BATCH = 400
MAX_TEXT = 200
UNPARSED = "part of this file could not be parsed"
MAX_MATCHED = 4_000

#: Tried in this order. Without the Python front end a small run takes 0.1 s instead of 2 s; a test holds that both answer the same.
FRONT_ENDS = (("--experimental",), ())

#: Suffixes that semgrep does not know, by what it calls their language.
_KNOWN_AS = {".mts": ".ts", ".cts": ".ts"}

_FLAGS = (
    "--json",
    "--quiet",
    "--metrics=off",
    "--disable-version-check",
    "--disable-nosem",
    "--max-target-bytes=0",
    "--no-git-ignore",
    "--no-rewrite-rule-ids",
)


class File(Protocol):
    """A file of the tree: ``left_out`` is "" or the reason why it does not count."""

    @property
    def path(self) -> str:
        """POSIX, relative to the root."""
        ...

    @property
    def digest(self) -> str:
        """Names the content."""
        ...

    @property
    def left_out(self) -> str:
        """Why it does not count, or nothing."""
        ...


class Tree(Protocol):
    """What is needed of the scanned tree."""

    @property
    def files(self) -> Sequence[File]:
        """Every enumerated file."""
        ...

    def read(self, path: str) -> bytes:
        """Return the bytes of a file, or raise PolicyError."""
        ...


class Store(Protocol):
    """What is needed of the cache."""

    def get(self, key: str) -> bytes | None:
        """Return what was kept under ``key``."""
        ...

    def put(self, key: str, value: bytes) -> None:
        """Keep ``value``."""
        ...


class RuleRun(Struct, frozen=True):
    """``matches`` is None when the engine did not run. ``run`` are the ids of the rules that were applied, ``skipped`` the others.
    ``missed`` are the pairs (rule, file) of files that a rule wanted to see and could not look at, or not at all of it."""

    matches: tuple[RuleMatch, ...] | None = ()
    gaps: tuple[Gap, ...] = ()
    run: tuple[str, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()
    missed: tuple[tuple[str, str], ...] = ()


class _Candidate(Struct, frozen=True):
    """A file that ``rules`` want to see."""

    path: str
    content: bytes
    rules: tuple[Rule, ...]

    @property
    def name(self) -> str:
        """Return the name the engine sees: what tells the language, and nothing else."""
        suffix = Path(self.path).suffix
        return "Dockerfile" if self.path.endswith("Dockerfile") else f"f{_KNOWN_AS.get(suffix, suffix)}"

    def key(self, engine: str) -> str:
        """Name the question that is asked about the file: by its language and bytes, its rules and the engine."""
        asked = "\0".join((engine, self.name, *(rule.digest for rule in self.rules), ""))
        return hashlib.sha256(asked.encode() + self.content).hexdigest()


class _Answer(Struct, frozen=True):
    """What the engine found in one file (rule, first and last line); ``problem`` says what it could not look at, and ``missed`` are the
    rules that this concerns."""

    hits: tuple[tuple[str, int, int], ...] = ()
    problem: str = ""
    missed: tuple[str, ...] = ()


class EngineProblem(PolicyError):
    """The engine could not be run."""


def run_rules(
    tree: Tree,
    rule_files: Sequence[Path],
    *,
    others: Sequence[Path] = (),
    wanted: Collection[str] = (),
    cache: Store | None = None,
    known: dict[str, Any] | None = None,
) -> RuleRun:
    """Apply the rules of ``rule_files``, and those of ``others`` that ``wanted`` names, to the files of ``tree`` that count.

    ``known`` holds this process's answers by content, those with problems too: what is there is not asked again, what is new is added.
    Never raises on what the tree holds.
    """
    rules, broken = load_rules(rule_files)
    if wanted and others:
        more, also_broken = load_rules(others)
        rules, broken = [*rules, *(rule for rule in more if rule.id in wanted)], (*broken, *also_broken)
    if not rules:
        return RuleRun(None if broken else (), broken)
    ids = tuple(sorted({rule.id for rule in rules}))
    engine = find_engine()
    if engine is None:
        return _not_run(ids, "semgrep is not installed beside genai-policy or on PATH", broken)
    candidates, unread = _candidates(tree, rules)
    try:
        answers = _answers(engine, candidates, cache, {} if known is None else known)
    except EngineProblem as problem:
        return _not_run(ids, str(problem), (*broken, *unread))
    gaps = [Gap(path, f"semgrep: {a.problem}", kind="engine", on_path=True) for path, a in answers.items() if a.problem]
    matches = [hit for path, answer in answers.items() for hit in _matches(path, candidates[path].content, answer)]
    missed = {(rule.id, gap.file) for gap in unread for rule in rules if gap.file.endswith(rule.suffixes)}
    missed |= {(rule, path) for path, answer in answers.items() for rule in answer.missed}
    return RuleRun(tuple(sorted(matches)), tuple(sorted((*broken, *unread, *gaps))), ids, missed=tuple(sorted(missed)))


def find_engine() -> str | None:
    """Return the semgrep that was installed with this tool, else the one on PATH."""
    return shutil.which("semgrep", path=str(Path(sys.executable).parent)) or shutil.which("semgrep")


def _not_run(ids: tuple[str, ...], reason: str, gaps: Sequence[Gap]) -> RuleRun:
    gap = Gap("", f"{len(ids)} rules did not run: {reason}", kind="engine", on_path=True)
    return RuleRun(None, tuple(sorted((*gaps, gap))), (), tuple((rule, reason) for rule in ids))


def _candidates(tree: Tree, rules: Sequence[Rule]) -> tuple[dict[str, _Candidate], tuple[Gap, ...]]:
    """Return the files that can match, and a gap for each that cannot be read."""
    suffixes = tuple({suffix for rule in rules for suffix in rule.suffixes})
    found: dict[str, _Candidate] = {}
    gaps: list[Gap] = []
    for file in tree.files:
        if file.left_out or not file.path.endswith(suffixes):
            continue
        try:
            content = tree.read(file.path)
        except (PolicyError, OSError) as reason:
            gaps.append(Gap(file.path, f"rules could not look at it: {reason}", kind="unreadable"))
            continue
        wanted = tuple(rule for rule in rules if rule.wants(file.path, content))
        if wanted:
            found[file.path] = _Candidate(file.path, content, wanted)
    for path in sorted(found)[MAX_CANDIDATES:]:
        del found[path]
        gaps.append(Gap(path, f"more than {MAX_CANDIDATES} files can match a rule", kind="bound", on_path=True))
    return found, tuple(gaps)


def _answers(engine: str, candidates: Mapping[str, _Candidate], cache: Store | None, known: dict[str, _Answer]) -> dict[str, _Answer]:
    """Return the engine's answer for every candidate: from the cache where the same bytes met the same rules and engine before."""
    import msgspec

    identity = _engine_identity(engine)
    keys = {path: candidate.key(identity) for path, candidate in candidates.items()}
    answers = {path: known[key] for path, key in keys.items() if key in known}
    for path, key in keys.items():
        if path in answers:
            continue
        kept = cache.get(key) if cache is not None else None
        if kept is not None:
            answers[path] = msgspec.msgpack.decode(kept, type=_Answer)
    missing = [candidates[path] for path in sorted(candidates) if path not in answers]
    for start in range(0, len(missing), BATCH):
        for path, answer in _run(engine, missing[start : start + BATCH]).items():
            if cache is not None and not answer.problem:
                cache.put(keys[path], msgspec.msgpack.encode(answer))
            answers[path] = answer
    known.update((keys[path], answer) for path, answer in answers.items())
    return dict(sorted(answers.items()))


def _engine_identity(engine: str) -> str:
    """Name the engine by its file, since asking it for its version takes seconds."""
    stat = Path(engine).resolve().stat()
    return f"rules/2 {stat.st_size} {stat.st_mtime_ns}"


def _run(engine: str, files: Sequence[_Candidate]) -> dict[str, _Answer]:
    """Copy ``files`` aside under neutral names, run the engine on them, and return its answer for each.

    Files that the same rules want stand in folders of one mark, so that each rule can be told which files are its own.
    """
    with TemporaryDirectory(prefix="genai-policy-rules-") as temporary:
        here = Path(temporary)
        wants = sorted({tuple(rule.digest for rule in file.rules) for file in files})
        rules = sorted({rule.digest: rule for file in files for rule in file.rules}.values(), key=lambda rule: (rule.id, rule.digest))
        names: dict[str, _Candidate] = {}
        for number, file in enumerate(files):
            mark = wants.index(tuple(rule.digest for rule in file.rules))
            name = f"t/n{number}-s{mark}-/{file.name}"
            (here / name).parent.mkdir(parents=True)
            (here / name).write_bytes(file.content)
            names[name] = file
        # JSON is YAML; numbered ids keep the engine from rewriting them
        numbered = [{**rule.body, "id": f"r{number}", "paths": _own_folders(rule, wants)} for number, rule in enumerate(rules)]
        (here / "rules.yaml").write_text(json.dumps({"rules": numbered}, default=str), "utf-8")
        return _read_answer(_json_of(engine, here), names, rules)


def _own_folders(rule: Rule, wants: Sequence[tuple[str, ...]]) -> dict[str, list[str]]:
    return {"include": [f"*-s{mark}-*/**" for mark, wanted in enumerate(wants) if rule.digest in wanted]}


def _json_of(engine: str, here: Path) -> Mapping[str, Any]:
    """Run the engine without its slow Python front end; where that fails, with it. Raises EngineProblem."""
    problems = []
    for front in FRONT_ENDS:
        command = [engine, "scan", *front, *_FLAGS, f"--timeout={RULE_TIMEOUT}", "--config=rules.yaml", "t"]
        try:
            done = subprocess.run(command, cwd=here, env=_environment(engine, here), capture_output=True, timeout=RUN_TIMEOUT, check=False)
        except subprocess.TimeoutExpired:
            raise EngineProblem(f"semgrep took longer than {RUN_TIMEOUT} s") from None
        except OSError as reason:
            raise EngineProblem(f"semgrep cannot be started: {reason.strerror}") from reason
        try:
            answer = json.loads(done.stdout)
            if done.returncode in (0, 1) and isinstance(answer["results"], list) and isinstance(answer["paths"]["scanned"], list):
                return dict(answer)
        except (ValueError, KeyError, TypeError):
            pass
        problems.append(f"semgrep ended with {done.returncode}: {_last_line(done.stderr or done.stdout)}")
    raise EngineProblem(problems[-1])


def _environment(engine: str, here: Path) -> dict[str, str]:
    """Nothing of the caller's semgrep settings, no network questions, no traces outside of ``here``."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SEMGREP_")}
    path = os.pathsep.join([str(Path(engine).parent), kept.get("PATH", os.defpath)])
    return kept | {
        "PATH": path,
        "HOME": str(here),
        "XDG_CONFIG_HOME": str(here),
        "SEMGREP_ENABLE_VERSION_CHECK": "0",
        "SEMGREP_SEND_METRICS": "off",
        "SEMGREP_SETTINGS_FILE": str(here / "settings.yml"),
        "SEMGREP_LOG_FILE": str(here / "semgrep.log"),
    }


def _read_answer(answer: Mapping[str, Any], names: Mapping[str, _Candidate], rules: Sequence[Rule]) -> dict[str, _Answer]:
    """Sort results and errors by file; a file that was given and not scanned is a problem of that file."""
    hits: dict[str, set[tuple[str, int, int]]] = {}
    problems: dict[str, dict[str, set[str]]] = {}
    for result in answer["results"]:
        number = int(str(result["check_id"]).rpartition(".")[2][1:])
        hits.setdefault(result["path"], set()).add((rules[number].id, int(result["start"]["line"]), int(result["end"]["line"])))
    for error in answer.get("errors", ()):
        for name in [error["path"]] if error.get("path") in names else list(names):
            problem = _problem(error)
            problems.setdefault(name, {}).setdefault(problem, set()).update(_concerned(error, problem, names[name].rules, rules))
    for name in names.keys() - set(answer["paths"]["scanned"]):
        problems.setdefault(name, {"the file was not scanned": {rule.id for rule in names[name].rules}})
    return {
        file.path: _Answer(
            tuple(sorted(hits.get(name, ()))),
            "; ".join(sorted(problems.get(name, ()))),
            tuple(sorted({rule for concerned in problems.get(name, {}).values() for rule in concerned})),
        )
        for name, file in names.items()
    }


def _concerned(error: Mapping[str, Any], problem: str, wanting: Sequence[Rule], rules: Sequence[Rule]) -> set[str]:
    """Return which rules an error kept from the file: the one it names, all that need the file parsed, or all."""
    named = {rule.id for number, rule in enumerate(rules) if str(error.get("rule_id") or "").rpartition(".")[2] == f"r{number}"}
    return named or {rule.id for rule in wanting if problem != UNPARSED or not rule.textual}


def _problem(error: Mapping[str, Any]) -> str:
    """Say what went wrong in words, and what to do about it."""
    named = error.get("type")
    kind = str(named[0] if isinstance(named, list) and named else named)
    advice = "leave it out with policy.exclude where it is not your own code"
    if kind == "Timeout":
        return f"a rule took longer than {RULE_TIMEOUT} s on this file; {advice}"
    if kind in ("PartialParsing", "Syntax error", "Lexical error", "Other syntax error"):
        return UNPARSED
    return f"{kind}; {advice}"


def _matches(path: str, content: bytes, answer: _Answer) -> Iterator[RuleMatch]:
    lines = content.splitlines()
    for rule, line, end in answer.hits:
        text = lines[line - 1].decode("utf-8", "replace").strip()[:MAX_TEXT] if 0 < line <= len(lines) else ""
        matched = b"\n".join(lines[line - 1 : end]).decode("utf-8", "replace")[:MAX_MATCHED] if line > 0 else ""
        yield RuleMatch(rule, path, line, end, text, matched)


def _last_line(output: bytes) -> str:
    lines = output.decode("utf-8", "replace").strip().splitlines()
    return lines[-1][:MAX_TEXT] if lines else "no output"
