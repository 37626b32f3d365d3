"""For authors of packs and plugins: small repositories built in a test, judged in one line. Needs pytest.

    from genai_policy.testing import repo

    def test_an_unlabelled_route_is_unmet():
        verdict = repo({"app.py": "…"}).check()
        assert outcome_of(verdict, "my-pack/label") == "unmet"

With ``pytest_plugins = ["genai_policy.testing"]`` the same comes as the fixture ``genai_repo``.
"""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
import weakref
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from genai_policy import pipeline
from genai_policy.load.manifest import MANIFEST_FILE
from genai_policy.model import CodeFacts, Verdict
from genai_policy.model.verdict import Outcome

#: The day on which repositories are judged unless a test says otherwise: tests must not change their mind over night.
TEST_DAY = dt.date(2026, 3, 1)

#: The manifest of a repository that brings none: a chat service for the mainland public.
PUBLIC_SERVICE = """\
schema = 1
[service]
name = "sample"
stage = "live"
reach = ["registered-public"]
regions = ["cn-mainland"]
geo-control = "none"
channels = ["web"]
[provider]
roles = ["service-provider"]
seat = "mainland"
[output]
generative = true
modalities = ["text"]
"""


class Repo:
    """A small repository on disk. It goes away with this object."""

    def __init__(self, files: Mapping[str, str | bytes]) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="genai-policy-repo-"))
        weakref.finalize(self, shutil.rmtree, self.root, ignore_errors=True)
        if not any(path.rpartition("/")[2] == MANIFEST_FILE for path in files):
            self.write(MANIFEST_FILE, PUBLIC_SERVICE)
        for path, content in files.items():
            self.write(path, content)

    def write(self, path: str, content: str | bytes) -> Repo:
        """Write one file (POSIX path relative to the root) and return the repository."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return self

    def delete(self, path: str) -> Repo:
        """Delete one file and return the repository."""
        (self.root / path).unlink()
        return self

    def check(self, **options: Any) -> Verdict:
        """Judge the repository; ``options`` are fields of :class:`genai_policy.pipeline.Options`."""
        return pipeline.check(self._options(options))

    def facts(self, **options: Any) -> CodeFacts:
        """Return what its code shows."""
        return pipeline.facts(self._options(options))[0]

    def _options(self, options: Mapping[str, Any]) -> pipeline.Options:
        return pipeline.Options(**{"root": self.root, "today": TEST_DAY, "cache": False, "jobs": 1, **options})


def repo(files: Mapping[str, str | bytes]) -> Repo:
    """Build a repository from paths and contents. One without a manifest gets :data:`PUBLIC_SERVICE`."""
    return Repo(files)


def outcome_of(verdict: Verdict, obligation: str) -> Outcome:
    """Return the outcome of one obligation in a verdict on one service. Raises LookupError where it was not judged."""
    for service in verdict.services:
        for rule in (*service.obligations, *service.gates):
            if rule.id == obligation:
                return rule.outcome
    raise LookupError(obligation)


@pytest.fixture(name="genai_repo")
def genai_repo() -> Callable[[Mapping[str, str | bytes]], Repo]:
    """Offer :func:`repo` as a fixture."""
    return repo
