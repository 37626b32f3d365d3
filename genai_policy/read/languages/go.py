"""Lowers Go source to the program representation (grammar: tree-sitter-go)."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from genai_policy.model import ir
from genai_policy.read.languages import go_declarations, go_expressions, go_statements
from genai_policy.read.languages.program import Grammar, Program, as_utf8
from genai_policy.read.languages.syntax import LIMITS, Limits, Source, read_bounded

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

    from genai_policy.hookspecs import LanguageReader

# The generated-code marker is the one of `go help generate`; it stands before the package clause.
_GENERATED = re.compile(rb"^// Code generated .* DO NOT EDIT\.\s*$", re.MULTILINE)
_CONSTRAINT = re.compile(rb"^//go:build (.+?)\s*$", re.MULTILINE)
_CLAUSE = re.compile(rb"^package\s", re.MULTILINE)
_QUALIFIER = re.compile(rb"\b([A-Za-z_]\w*)\s*\.\s*[A-Z]")
_VERSION = re.compile(r"v\d+")


@cache
def _grammar() -> tuple[Parser, Grammar]:
    import tree_sitter_go
    from tree_sitter import Language, Parser

    language = Language(tree_sitter_go.language())
    expressions = go_expressions.EXPRESSIONS | go_declarations.VALUES
    statements = go_statements.STATEMENTS | go_declarations.STATEMENTS
    return Parser(language), Grammar(language, expressions, statements, go_statements.closure, ("comment",))


def _lower(source: Source, root: Node) -> ir.FileIR:
    program = Program(source, _grammar()[1])
    _directives(program)
    go_declarations.declare_ahead(program, root)
    for node in program.children(root):
        if node.type == "package_clause":
            program.package = source.text(program.children(node)[0]) if program.children(node) else ""
        elif node.type == "import_declaration":
            _imports(program, node)
        else:
            program.statement(node)
    return program.finish("go", root, tuple(program.out))


def _directives(p: Program) -> None:
    clause = _CLAUSE.search(p.source.data)
    header = p.source.data[: clause.start() if clause else 4096]
    if _GENERATED.search(header):
        p.directives.append("generated")
    p.directives += [f"go:build {match.group(1).decode('utf-8', 'replace')}" for match in _CONSTRAINT.finditer(header)]


def _imports(p: Program, node: Node) -> None:
    for spec in p.children(node):
        if spec.type == "import_spec_list":
            _imports(p, spec)
            continue
        path, title = spec.child_by_field_name("path"), spec.child_by_field_name("name")
        if path is None:
            continue
        module, line = go_expressions.text_value(p.source.text(path)), spec.start_point[0] + 1
        if title is None:
            p.imports.append(ir.Import(line, package_name(module, p.source.data), module))
        elif title.type == "dot":
            p.imports.append(ir.Import(line, "", module, "*"))
        else:
            local = p.source.text(title)
            p.imports.append(ir.Import(line, "" if local == "_" else local, module))


def package_name(module: str, data: bytes) -> str:
    """Guess the name a package is imported under. The path only suggests it (``go-openai`` is package ``openai``, ``x/v2`` is ``x``), so of
    the usual derivations the first that the file uses as a qualifier wins."""
    segments = [segment for segment in module.split("/") if segment]
    while len(segments) > 1 and _VERSION.fullmatch(segments[-1]):
        segments.pop()
    last = re.sub(r"\.v\d+$", "", segments[-1]) if segments else ""
    if last.isidentifier():
        return last
    words = [word for word in re.split(r"[-.]", last) if word]
    core = [word for word in words if word not in ("go", "golang", "sdk")] or words
    candidates = dict.fromkeys(("".join(core), *core[::-1], "_".join(core), "".join(words), *words))
    used = {match.group(1).decode() for match in _QUALIFIER.finditer(data)}
    return next((word for word in candidates if word in used), next(iter(candidates), last))


class GoReader:
    """Reads ``.go`` files. ``version`` changes whenever the same bytes would lower differently."""

    name = "go"
    version = "2"
    suffixes: tuple[str, ...] = (".go",)

    def read(self, source: bytes, limits: Limits = LIMITS) -> ir.FileIR:
        """Lower one file (see :class:`genai_policy.hookspecs.LanguageReader`)."""
        return read_bounded("go", as_utf8(source), _grammar()[0], _lower, limits)


READERS: tuple[LanguageReader, ...] = (GoReader(),)
