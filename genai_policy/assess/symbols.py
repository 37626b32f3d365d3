"""A hook locator (``pkg.mod:name``, ``path/file.ts#name``) to the functions of the tree that it names, or the reason why it names none."""

from __future__ import annotations

import difflib
import posixpath

from msgspec import Struct

from genai_policy.assess.asked import foreign, foreign_note, listed
from genai_policy.assess.walk import Calls
from genai_policy.model.code import FunctionNode
from genai_policy.model.message import Message
from genai_policy.model.service import Service
from genai_policy.model.verdict import FactIndex


class Symbol(Struct, frozen=True):
    """What a locator names: one function, or the methods of a class."""

    target: str
    functions: tuple[FunctionNode, ...]

    @property
    def ids(self) -> frozenset[str]:
        """The ids of the functions."""
        return frozenset(node.id for node in self.functions)


def resolve(target: str, service: Service, facts: FactIndex, program: Calls) -> Symbol | Message:
    """Return the functions that ``target`` names."""
    file, name = _file_of(target, service, facts)
    if not file or not name:
        return Message("hook.no-file", {"symbol": target, "file": file or name or target})
    reason = foreign(file, facts)
    if reason:
        return foreign_note(file, reason)
    if file not in facts.files and file not in program.by_file:
        return Message("file.missing", {"file": file})
    found = program.named(file, name)
    if found:
        return Symbol(target, found)
    if any(gap.file == file for gap in facts.code.gaps):
        return Message("hook.file-unread", {"symbol": target, "file": file})
    return _not_there(target, file, name, program)


def _file_of(target: str, service: Service, facts: FactIndex) -> tuple[str, str]:
    if "#" in target:
        file, _, name = service.resolve(target).partition("#")
        return file, name.strip()
    module, _, name = target.partition(":")
    tail = module.strip().replace(".", "/")
    if not tail or ".." in module:
        return "", ""
    for base in (service.root, posixpath.join(service.root, "src")):
        for ending in (f"{tail}.py", f"{tail}/__init__.py"):
            path = posixpath.normpath(posixpath.join(base, ending))
            if path in facts.files or path in facts.left_out:
                return path, name.strip()
    endings = (f"/{tail}.py", f"/{tail}/__init__.py")
    elsewhere = sorted(path for path in facts.files if path.endswith(endings))
    within = [path for path in elsewhere if path.startswith(service.root + "/")] if service.root else elsewhere
    candidates = within or elsewhere
    return (candidates[0] if len(candidates) == 1 else ""), name.strip()


def _not_there(target: str, file: str, name: str, program: Calls) -> Message:
    last = name.rpartition(".")[2]
    elsewhere = sorted({n.id for nodes in program.by_file.values() for n in nodes if n.code.name == last and n.file != file})
    if elsewhere:
        return Message("hook.elsewhere", {"symbol": target, "file": file, "places": listed(elsewhere)})
    close = difflib.get_close_matches(name, [n.code.qualname for n in program.by_file.get(file, ())][:2000], 1)
    if close:
        return Message("hook.similar", {"symbol": target, "file": file, "name": close[0]})
    return Message("hook.no-function", {"symbol": target, "file": file, "name": name})
