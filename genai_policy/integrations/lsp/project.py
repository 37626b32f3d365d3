"""One root in the editor: what was last judged on disk, and what is wrong with the buffers of its declared files right now.

Findings come from files on disk, as the gate sees them: a whole program cannot be judged from half-typed code. Mistakes of manifests and
waivers are told from the unsaved text. Nothing of the workspace is run or imported.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct, structs

from genai_policy import pipeline
from genai_policy.errors import Mistake, PolicyError, UsageProblem
from genai_policy.integrations.judgement import Judgement, judgement_of, judgement_of_problem
from genai_policy.integrations.judging import Question, today
from genai_policy.integrations.lsp.texts import lines_of
from genai_policy.integrations.places import MANIFEST
from genai_policy.load.waivers import WAIVERS_FILE
from genai_policy.model import Law, Verdict
from genai_policy.plugins import load_plugins
from genai_policy.read.listing import list_files
from genai_policy.read.tree import Tree, Unreadable, list_tree
from genai_policy.report.wording import phrase

#: Longer texts get no ranges of ours.
MAX_TEXT = 2_000_000
#: How many names are looked through for a manifest before a folder counts as one without.
MAX_NAMES = 50_000
_ELSEWHERE = frozenset((".git", "node_modules", ".venv", "venv", "site-packages"))


class Seen(Struct, frozen=True):
    """What the last run saw. ``lines`` are those of every file with notices, as they were when it was judged.

    Mistakes that the declared files show by themselves are not among the notices: those are told of the text as it is now. What only a
    whole run can tell (a waiver that matches nothing) is.
    """

    law: Law = Law()
    manifests: tuple[str, ...] = ()
    verdict: Verdict | None = None
    judgement: Judgement = Judgement("mistaken", "", "")
    lines: Mapping[str, list[str]] = {}


class Project:
    """A root. What judges may take seconds and is called from a worker thread; ``seen`` changes as a whole."""

    def __init__(self, asked: Question) -> None:
        self.asked = asked
        self.root = Path(asked.root)
        self.seen = Seen()
        self._disk = Tree(self.root, ())

    def judge(self) -> None:
        """Judge what is on disk. A folder without a manifest is left in peace: the editor may have opened anything."""
        if not _has_manifest(self.root):
            self.seen = Seen(judgement=Judgement("mistaken", "", phrase("linters.no-manifest", self.asked.lang)))
            return
        options = pipeline.Options(root=self.root, today=today(), gate=self.asked.gate or None, jobs=1)
        law, verdict = self.seen.law, None
        manifests = pipeline.manifests_in(list_tree(self.root))
        try:
            # packs do not change while the server runs; those with mistakes show as such in the run itself
            law = law if law.packs else pipeline.law(options)
            verdict = pipeline.check(options)
            judgement = judgement_of(verdict, self.asked.lang)
        except UsageProblem as problem:
            judgement = judgement_of_problem(problem, self.asked.lang)
            plain = set(self._mistakes({}, manifests))
            rest = UsageProblem([mistake for mistake in problem.mistakes if mistake not in plain])
            judgement = structs.replace(judgement, notices=judgement_of_problem(rest, self.asked.lang).notices)
        except PolicyError as problem:
            judgement = judgement_of_problem(problem, self.asked.lang)
        lines = {file: lines_of(self.on_disk(file)) for file in {r.file for r in judgement.notices} if file}
        self.seen = Seen(law, manifests, verdict, judgement, lines)

    def mistakes(self, buffers: Mapping[str, str]) -> tuple[Mistake, ...]:
        """Return what is wrong with manifests and waivers, ``buffers`` (by path) laid over what is on disk."""
        written = (file for file in buffers if file.rpartition("/")[2] == MANIFEST)
        return self._mistakes(buffers, sorted({*self.seen.manifests, *written}))

    def _mistakes(self, buffers: Mapping[str, str], manifests: Sequence[str]) -> tuple[Mistake, ...]:
        def read(path: str) -> bytes:
            return buffers[path].encode("utf-8", "surrogatepass") if path in buffers else self._disk.read(path)

        options = pipeline.Options(root=self.root, today=today())
        waivers = WAIVERS_FILE in buffers or (self.root / WAIVERS_FILE).is_file()
        try:
            pipeline.load_declared(options, load_plugins(), pipeline.Written(read, tuple(manifests), waivers))
        except UsageProblem as problem:
            return problem.mistakes
        return ()

    def on_disk(self, file: str) -> str:
        """Return the text of a file of the root, "" where it cannot be read. Links do not lead out of the root."""
        try:
            return self._disk.read(file, MAX_TEXT).decode("utf-8", "replace")
        except Unreadable:
            return ""

    def files(self) -> tuple[str, ...]:
        """Return the paths below the root that git tracks or would track."""
        return tuple(sorted(list_files(self.root).paths))

    def outcome(self, obligation: str) -> list[tuple[str, str]]:
        """Return the outcome of an obligation by manifest, as last judged."""
        services = self.seen.verdict.services if self.seen.verdict else ()
        return [(s.service.manifest, o.outcome) for s in services for o in (*s.obligations, *s.gates) if o.id == obligation]


def _has_manifest(root: Path) -> bool:
    """Say whether there is a manifest somewhere below ``root``, among the names that are looked through."""
    names = 0
    for _, folders, files in os.walk(root):
        folders[:] = sorted(set(folders) - _ELSEWHERE)
        names += len(folders) + len(files)
        if MANIFEST in files:
            return True
        if names > MAX_NAMES:
            break
    return False
