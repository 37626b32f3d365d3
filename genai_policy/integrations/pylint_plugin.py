"""The pylint plugin: ``load-plugins = genai_policy.integrations.pylint_plugin``.

Findings in the modules that are linted are shown there; what lies in other files (a duty's absence lies in the manifest) is shown at the
end, in those files. What is switched on by default is exactly what keeps the gate from opening.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pylint.checkers import BaseRawFileChecker
from pylint.utils import FileState

from genai_policy.integrations.judging import Question, judge, question
from genai_policy.integrations.places import relative, root_of
from genai_policy.report.escape import printable

if TYPE_CHECKING:
    from astroid import nodes
    from pylint.lint import PyLinter

    from genai_policy.integrations.judgement import Notice

NAME = "genai-policy"

_UNMET = {"error": "genai-duty-unmet", "warning": "genai-recommendation-unmet", "note": "genai-advice-unmet"}
_OTHER = {"open": "genai-undetermined", "mistake": "genai-mistake", "failure": "genai-failure"}


class PolicyChecker(BaseRawFileChecker):
    """Shows the judgement on the repository."""

    name = NAME
    msgs = {
        "E7401": ("%s", _UNMET["error"], "An obligation that applies is unmet and keeps the gate shut; `disable` does not open it."),
        "W7402": ("%s", _UNMET["warning"], "A recommendation, or an obligation under review, is unmet.", {"default_enabled": False}),
        "C7403": ("%s", _UNMET["note"], "Advice that does not bind is not followed.", {"default_enabled": False}),
        "E7404": ("%s", _OTHER["open"], "Something could not be told that this gate does not tolerate."),
        "E7405": ("%s", _OTHER["mistake"], "A manifest, pack or waiver is wrong, so that nothing was judged."),
        "E7406": ("%s", _OTHER["failure"], "The run of genai-policy could not finish."),
    }
    options = (
        (
            "genai-policy-root",
            {"type": "string", "default": "", "metavar": "<dir>", "help": "Root to judge; default: top of the checkout."},
        ),
        (
            "genai-policy-gate",
            {
                "type": "choice",
                "default": "",
                "choices": ["", "commit", "pull-request", "release"],
                "metavar": "<gate>",
                "help": "How strict to be; default: the manifest's choice.",
            },
        ),
        (
            "genai-policy-lang",
            {"type": "choice", "default": "en", "choices": ["en", "zh"], "metavar": "<lang>", "help": "Language of sentences."},
        ),
    )

    def process_module(self, node: nodes.Module) -> None:
        """Show what lies in one module that is linted."""
        asked = _question(self.linter)
        file = relative(node.file, asked.root) if node.file else ""
        if file:
            self._show(judge(asked, worker=_worker()).of_file(file))

    def close(self) -> None:
        """Show the rest, where one process does all."""
        if not _worker():
            self._show_rest()

    def get_map_data(self) -> bool:
        """Tell the main process of a parallel run that there is something to show."""
        return True

    def reduce_map_data(self, linter: PyLinter, data: list[Any]) -> None:
        """Show the rest, where workers did the modules."""
        del linter, data
        self._show_rest()

    def _show_rest(self) -> None:
        """Show what lies in no Python file, each in the file where it lies."""
        asked = _question(self.linter)
        rest = [notice for notice in judge(asked, worker=False).notices if not notice.file.endswith(".py")]
        for file in dict.fromkeys(notice.file for notice in rest):
            # comments of the module that was linted last must not hide what lies elsewhere
            self.linter.file_state = FileState(file, self.linter.msgs_store, is_base_filestate=True)
            name = printable(file) or NAME
            self.linter.set_current_module(name, str(Path(asked.root, name)) if file else NAME)
            self._show(notice for notice in rest if notice.file == file)

    def _show(self, notices: Iterable[Notice]) -> None:
        for notice in notices:
            symbol = _UNMET[notice.severity] if notice.kind == "unmet" else _OTHER[notice.kind]
            self.add_message(symbol, line=max(notice.line, 1), col_offset=max(notice.column - 1, 0), args=(notice.labelled,))


def register(linter: PyLinter) -> None:
    """Give pylint the checker."""
    linter.register_checker(PolicyChecker(linter))


def load_configuration(linter: PyLinter) -> None:
    """Judge in the main process, once the options are known and before there are workers."""
    judge(_question(linter), worker=_worker())


def _question(linter: PyLinter) -> Question:
    config = linter.config
    return question(root_of(".", config.genai_policy_root), config.genai_policy_gate, config.genai_policy_lang)


def _worker() -> bool:
    return multiprocessing.parent_process() is not None
