"""Lowering of TypeScript, JavaScript, JSX, Vue and Svelte. A case is a source file and ``<file>.expected``, its program representation
in a compact notation (``python tests/unit/read/test_ecmascript_reader.py`` prints it for the files named)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genai_policy.model import ir
from genai_policy.read.languages.ecmascript import READERS
from genai_policy.read.languages.syntax import Limits

CASES = Path(__file__).with_name("cases") / "ecmascript"
SOURCES = sorted(path for path in CASES.iterdir() if path.suffix != ".expected")
BY_SUFFIX = {suffix: reader for reader in READERS for suffix in reader.suffixes}
BY_NAME = {reader.name: reader for reader in READERS}


# --- notation -----------------------------------------------------------------------------------------------------------------------


def dump(file: ir.FileIR) -> str:
    """Write a file's representation, one line per statement: ``LINE| statement``."""
    return "\n".join(_dump_lines(file)) + "\n"


def _dump_lines(file: ir.FileIR) -> Iterator[str]:
    yield f"{file.language} directives={list(file.directives)} broken={list(file.broken)} truncated={file.truncated!r}"
    for imp in file.imports:
        marks = [mark for mark in ("reexport", "dynamic") if getattr(imp, mark)] + ([f"in {imp.function}"] if imp.function else [])
        yield f"{imp.line}| import {imp.local or '-'} = {imp.module} . {imp.name} {' '.join(marks)}".rstrip()
    for export in file.exports:
        yield f"{export.line}| export {export.public} = {expr(export.value)}"
    for index, class_ in enumerate(file.classes):
        bases = "".join(f" : {expr(base)}" for base in class_.bases)
        head = f"{class_.line}-{class_.end_line}| {class_.kind} #{index} {class_.qualname}{bases}"
        yield f"{head}{_tail(class_)} methods={list(class_.methods)}"
        for field in class_.fields:
            value = f" = {expr(field.value)}" if field.value is not None else ""
            yield f"  {field.line}| field {field.name}{_typed(field.annotation)}{value}{_decorated(field.decorators)}"
    for index, function in enumerate(file.functions):
        params = ", ".join(map(_param, function.params))
        owner = f" of class #{function.owner}" if function.owner is not None else ""
        parent = f" in {function.parent}" if function.parent is not None else ""
        head = f"{function.line}-{function.end_line}| function {index} {function.qualname}({params}){_typed(function.returns)}"
        yield f"{head}{owner}{parent}{_tail(function)}"
        yield from _block(function.body, "  ")


def _tail(thing: ir.Function | ir.Class) -> str:
    return _decorated(thing.decorators) + (f" {list(thing.flags)}" if thing.flags else "")


def _decorated(decorators: tuple[ir.Expr, ...]) -> str:
    return "".join(f" @{expr(decorator)}" for decorator in decorators)


def _typed(annotation: ir.Expr | None) -> str:
    return f": {expr(annotation)}" if annotation is not None else ""


def _param(param: ir.Param) -> str:
    name = expr(param.pattern) if param.pattern is not None else param.name
    default = f" = {expr(param.default)}" if param.default is not None else ""
    return f"{'...' if param.kind == 'rest' else ''}{name}{_typed(param.annotation)}{default}{_decorated(param.decorators)}"


def _block(body: tuple[ir.Stmt, ...], indent: str) -> Iterator[str]:
    for statement in body:
        yield from _statement(statement, indent)


def _statement(s: ir.Stmt, indent: str) -> Iterator[str]:
    at, deeper = f"{indent}{s.line}| ", indent + "  "
    match s:
        case ir.Assign():
            value = expr(s.value) if s.value is not None else "-"
            yield f"{at}{' = '.join(map(expr, s.targets))}{_typed(s.annotation)} {s.op} {value}"
        case ir.Do():
            yield f"{at}do {expr(s.expr)}"
        case ir.Return() | ir.Raise():
            yield f"{at}{type(s).__name__.lower()}{' ' + expr(s.value) if s.value is not None else ''}"
        case ir.If():
            yield f"{at}if {expr(s.test)}"
            yield from _block(s.body, deeper)
            if s.orelse:
                yield f"{indent}else"
                yield from _block(s.orelse, deeper)
        case ir.Loop():
            target = f"{expr(s.target)} in " if s.target is not None else ""
            yield f"{at}{'async ' if s.is_async else ''}loop {target}{expr(s.iterable) if s.iterable is not None else '-'}"
            yield from _block(s.body, deeper)
        case ir.With():
            yield f"{at}with {', '.join(expr(context) for context, _ in s.items)}"
            yield from _block(s.body, deeper)
        case ir.Try():
            yield f"{at}try"
            yield from _block(s.body, deeper)
            for handler in s.handlers:
                yield f"{indent}{handler.line}| catch {handler.name}"
                yield from _block(handler.body, deeper)
            if s.final:
                yield f"{indent}finally"
                yield from _block(s.final, deeper)
        case ir.Switch():
            yield f"{at}switch {expr(s.subject) if s.subject is not None else '-'}"
            for case in s.cases:
                yield f"{indent}{case.line}| case {', '.join(map(expr, case.patterns)) or 'default'}"
                yield from _block(case.body, deeper)
        case ir.Jump():
            yield f"{at}{s.kind}"
        case ir.Define():
            yield f"{at}define {s.function}"
        case ir.DefineClass():
            yield f"{at}define class #{s.class_}"


