"""Answers kept between runs: the part of the program that value flow can look at, and the name of an answer about it.

The slice is all code files that an entry of the service may lead to, and those that hold middleware, sites or methods that a framework
calls by name. Flow is given nothing else, so an answer named by the slice's content holds whatever happens to other files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, MutableMapping, Sequence

import msgspec

from genai_policy.assess.flow import vocabulary as words
from genai_policy.assess.flow.trace import Traced
from genai_policy.model.code import CodeFacts, FunctionId

_BY_NAME = words.READ_BY_FRAMEWORK | words.WRITERS | words.AFTER | frozenset(("transform", "flush", "wrapStream", "wrapGenerate"))


def slice_of(code: CodeFacts, also: Collection[str] = ()) -> CodeFacts:
    """Return the same program without the files that flow does not look at. ``also`` are files that belong to it in any case."""
    roots = {f for p in code.paths for f in p.functions} | {r.function for r in code.routes} | {e.function for e in code.entry_points}
    roots |= {f for r in code.routes for f in r.guard_functions} | {f for m in code.middleware for f in m.functions}
    files = {s.file for s in code.sites} | {r.file for r in code.routes} | {e.file for e in code.entry_points}
    files |= {m.file for m in code.middleware} | {n.file for n in code.functions.values() if n.code.name in _BY_NAME}
    files |= set(also)
    inner = _inner(code)
    todo, seen = [*roots], set[FunctionId]()
    while todo:
        function = todo.pop()
        if function in seen or function not in code.functions:
            continue
        seen.add(function)
        files.add(code.functions[function].file)
        todo.extend(edge.callee for edge in code.calls.get(function, ()))
        todo.extend(inner.get(function, ()))
    # what stands at module level of a file that runs is run as well
    modules = [f"{file}#<module>" for file in files]
    files |= {e.callee.partition("#")[0] for m in modules for e in code.calls.get(m, ()) if e.callee in code.functions}
    return msgspec.structs.replace(
        code,
        functions={f: n for f, n in code.functions.items() if n.file in files},
        calls={f: edges for f, edges in code.calls.items() if f.partition("#")[0] in files},
        external_calls={f: found for f, found in code.external_calls.items() if f.partition("#")[0] in files},
        imports={},
        gaps=(),
    )


def _inner(code: CodeFacts) -> dict[FunctionId, list[FunctionId]]:
    """Return the functions written in each function."""
    by_index = {(n.file, n.index): n.id for n in code.functions.values()}
    found: dict[FunctionId, list[FunctionId]] = {}
    for node in code.functions.values():
        outer = by_index.get((node.file, node.code.parent)) if node.code.parent else None
        if outer is not None:
            found.setdefault(outer, []).append(node.id)
    return found


def digest_of(code: CodeFacts) -> str:
    """Return a digest of all that flow may look at in a slice."""
    digest = hashlib.blake2b(digest_size=20)
    encode = msgspec.msgpack.Encoder().encode
    digest.update(encode((code.sites, code.routes, code.entry_points, code.middleware)))
    digest.update(encode([(p.route, p.entry, p.site, p.functions) for p in code.paths]))
    for function in sorted(code.functions):
        digest.update(encode((code.functions[function], code.calls.get(function, ()), code.external_calls.get(function, ()))))
    return digest.hexdigest()


class Answers:
    """Answers about one slice, kept in ``store`` (key -> bytes) where there is one."""

    def __init__(self, code: CodeFacts, store: MutableMapping[str, bytes] | None) -> None:
        self._store = store
        self._slice = digest_of(code) if store is not None else ""

    def key(self, hooks: Iterable[FunctionId], paths: Sequence[int], side: str, checks: bool) -> str:
        """Return the name of an answer."""
        asked = repr((sorted(hooks), sorted(paths), side, checks))
        return f"flow {self._slice} {hashlib.blake2b(asked.encode('utf-8', 'surrogatepass'), digest_size=20).hexdigest()}"

    def get(self, key: str) -> Traced | None:
        """Return what was found out before, None where nothing was."""
        found = self._store.get(key) if self._store is not None else None
        if found is None:
            return None
        try:
            return msgspec.msgpack.decode(found, type=Traced)
        except msgspec.MsgspecError:
            return None

    def put(self, key: str, traced: Traced) -> None:
        """Keep an answer if possible."""
        if self._store is not None:
            self._store[key] = msgspec.msgpack.encode(traced)
