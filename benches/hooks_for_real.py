"""Drives pre-commit and prek as a developer does, on a copy of the example: environments are built, commits are made and stopped.

    python benches/hooks_for_real.py [--tools DIRECTORY] [--only pre-commit|prek|wheel|try-repo]

DIRECTORY holds `pre-commit` and `prek` (default: beside this Python, else PATH). Building an environment needs a package index, or what
stands for one (PIP_FIND_LINKS, UV_FIND_LINKS). Takes about two minutes; exit 0 where everything is as expected. The suite runs the same
cases through the hooks' entries (tests/e2e/test_pre_commit.py).
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
SCREEN = 40
ROUTE = """

@router.post("/poem")
async def poem(question: Question) -> dict[str, str]:
    return {"poem": await models.answer(question.prompt)}
"""


class Repository:
    """A copy of the example under git, with a hook installed by ``tool``."""

    def __init__(self, root: Path, environment: dict[str, str]) -> None:
        self.root, self.environment = root, environment
        shutil.copytree(PROJECT / "examples" / "lantern", root)
        self.git("init", "-q")

    def git(self, *arguments: str, ok: bool = True) -> subprocess.CompletedProcess[str]:
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main", "-c", "commit.gpgsign=false"]
        command = ["git", *identity, *arguments]
        done = subprocess.run(command, cwd=self.root, env=self.environment, capture_output=True, text=True, check=False)
        if ok and done.returncode:
            raise SystemExit(f"{' '.join(arguments)}: {done.stdout}{done.stderr}")
        return done

    def edit(self, file: str, old: str, new: str) -> None:
        path = self.root / file
        text = path.read_text("utf-8")
        assert old in text, f"{file} no longer holds {old}"
        path.write_text(text.replace(old, new), "utf-8")

    def commit(self, *arguments: str) -> tuple[bool, str, float]:
        """Commit; return whether it went through, what was printed, and the seconds it took."""
        begin = time.monotonic()
        done = self.git("commit", "-m", "change", *arguments, ok=False)
        return done.returncode == 0, done.stdout + done.stderr, time.monotonic() - begin

    def clean(self) -> None:
        self.git("reset", "-q", "--hard")
        self.git("clean", "-qfd")


def no_label_call(r: Repository) -> None:
    r.edit("app/chat.py", 'return {"answer": mark_text(text)}', 'return {"answer": text}')


def no_label_file(r: Repository) -> None:
    r.git("rm", "-q", "app/labels.py")


def unlabelled_route(r: Repository) -> None:
    path = r.root / "app" / "chat.py"
    path.write_text(path.read_text("utf-8") + ROUTE, "utf-8")


def too_long_kept(r: Repository) -> None:
    r.edit("config/prod.yaml", "prompts_days: 180", "prompts_days: 900")


HARMS: tuple[Callable[[Repository], None], ...] = (no_label_call, no_label_file, unlabelled_route, too_long_kept)


def main() -> int:
    """Run every part, or one; return 1 where something is not as expected."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tools", type=Path, default=Path(sys.executable).parent)
    parser.add_argument("--only", choices=("pre-commit", "prek", "wheel", "try-repo"))
    given = parser.parse_args()
    parts = (given.only,) if given.only else ("pre-commit", "prek", "wheel", "try-repo")
    wrong: list[str] = []
    with tempfile.TemporaryDirectory(prefix="genai-policy-hooks-") as temporary:
        for part in parts:
            here = Path(temporary) / part
            here.mkdir()
            wrong += [f"{part}: {what}" for what in run_part(part, here, given.tools)]
    print("\n".join(wrong) or "everything as expected")
    return 1 if wrong else 0


def run_part(part: str, here: Path, tools: Path) -> list[str]:
    """Return what went otherwise than expected with one way of installing the hooks."""
    environment = clean_environment(here, tools)
    hooks = clone_of_project(here / "hooks", environment)
    repository = Repository(here / "lantern", environment)
    if part == "try-repo":
        return try_repo(repository, hooks)
    tool = "pre-commit" if part == "wheel" else part
    config = wheel_config(here, environment) if part == "wheel" else clone_config(hooks, repository)
    (repository.root / ".pre-commit-config.yaml").write_text(config, "utf-8")
    repository.git("add", "-A")
    repository.git("commit", "-qm", "lantern")
    begin = time.monotonic()
    must([tool, "install", "--install-hooks"], repository)
    print(f"{part}: environment ready after {time.monotonic() - begin:.0f} s", flush=True)
    return list(commits(repository, part))