def expr(e: ir.Expr) -> str:
    """Write one expression; ``@LINE`` only where a call's line says more than its statement's."""
    match e:
        case ir.Name():
            return e.id
        case ir.Attr():
            return f"{expr(e.base)}.{e.name}"
        case ir.Literal():
            return repr(e.value)
        case ir.Template():
            return f"text({', '.join(map(expr, e.parts))})"
        case ir.Index():
            return f"{expr(e.base)}[{expr(e.key)}]"
        case ir.Closure():
            return f"closure {e.function}"
        case ir.Call():
            args = ", ".join(f"{arg.name + '=' if arg.name else ''}{'...' if arg.spread else ''}{expr(arg.value)}" for arg in e.args)
            return f"{'new ' if e.new else ''}{expr(e.func)}({args})@{e.line}"
        case ir.Group():
            return f"{e.kind}<{', '.join(map(_item, e.items))}>"
        case ir.Op():
            return f"({' '.join((e.op, *map(expr, e.operands)))})"
        case ir.Unknown():
            return f"unknown({', '.join(map(expr, e.parts))})"


def _item(item: ir.Item) -> str:
    return f"{expr(item.key) + ': ' if item.key is not None else ''}{'...' if item.spread else ''}{expr(item.value)}"


# --- cases --------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_lowers_as_reviewed(source: Path) -> None:
    lowered = BY_SUFFIX[source.suffix].read(source.read_bytes())
    assert dump(lowered) == (CASES / f"{source.name}.expected").read_text("utf-8")


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_numbers_calls_and_nests_functions_consistently(source: Path) -> None:
    lowered = BY_SUFFIX[source.suffix].read(source.read_bytes())
    ids = [node.id for node in nodes(lowered) if isinstance(node, ir.Call)]
    assert len(set(ids)) == len({id(node) for node in nodes(lowered) if isinstance(node, ir.Call)})
    for index, function in enumerate(lowered.functions):
        assert function.name
        assert (function.parent is None) == (index == 0)
        assert function.parent is None or function.parent < index
        assert 1 <= function.line <= function.end_line
    for class_ in lowered.classes:
        assert all(lowered.functions[method].owner is not None for method in class_.methods)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(lowered), type=ir.FileIR) == lowered


def nodes(value: object) -> Iterator[object]:
    """Yield every structure below ``value``."""
    waiting = [value]
    while waiting:
        at = waiting.pop()
        if isinstance(at, tuple):
            waiting.extend(at)
        elif isinstance(at, msgspec.Struct):
            yield at
            waiting.extend(getattr(at, name) for name in at.__struct_fields__)


# --- encodings ----------------------------------------------------------------------------------------------------------------------

TEXT = "const 名字 = '备案号'\r\ncall(名字)\r\n"


