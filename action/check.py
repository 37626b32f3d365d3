"""Runs the gate in a workflow step: inputs from the environment → annotations, outputs, step summary, exit code.

Needs nothing but the standard library, and starts the installed ``genai-policy`` beside its own Python, never a module of the workspace.
Outputs are written before a failing exit. What the scanned repository says reaches the log only through the ``github`` format, which is
safe, or while workflow commands are stopped.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

RESULTS = {0: "passed", 1: "failed", 2: "misconfigured", 3: "inconclusive"}
COUNTS = ("satisfied", "unmet", "undetermined", "not-applicable", "review", "new", "waived", "baselined", "gaps")
#: A step shows ten errors, and the runner's own "exit code 2" is one of them.
MAX_ERRORS = 9
#: Bytes of the summary; GitHub drops one of more than 1 MiB whole.
MAX_SUMMARY = 1_000_000
FETCH_SECONDS = 300
_MISTAKE = re.compile(r"^error: (?:(?P<file>[^:]+):(?P<line>\d+):(?P<column>\d+): )?(?P<text>.+)$")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_PLAIN = re.compile(r"[\w./@+-]+")


def main(env: Mapping[str, str]) -> int:
    """Run the step and return its exit code."""
    temporary = Path(env["RUNNER_TEMP"])
    summary = temporary / f"genai-policy-{secrets.token_hex(4)}.md"
    files = {name: env.get(f"INPUT_{name}_FILE", "") for name in ("SARIF", "REPORT", "HTML")}
    record = Path(files["REPORT"] or temporary / f"genai-policy-{secrets.token_hex(4)}.json")
    for file in filter(None, files.values()):
        # a report of an earlier run must not pass for one of this
        Path(file).unlink(missing_ok=True)
    for base in dict.fromkeys(filter(None, (env.get("INPUT_DIFF_BASE"), env.get("INPUT_TRUST_BASE")))):
        for problem in reach(base, env):
            command("warning", problem)
    done = subprocess.run(
        arguments(env, files | {"REPORT": str(record)}, summary), env=environment(env), stderr=subprocess.PIPE, check=False
    )
    said = done.stderr.decode("utf-8", "replace").splitlines()
    quietly(said)
    code = done.returncode if done.returncode in RESULTS else 3
    if code == 2 or not summary.is_file():
        annotate(said, env.get("INPUT_PATH", "."))
    outputs(env["GITHUB_OUTPUT"], code, record, files)
    summarise(env["GITHUB_STEP_SUMMARY"], code, summary, said)
    return code


def arguments(env: Mapping[str, str], files: Mapping[str, str], summary: Path) -> list[str]:
    """Return the command line of the gate. The console script puts its own folder, not the workspace, on the import path."""
    command = [str(Path(sys.executable).with_name("genai-policy")), "check", f"--lang={env.get('INPUT_LANG') or 'en'}"]
    for option, name in (("--gate", "GATE"), ("--as-of", "AS_OF"), ("--diff-base", "DIFF_BASE"), ("--trust-base", "TRUST_BASE")):
        if value := env.get(f"INPUT_{name}", ""):
            command.append(f"{option}={value}")
    command += [f"--pack={pack}" for pack in env.get("INPUT_PACKS", "").split()]
    formats = [("github", "-"), ("markdown", str(summary))]
    formats += [(name, files[key]) for name, key in (("json", "REPORT"), ("sarif-findings", "SARIF"), ("html", "HTML")) if files[key]]
    for name, target in formats:
        command += [f"--format={name}", f"--output={target}"]
    return [*command, "--", env.get("INPUT_PATH") or "."]


def environment(env: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of the gate: where facts are kept between runs, and where links lead to."""
    found = dict(env)
    if folder := env.get("INPUT_CACHE_DIR", ""):
        found["XDG_CACHE_HOME"] = str(Path(folder).absolute())
    server = env.get("GITHUB_SERVER_URL", "")
    for variable, repository, commit in (
        ("GENAI_POLICY_PAGES", env.get("ACTION_REPOSITORY", ""), env.get("ACTION_REF", "")),
        ("GENAI_POLICY_SOURCES", env.get("GITHUB_REPOSITORY", ""), env.get("GITHUB_SHA", "")),
    ):
        if server and _PLAIN.fullmatch(repository) and _PLAIN.fullmatch(commit):
            found.setdefault(variable, f"{server}/{repository}/blob/{commit}")
    return found


