"""Walks a newcomer's path on a clone of a public repository and writes it down: docs/first-hour.md is what the product really said.

    python benches/first_hour.py CLONE > docs/first-hour.md

CLONE is a clone of cogentapps/chat-with-gpt; it is copied, not touched. The empty environment needs a package index (or PIP_FIND_LINKS).
"""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
COMMIT = "c75663bf9050735ffe5b8e1fe042db2b1095b47e"
WIDTH = 100
ROUTE = """\
import express from 'express';
import axios from 'axios';

export async function pictures(req: express.Request, res: express.Response) {
    const answer = await axios.post('https://api.openai.com/v1/images/generations', { prompt: req.body.prompt });
    res.json(answer.data);
}
"""
PROSE = {
    "head": """# The first hour

A newcomer's path, written down from the product by `python benches/first_hour.py`: nothing below the prompts was edited, only long lists
are cut where it says so.
The service is a real one that has never heard of this tool: [cogentapps/chat-with-gpt](https://github.com/cogentapps/chat-with-gpt) at
commit `{commit}`, a chat service in TypeScript with accounts, sharing and speech.
Suppose it is offered to the registered public in mainland China.
Reading and typing take less than ten minutes; the commands themselves took {seconds} seconds on two cores with other work, {install} of
them for the installation.

## 1. An empty environment
""",
    "init": """
## 2. Draft the manifest

`init` reads the code, asks what no code can answer, and shows what it is about to write.
""",
    "drafted": """
What it saw stands in the manifest with the place where it saw it; everything else is a comment that waits for a decision:
""",
    "check": """
## 3. The first verdict

Nothing of this service was written with these duties in mind, so nearly everything is unmet.
The end of the report says where to begin.
""",
    "baseline": """
## 4. Accept today, stop what is new
""",
    "hook": """
## 5. A hook on every commit
""",
    "blocked": """
## 6. The first commit that is stopped

Somebody adds pictures to the chat: a file with a handler, and its route.
""",
    "after": """
The commit did not happen.
The manifest said that the service generates text and sound; the code now draws pictures, and pictures carry duties of their own.
The way on is to declare `"image"` among `output.modalities` and then to meet what this brings: `genai-policy check` names it, each with
its fix.

## What was left for later

- The `# decide:` lines. Each that is decided settles duties one way or the other; the report names the three that decide most.
- Mending. Take the controls in the order of the report, claim each under `[implements]`, run `genai-policy baseline` again: it forgets what
  is met.
- The pull request and the release: [adoption.md](adoption.md).
""",
}


class Walk:
    """Runs commands in one directory and writes them down with what they print."""

    def __init__(self, root: Path, environment: dict[str, str]) -> None:
        self.root, self.environment = root, environment
        self.lines: list[str] = []
        self.seconds: list[float] = []

    def say(self, text: str) -> None:
        self.lines.append(text)

    def run(self, command: str, *, answers: Sequence[str] = (), cut: tuple[int, int] | None = None, silent: bool = False) -> str:
        begin = time.monotonic()
        printed = self._talk(command, answers)
        self.seconds.append(time.monotonic() - begin)
        shown = printed.rstrip("\n").split("\n") if printed.strip() and not silent else []
        if cut and len(shown) > sum(cut):
            shown = [*shown[: cut[0]], f"[… {len(shown) - sum(cut)} lines …]", *shown[-cut[1] :]]
        self.lines += ["```console", f"$ {command}", *shown, "```"]
        return printed

    def _talk(self, command: str, answers: Sequence[str]) -> str:
        """Run in a terminal of its own, answering each prompt; return what stood on the screen."""
        waiting = list(answers)
        child, screen = pty.fork()
        if child == 0:
            os.chdir(self.root)
            os.execvpe("bash", ["bash", "-c", command], self.environment)
        said = b""
        while select.select([screen], [], [], 600)[0]:
            try:
                piece = os.read(screen, 4096)
            except OSError:
                break
            if not piece:
                break
            said += piece
            if said.endswith(b"\n> ") and waiting:
                os.write(screen, waiting.pop(0).encode() + b"\n")
        os.waitpid(child, 0)
        os.close(screen)
        text = said.decode("utf-8", "replace").replace("\r\n", "\n")
        return re.sub(r"\x1b\[[0-9;]*[A-Za-z]|\r", "", text).replace(str(self.root), ".")