@pytest.mark.parametrize(
    "source",
    [
        TEXT.encode(),
        b"\xef\xbb\xbf" + TEXT.encode(),
        b"\xff\xfe" + TEXT.encode("utf-16-le"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        TEXT.encode("gb18030"),
    ],
    ids=["utf-8", "bom", "utf-16-le", "utf-16-be", "gb18030"],
)
@pytest.mark.parametrize("name", ["typescript", "tsx", "javascript"])
def test_reads_every_encoding_alike(name: str, source: bytes) -> None:
    assert BY_NAME[name].read(source).functions == BY_NAME[name].read(TEXT.encode()).functions


def test_reads_what_has_no_encoding_byte_for_byte() -> None:
    lowered = BY_NAME["javascript"].read(b"go('\xff')\n// \xe4\xb8\n")
    assert "go('ÿ')" in dump(lowered)


def test_both_halves_of_a_surrogate_pair_make_one_character() -> None:
    assert "'\\U0001f600�'" in dump(BY_NAME["javascript"].read(rb"x('\ud83d\ude00\ud83d')")).replace("😀", "\\U0001f600")


# --- bounds -------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        b"(" * 20_000,
        b"x = " + b"[" * 5_000 + b"]" * 5_000,
        b"a" + b".b()" * 20_000,
        b"x = " + b"1 + " * 20_000 + b"1",
        b"x = " + b"'a' + " * 20_000 + b"y",
        b"if (a) b()\n" + b"else if (a) b()\n" * 5_000,
        b"f(() => " * 3_000,
        b"x = " + b"a ? b : " * 3_000 + b"c",
        b"let x: " + b"A<" * 3_000,
        b"let x: A" + b" | A" * 20_000,
        b"`${" * 3_000,
        b"<a>" * 3_000,
        b"x = " + b"<a>{" * 400 + b"}</a>" * 400,
        b"x = " + b"{a:" * 400 + b"}" * 400,
        b"x = " + b"f([" * 400 + b"])" * 400,
        b"(" * 100 + b"a" + (b".b()" * 100 + b")") * 100,
        b"{" * 20_000,
        b"x = y" * 20_000,
        b"x" + b" = y" * 5_000,
        b"\0" * 50_000,
        b"class A {" * 2_000,
        b"namespace A { " * 2_000,
    ],
    ids=lambda source: source[:12].decode() + f"x{len(source)}",
)
@pytest.mark.parametrize("name", ["typescript", "tsx", "javascript", "vue", "svelte"])
def test_survives_deep_and_long_input(name: str, source: bytes) -> None:
    source = b"<script lang='ts'>" + source if name in ("vue", "svelte") else source
    msgspec.msgpack.encode(BY_NAME[name].read(source))


def test_says_which_bound_cut_reading_short() -> None:
    assert "nested" in BY_NAME["javascript"].read(b"f(() => " * 500 + b")" * 500).truncated
    assert "chain" in BY_NAME["javascript"].read(b"a" + b".b()" * 500).truncated
    small = type(BY_NAME["javascript"])("javascript", (".js",), "javascript", ("javascript",), Limits(size=10))
    assert "larger than 10 bytes" in small.read(b"call() // long").truncated


def test_gives_up_where_the_grammar_circles_for_ever() -> None:
    source = b"[e</>\n<t>r:........e "
    assert "more work" in BY_NAME["tsx"].read(source).truncated or BY_NAME["tsx"].read(source).broken
    assert BY_NAME["tsx"].read(b"go()").truncated == ""
    assert "go()" in dump(BY_NAME["javascript"].read(source + b"\ngo()"))


def test_long_flat_code_is_no_bound() -> None:
    lowered = BY_NAME["typescript"].read(b"x = " + b"'a' + " * 5_000 + b"y\n" + b"if (a) b()\n" + b"else if (a) b()\n" * 100)
    assert lowered.truncated == ""
    assert not any(isinstance(node, ir.Unknown) for node in nodes(lowered))


# --- robustness ---------------------------------------------------------------------------------------------------------------------

SEEDS = [path.read_bytes() for path in SOURCES]
PIECES = st.sampled_from([b"{", b"}", b"(", b"`${", b"<a>", b"=>", b"async ", b"*/", b"'", b"\0", b"\xff", b"@x ", b"?."])


@settings(max_examples=150, deadline=None)
@given(
    name=st.sampled_from(sorted(BY_NAME)),
    seed=st.sampled_from(SEEDS),
    edits=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 60), PIECES | st.binary(max_size=6)), max_size=5),
)
def test_survives_mutation(name: str, seed: bytes, edits: list[tuple[float, int, bytes]]) -> None:
    for place, length, piece in edits:
        at = int(place * len(seed))
        seed = seed[:at] + piece + seed[at + length :]
    lowered = BY_NAME[name].read(seed)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(lowered), type=ir.FileIR) == lowered
    assert BY_NAME[name].read(seed) == lowered


@settings(max_examples=100, deadline=None)
@given(name=st.sampled_from(sorted(BY_NAME)), source=st.binary(max_size=300))
def test_survives_noise(name: str, source: bytes) -> None:
    msgspec.msgpack.encode(BY_NAME[name].read(source))


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        sys.stdout.write(dump(BY_SUFFIX[Path(argument).suffix].read(Path(argument).read_bytes())))
