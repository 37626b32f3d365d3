"""A judgement → pytest items: one per obligation of each service, and one for the gate. Loaded by ``pytest --genai-policy`` only."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from genai_policy.errors import UsageProblem
from genai_policy.integrations.judgement import Duty, Judgement
from genai_policy.integrations.judging import Question, judge, question
from genai_policy.integrations.places import root_of

#: The gate's own item: what belongs to no single obligation (a file that could not be read, say) fails here.
GATE = "gate"


class Obligations:
    """What is registered with pytest: it brings the manifests in as files of tests."""

    def __init__(self, asked: Question, judgement: Judgement) -> None:
        self.judgement = judgement
        self.manifests = {Path(asked.root, name): name for name in dict.fromkeys(duty.manifest for duty in judgement.duties)}

    @classmethod
    def of(cls, config: pytest.Config) -> Obligations:
        """Judge as ``config`` asks. Raises pytest.UsageError with every mistake where nothing could be judged."""
        asked = _question(config)
        with warnings.catch_warnings():
            warnings.simplefilter("default")  # the project's own `error` filter is not meant for the tool
            judgement = judge(asked, worker=hasattr(config, "workerinput"))
        if judgement.state in ("mistaken", "failed"):
            told = (f"{n.where}: {n.text}" if n.file else n.text for n in judgement.notices)
            raise pytest.UsageError("\n".join([f"genai-policy: {judgement.headline}", *told]))
        found = cls(asked, judgement)
        found.extend(config)
        return found

    def extend(self, config: pytest.Config) -> None:
        """Add the manifests to what is collected, unless the caller names tests of one."""
        named = {Path(config.invocation_params.dir, str(arg).partition("::")[0]).resolve() for arg in config.args}
        if not named & set(self.manifests):
            config.args.extend(map(str, self.manifests))

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """Collect a manifest that was judged."""
        name = self.manifests.get(file_path.resolve())
        if name is None:
            return None
        manifest = ManifestFile.from_parent(parent, path=file_path)
        manifest.own(self.judgement, name, first=name == next(iter(self.manifests.values())))
        return manifest

    def pytest_report_header(self) -> str:
        """Say what was judged."""
        return f"genai-policy: {self.judgement.headline}"


class ManifestFile(pytest.File):
    """The obligations of one service."""

    def own(self, judgement: Judgement, name: str, *, first: bool) -> None:
        """Take the obligations of the manifest ``name``; the ``first`` of a run answers for the gate too."""
        self.judgement = judgement
        self.duties = [duty for duty in judgement.duties if duty.manifest == name]
        self.first = first

    def collect(self) -> Iterator[pytest.Item]:
        """Yield one item per obligation."""
        for duty in self.duties:
            item = ObligationItem.from_parent(self, name=duty.id)
            item.duty = duty
            yield item
        if self.first:
            gate = GateItem.from_parent(self, name=GATE)
            gate.judgement = self.judgement
            yield gate


class Unmet(Exception):
    """An obligation is unmet, or the gate is not open; the text is all there is to say."""


class _Item(pytest.Item):
    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:
        """Show the finding, not the stack of the plugin."""
        return str(excinfo.value)


class ObligationItem(_Item):
    """One obligation of one service; its name is the obligation's id."""

    duty: Duty

    def runtest(self) -> None:
        """Pass, fail, or say why this gate does not ask."""
        why = "; ".join(self.duty.lines)
        if self.duty.state == "failed":
            # pytest's summary shows the first line, beside the id
            raise Unmet("\n".join([*self.duty.lines, f"{self.duty.title}: genai-policy explain {self.duty.id}"]))
        if self.duty.state == "accepted":
            pytest.xfail(why)
        if self.duty.state in ("untold", "away"):
            raise pytest.skip.Exception(why, _use_item_location=True)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Point at the line of the manifest that is about the obligation."""
        return self.path, max(self.duty.line - 1, 0), self.duty.id


class GateItem(_Item):
    """The gate as a whole: it fails exactly where ``genai-policy check`` would exit with 1 or 3."""

    judgement: Judgement

    def runtest(self) -> None:
        """Fail unless the gate is open."""
        if self.judgement.state != "open":
            # what belongs to an obligation is told by its own item
            rest = [n for n in self.judgement.notices if n.blocks and not n.obligations]
            told = [f"{n.where}: {n.text}" if n.file else n.text for n in rest]
            raise Unmet("\n".join([self.judgement.headline, *told]))

    def reportinfo(self) -> tuple[Path, int, str]:
        """Point at the manifest."""
        return self.path, 0, GATE


def _question(config: pytest.Config) -> Question:
    def given(name: str) -> str:
        return str(config.getoption(f"--genai-policy-{name}") or config.getini(f"genai_policy_{name}") or "")

    try:
        named = config.getoption("--genai-policy-root")
        base = config.invocation_params.dir if named else config.rootpath
        root = root_of(str(base), str(named or config.getini("genai_policy_root")))
        return question(root, given("gate"), given("lang") or "en")
    except UsageProblem as problem:
        raise pytest.UsageError(f"genai-policy: {problem}") from problem