def commits(r: Repository, part: str) -> list[str]:
    """Make commits and say which did not go as they should."""
    wrong = []

    def expect(name: str, through: bool, *arguments: str, screen: bool = True) -> None:
        went, said, seconds = r.commit(*arguments)
        lines = len(said.splitlines())
        print(f"{part}: {name}: {'went through' if went else 'stopped'}, {lines} lines, {seconds:.1f} s", flush=True)
        if went != through:
            wrong.append(f"{name}: {'went through' if went else 'was stopped'}\n{said}")
        if screen and not through and lines > SCREEN:
            wrong.append(f"{name}: {lines} lines\n{said}")
        if went:
            r.git("reset", "-q", "--hard", "HEAD~1")
        r.clean()

    (r.root / "README.md").write_text("# Lantern\n")
    r.git("add", "-A")
    expect("a clean commit", True)
    for harm in HARMS:
        harm(r)
        r.git("add", "-A")
        expect(harm.__name__, False)
    no_label_call(r)
    (r.root / "README.md").write_text("# Lantern\n")
    r.git("add", "README.md")
    expect("harm that is not staged", True)
    no_label_call(r)
    r.git("add", "-A")
    r.edit("app/chat.py", 'return {"answer": text}', 'return {"answer": mark_text(text)}')
    expect("harm that is staged and mended since", False)
    no_label_call(r)
    expect("commit -a", False, "-a")
    no_label_call(r)
    expect("commit FILE", False, "app/chat.py")
    r.git("rm", "-q", "--cached", "app/labels.py")
    expect("the label's file is no longer tracked and still lies there", False)
    r.edit("genai-service.toml", 'stage = "live"', 'stage = "alive"')
    r.git("add", "-A")
    expect("a mistake in the manifest", False)
    return wrong


def try_repo(r: Repository, hooks: Path) -> list[str]:
    """`pre-commit try-repo` before anything is configured."""
    r.git("add", "-A")
    r.git("commit", "-qm", "lantern")
    passing = run(["pre-commit", "try-repo", str(hooks), "genai-policy", "--all-files"], r)
    no_label_call(r)
    r.git("add", "-A")
    failing = run(["pre-commit", "try-repo", str(hooks), "genai-policy", "--all-files"], r)
    print(f"try-repo: {passing.returncode} and, broken, {failing.returncode}", flush=True)
    return [] if (passing.returncode, failing.returncode) == (0, 1) else [passing.stdout + failing.stdout]


def clone_config(hooks: Path, r: Repository) -> str:
    revision = subprocess.run(["git", "rev-parse", "HEAD"], cwd=hooks, capture_output=True, text=True, check=True).stdout.strip()
    return f"repos:\n- repo: {hooks}\n  rev: {revision}\n  hooks: [{{id: genai-policy}}, {{id: genai-policy-manifest}}]\n"


def wheel_config(here: Path, environment: dict[str, str]) -> str:
    """Install a wheel of the project and use the hooks that `genai-policy init` writes."""
    venv = here / "venv"
    for command in (
        [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(here), str(PROJECT)],
        [sys.executable, "-m", "venv", str(venv)],
    ):
        subprocess.run(command, env=environment, check=True)
    (wheel,) = here.glob("genai_policy-*.whl")
    subprocess.run([str(venv / "bin" / "pip"), "install", "-q", str(wheel)], env=environment, check=True)
    environment["PATH"] = f"{venv / 'bin'}{os.pathsep}{environment['PATH']}"
    written = here / "written"
    written.mkdir()
    (written / "app.py").write_text("import openai\nprint(openai.OpenAI().responses.create(input='x').output_text)\n")
    subprocess.run(["genai-policy", "init", "-y", "--hook", str(written)], env=environment, check=True, capture_output=True)
    return (written / ".pre-commit-config.yaml").read_text("utf-8")


def clone_of_project(target: Path, environment: dict[str, str]) -> Path:
    subprocess.run(["git", "clone", "-q", "--no-hardlinks", str(PROJECT), str(target)], env=environment, check=True)
    return target


def clean_environment(here: Path, tools: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT", "GITHUB_"))}
    caches = {"PRE_COMMIT_HOME": here / "pre-commit", "PREK_HOME": here / "prek", "XDG_CACHE_HOME": here / "cache"}
    # what was downloaded before may be used again; what the tools build is built anew
    downloads = Path(kept.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    caches |= {"PIP_CACHE_DIR": downloads / "pip", "UV_CACHE_DIR": downloads / "uv"}
    path = f"{tools}{os.pathsep}{kept.get('PATH', os.defpath)}"
    return {**kept, **{name: str(value) for name, value in caches.items()}, "PATH": path, "GIT_CONFIG_GLOBAL": os.devnull}


def run(command: list[str], r: Repository) -> subprocess.CompletedProcess[str]:
    program = shutil.which(command[0], path=r.environment["PATH"])
    if program is None:
        raise SystemExit(f"no {command[0]} on PATH; name its directory with --tools")
    return subprocess.run([program, *command[1:]], cwd=r.root, env=r.environment, capture_output=True, text=True, check=False)


def must(command: list[str], r: Repository) -> None:
    done = run(command, r)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: {done.stdout}{done.stderr}")


if __name__ == "__main__":
    sys.exit(main())