def main() -> int:
    """Walk, and print the page."""
    clone = Path(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="first-hour-") as temporary:
        here = Path(temporary)
        service = here / "chat-with-gpt"
        subprocess.run(["git", "clone", "-q", "--no-hardlinks", str(clone), str(service)], check=True)
        subprocess.run(["git", "checkout", "-q", "-B", "main", COMMIT], cwd=service, check=True)
        shutil.copytree(PROJECT, here / "genai-policy", ignore=shutil.ignore_patterns(".git", "__pycache__", ".*_cache"))
        walk = Walk(service, environment(here))
        write_down(walk)
    page = "\n".join(walk.lines)
    numbers = {"{commit}": COMMIT[:12], "{seconds}": f"{sum(walk.seconds):.0f}", "{install}": f"{walk.seconds[0]:.0f}"}
    for name, value in numbers.items():
        page = page.replace(name, value)
    print(page.rstrip("\n"))
    return 0


def write_down(walk: Walk) -> None:
    """The path itself."""
    walk.say(PROSE["head"])
    walk.run("python3 -m venv .venv && . .venv/bin/activate && pip install -q ../genai-policy pre-commit", silent=True)
    walk.environment["PATH"] = f"{walk.root / '.venv' / 'bin'}{os.pathsep}{walk.environment['PATH']}"
    with (walk.root / ".git" / "info" / "exclude").open("a") as excluded:
        excluded.write(".venv/\n")
    walk.say(PROSE["init"])
    walk.run("genai-policy init", answers=["live", "registered-public", "cn-mainland", "", "service-provider", "mainland", "y", "n", "y"])
    walk.say(PROSE["drafted"])
    walk.run("grep '# found:' genai-service.toml | grep -v '^#'")
    walk.say(PROSE["check"])
    walk.run("genai-policy check", cut=(9, 22))
    walk.say(PROSE["baseline"])
    walk.run("genai-policy baseline")
    walk.run("genai-policy check --gate commit", cut=(2, 3))
    walk.say(PROSE["hook"])
    walk.run("pre-commit install")
    walk.run("git add -A && git commit -m 'Declare the service'", cut=(6, 2))
    walk.say(PROSE["blocked"])
    (walk.root / "server/src/endpoints/pictures.ts").write_text(ROUTE)
    index = walk.root / "server/src/index.ts"
    text = index.read_text("utf-8")
    text = "import { pictures } from './endpoints/pictures';\n" + text
    before = "        if (config.services?.openai?.apiKey) {\n"
    text = text.replace(before, f"        this.app.post('/chatapi/pictures', pictures);\n{before}", 1)
    index.write_text(text, "utf-8")
    walk.run("cat server/src/endpoints/pictures.ts")
    walk.run("git add -A && git commit -m 'Draw pictures'")
    walk.say(PROSE["after"])


def environment(here: Path) -> dict[str, str]:
    """A person's environment without the marks of this machine."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "GITHUB_", "PRE_COMMIT", "VIRTUAL_ENV"))}
    names = (("NAME", "New"), ("EMAIL", "new@example.org"))
    person = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in names}
    own = {"XDG_CACHE_HOME": str(here / "cache"), "PRE_COMMIT_HOME": str(here / "pre-commit"), "GIT_CONFIG_GLOBAL": os.devnull}
    return {**kept, **person, **own, "TERM": "dumb", "COLUMNS": str(WIDTH), "LANG": "C.UTF-8", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


if __name__ == "__main__":
    sys.exit(main())
