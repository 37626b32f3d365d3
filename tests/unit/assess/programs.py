"""Small Python programs in memory, read and linked as a run would."""

from __future__ import annotations

from collections.abc import Mapping

from genai_policy.model import ir
from genai_policy.model.code import CallEdge, CodeFacts, FunctionNode
from genai_policy.read.languages.python import PythonReader

_READER = PythonReader()


def unlinked(files: Mapping[str, str]) -> CodeFacts:
    """Return the functions of ``files`` with the calls that name a function of the same file."""
    functions: dict[str, FunctionNode] = {}
    for path, source in files.items():
        code = _READER.read(source.encode())
        for index, function in enumerate(code.functions):
            name = f"{path}#{function.qualname}"
            owner = code.classes[function.owner].qualname if function.owner is not None else ""
            functions[name] = FunctionNode(name, path, function, owner, index)
    return CodeFacts(functions=functions, calls={n: tuple(_edges(n, node, functions)) for n, node in functions.items()})


def _edges(caller: str, node: FunctionNode, functions: Mapping[str, FunctionNode]) -> list[CallEdge]:
    from genai_policy.assess.walk import calls

    found = []
    for call in calls(node.code.body):
        if isinstance(call.func, ir.Name) and f"{node.file}#{call.func.id}" in functions:
            found.append(CallEdge(caller, call.id, call.line, f"{node.file}#{call.func.id}", "name"))
    return found
