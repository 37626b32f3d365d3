"""The linked program of a tree: worked out once for the same content, and kept between runs."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import msgspec
from msgspec import Struct

from genai_policy.model import code as code_model
from genai_policy.model import ir
from genai_policy.model.code import CodeFacts, FunctionId, FunctionNode
from genai_policy.model.service import DeclaredLink
from genai_policy.read.cache import Cache, source_stamp
from genai_policy.read.link.project import ProjectTexts
from genai_policy.read.lowering import CANNOT_PACK
from genai_policy.read.tree import Tree

_LARGEST = 40_000_000
"""Bytes of a linked program up to which it is kept."""


class _Kept(Struct, frozen=True):
    """A linked program without the code of its functions, which the lowered files hold: id, file, owner and number instead."""

    facts: CodeFacts
    functions: tuple[tuple[FunctionId, str, str, int], ...]


def link_files(
    files: Mapping[str, ir.FileIR],
    tree: Tree,
    catalogues: Sequence[Path],
    project: ProjectTexts,
    declared: Sequence[DeclaredLink],
    *,
    cache: Cache | None,
    jobs: int,
) -> CodeFacts:
    """Link the lowered ``files`` of ``tree``, or take what an earlier run made of the same content.

    The answer is that of :func:`~genai_policy.read.link.facts.link_program`. A file that a bound cut short may come out whole another time:
    nothing is kept then.
    """
    if cache is None or any(file.truncated for file in files.values()):
        return _link(files, catalogues, project, declared, jobs)
    key = _key(files, tree, catalogues, project, declared)
    known = cache.get(key)
    kept = _restored(known, files) if known is not None else None
    if kept is not None:
        return kept
    facts = _link(files, catalogues, project, declared, jobs)
    _keep(cache, key, facts)
    return facts


def _link(
    files: Mapping[str, ir.FileIR], catalogues: Sequence[Path], project: ProjectTexts, declared: Sequence[DeclaredLink], jobs: int
) -> CodeFacts:
    from genai_policy.read.catalogue import load_catalogue  # most runs at a hook change no code: they need none of this
    from genai_policy.read.link.facts import link_program

    return link_program(files, load_catalogue(catalogues), project, declared, jobs=jobs)


def _key(
    files: Mapping[str, ir.FileIR], tree: Tree, catalogues: Sequence[Path], project: ProjectTexts, declared: Sequence[DeclaredLink]
) -> str:
    """Name all that a linked program depends on."""
    digests = {file.path: file.digest for file in tree.files}
    content = ([(path, digests[path]) for path in files], sorted(project.items()), list(declared))
    digest = hashlib.sha256(msgspec.msgpack.encode(content)).hexdigest()
    return f"linked {_linker_stamp()} {source_stamp(catalogues)} {digest}"


@lru_cache(maxsize=1)
def _linker_stamp() -> str:
    here = Path(__file__).parent
    sources = [*(here / "link").rglob("*.py"), *(here / "languages").glob("*.py"), *(here / "catalogue").glob("*.py")]
    return source_stamp([Path(ir.__file__), Path(code_model.__file__), *sources])


def _keep(cache: Cache, key: str, facts: CodeFacts) -> None:
    nodes = tuple((node.id, node.file, node.owner, node.index) for node in facts.functions.values())
    try:
        data = msgspec.msgpack.encode(_Kept(msgspec.structs.replace(facts, functions={}), nodes))
    except CANNOT_PACK:
        return
    if len(data) <= _LARGEST:
        cache.put(key, data)


def _restored(data: bytes, files: Mapping[str, ir.FileIR]) -> CodeFacts | None:
    """Put the functions' code back; None for what does not fit these files."""
    try:
        kept = msgspec.msgpack.decode(data, type=_Kept)
        functions = {name: FunctionNode(name, file, files[file].functions[at], owner, at) for name, file, owner, at in kept.functions}
    except (msgspec.MsgspecError, RecursionError, KeyError, IndexError):
        return None
    return msgspec.structs.replace(kept.facts, functions=functions)