def reach(base: str, env: Mapping[str, str]) -> Iterator[str]:
    """Fetch what ``base`` needs where the checkout is too shallow for it; yield what to do where that fails."""
    path = env.get("INPUT_PATH") or "."
    if base.startswith("-") or git(path, "merge-base", base, "HEAD"):
        return
    remote, _, branch = base.partition("/")
    wanted = ""
    if _COMMIT.fullmatch(base):
        remote, wanted = "origin", base
    elif branch and git(path, "check-ref-format", "--branch", branch):
        wanted = f"+refs/heads/{branch}:refs/remotes/{base}"
    if wanted:
        shallow = git(path, "rev-parse", "--is-shallow-repository").strip() == "true"
        options = ["--quiet", "--no-tags", "--no-recurse-submodules", *(["--unshallow"] if shallow else [])]
        # the merge commit of a pull request is reachable from no branch: its own history has to be asked for
        git(path, "fetch", *options, remote, wanted, git(path, "rev-parse", "HEAD").strip())
    if not git(path, "merge-base", base, "HEAD"):
        yield f"{base} and HEAD share no history in this checkout, and it could not be fetched: set fetch-depth: 0 in actions/checkout"


def git(path: str, *arguments: str) -> str:
    """Return what git says, "" where it fails. No hook, prompt or file system monitor is started."""
    command = ["git", "-C", path, "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", *arguments]
    try:
        done = subprocess.run(
            command, env={**os.environ, "GIT_TERMINAL_PROMPT": "0"}, capture_output=True, timeout=FETCH_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""


def quietly(lines: Sequence[str]) -> None:
    """Print ``lines`` to the log while the runner obeys no command."""
    if lines:
        token = secrets.token_hex(16)
        write("\n".join([f"::stop-commands::{token}", *lines, f"::{token}::"]))


def annotate(said: Sequence[str], path: str) -> None:
    """Turn the first mistakes into annotations, at their line where they have one."""
    prefix = "" if os.path.normpath(path) == "." else f"{Path(os.path.normpath(path)).as_posix()}/"
    mistakes = [found for found in map(_MISTAKE.match, said) if found]
    shown = mistakes if len(mistakes) <= MAX_ERRORS else mistakes[: MAX_ERRORS - 1]
    for found in shown:
        place = {"file": prefix + found["file"], "line": found["line"], "col": found["column"]} if found["file"] else {}
        command("error", found["text"], **place)
    if len(mistakes) > len(shown):
        command("error", f"and {len(mistakes) - len(shown)} more: see the log of this step and the summary")
    if not mistakes:
        command("error", "nothing was judged: see the log of this step")


def command(level: str, text: str, **properties: str) -> None:
    """Print one annotation."""
    values = {**properties, "title": "genai-policy"}
    escaped = ",".join(f"{key}={_data(value).replace(':', '%3A').replace(',', '%2C')}" for key, value in values.items())
    write(f"::{level} {escaped}::{_data(text[:3_000])}")


def outputs(file: str, code: int, record: Path, files: Mapping[str, str]) -> None:
    """Write the step's outputs; those of a report that was not written stay empty."""
    values = {"result": RESULTS[code], "exit-code": str(code)}
    if record.is_file():
        verdict = json.loads(record.read_bytes())
        values["gate"] = str(verdict["gate"])
        values |= {name: str(int(verdict["counts"][name])) for name in COUNTS}
    values |= {f"{key.lower()}-file": name for key, name in files.items() if name and Path(name).is_file()}
    with Path(file).open("a", encoding="utf-8") as stream:
        for name, value in values.items():
            end = secrets.token_hex(16)
            stream.write(f"{name}<<{end}\n{value}\n{end}\n")


def summarise(file: str, code: int, summary: Path, said: Sequence[str]) -> None:
    """Write the step's summary: the markdown report, or the mistakes where nothing was judged."""
    if summary.is_file():
        text = summary.read_text("utf-8")
        summary.unlink()
    else:
        # indented lines are code, which no text of the repository can leave
        mistakes = "\n".join(f"    {line}" for line in said)
        text = f"## genai-policy: {RESULTS[code]}\n\nNothing was judged.\n\n{mistakes}\n"
    with Path(file).open("ab") as stream:
        stream.write(text.encode("utf-8", "replace")[:MAX_SUMMARY])


def write(text: str) -> None:
    """Print to the log, in order with what the gate itself prints."""
    sys.stdout.buffer.write(f"{text}\n".encode("utf-8", "replace"))
    sys.stdout.flush()


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A").replace("##[", "# #[")


if __name__ == "__main__":
    sys.exit(main(os.environ))
