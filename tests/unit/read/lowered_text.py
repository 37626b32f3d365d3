"""Writes a lowered file as compact text, so that expected results of readers can be kept and reviewed as data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from genai_policy.model import ir


def write(file: ir.FileIR) -> str:
    """Return the whole file, one declaration or statement per line."""
    return "\n".join([*_head(file), *_classes(file), *_functions(file)]) + "\n"


def _head(file: ir.FileIR) -> Iterator[str]:
    yield f"{file.language} {file.package or '-'}"
    for label, values in (("directives", file.directives), ("broken", file.broken), ("truncated", file.truncated)):
        if values:
            yield f"{label}: {values}"
    for one in file.imports:
        yield f"import {one.module}{'' if one.name is None else ' : ' + one.name} as {one.local or '-'}"


def _classes(file: ir.FileIR) -> Iterator[str]:
    for number, one in enumerate(file.classes):
        generic = ", ".join(f"{arg.name}: {text(arg.value)}" for arg in one.options)
        yield f"{one.kind} {number} {one.qualname}{f'<{generic}>' if generic else ''} @{one.line}{_marks(one.flags, one.decorators)}"
        for base in one.bases:
            yield f"    base {text(base)}"
        for field in one.fields:
            initial = "" if field.value is None else f" = {text(field.value)}"
            yield f"    field {field.name}: {text(field.annotation)}{initial} @{field.line}{_marks((), field.decorators)}"
        yield f"    methods {list(one.methods)}"


def _functions(file: ir.FileIR) -> Iterator[str]:
    for number, one in enumerate(file.functions):
        params = ", ".join(_param(param) for param in one.params)
        returns = "" if one.returns is None else f" -> {text(one.returns)}"
        owner = "" if one.owner is None else f" of {one.owner}"
        receiver = "" if one.receiver is None else f" on {one.receiver}"
        inside = f" in {one.parent}" if one.parent else ""
        yield f"fn {number} {one.qualname}({params}){returns} @{one.line}{owner}{receiver}{inside}{_marks(one.flags, one.decorators)}"
        yield from _block(one.body, 1)


def _param(param: ir.Param) -> str:
    kind = "" if param.annotation is None else f": {text(param.annotation)}"
    return "".join(f"@{text(d)} " for d in param.decorators) + ("..." if param.kind == "rest" else "") + param.name + kind


def _marks(flags: Iterable[str], decorators: Iterable[ir.Expr]) -> str:
    return "".join(f" {flag}" for flag in flags) + "".join(f" @{text(d)}" for d in decorators)


def _block(body: tuple[ir.Stmt, ...], depth: int) -> Iterator[str]:
    pad = "    " * depth
    for one in body:
        match one:
            case ir.Assign(targets=targets, value=value, annotation=kind, op=op):
                typed = "" if kind is None else f": {text(kind)}"
                yield f"{pad}{' = '.join(map(text, targets))}{typed}" + ("" if value is None else f" {op} {text(value)}")
            case ir.Do(expr=expr):
                yield pad + text(expr)
            case ir.Return(value=value) | ir.Raise(value=value):
                yield f"{pad}{type(one).__name__.lower()} {'' if value is None else text(value)}".rstrip()
            case ir.If(test=test):
                yield f"{pad}if {text(test)}"
                yield from _block(one.body, depth + 1)
                if one.orelse:
                    yield f"{pad}else"
                    yield from _block(one.orelse, depth + 1)
            case ir.Loop(target=target, iterable=iterable):
                yield f"{pad}for {text(target)} in {text(iterable)}" if target else f"{pad}while {text(iterable)}"
                yield from _block(one.body, depth + 1)
            case ir.With(items=items):
                yield f"{pad}with " + ", ".join(text(value) + (f" as {text(name)}" if name else "") for value, name in items)
                yield from _block(one.body, depth + 1)
            case ir.Try(handlers=handlers, final=final):
                yield f"{pad}try"
                yield from _block(one.body, depth + 1)
                for handler in handlers:
                    yield f"{pad}catch {' | '.join(map(text, handler.types))} as {handler.name}"
                    yield from _block(handler.body, depth + 1)
                if final:
                    yield f"{pad}finally"
                    yield from _block(final, depth + 1)
            case ir.Switch(subject=subject, cases=cases):
                yield f"{pad}switch {text(subject)}"
                for case in cases:
                    yield f"{pad}  case {' | '.join(map(text, case.patterns)) or 'default'}"
                    yield from _block(case.body, depth + 1)
            case ir.Jump(kind=kind_of_jump):
                yield pad + kind_of_jump
            case ir.Define(function=index):
                yield f"{pad}define fn {index}"
            case ir.DefineClass(class_=index):
                yield f"{pad}define class {index}"


def text(expr: ir.Expr | None) -> str:
    """Return one expression; a call carries its line."""
    match expr:
        case None:
            return "-"
        case ir.Name(id=name):
            return name
        case ir.Attr(base=base, name=name):
            return f"{text(base)}.{name}"
        case ir.Call(func=func, args=args, new=new):
            given = ", ".join((f"{a.name}=" if a.name else "") + ("..." if a.spread else "") + text(a.value) for a in args)
            return f"{'new ' if new else ''}{text(func)}@{expr.line}({given})"
        case ir.Literal(value=value):
            return repr(value)
        case ir.Template(parts=parts):
            return "`" + " ~ ".join(map(text, parts)) + "`"
        case ir.Index(base=base, key=key):
            return f"{text(base)}[{text(key)}]"
        case ir.Closure(function=index):
            return f"fn#{index}"
        case ir.Group(kind=kind, items=items):
            return f"{kind}(" + ", ".join((f"{text(i.key)}: " if i.key is not None else "") + text(i.value) for i in items) + ")"
        case ir.Op(op=op, operands=operands):
            return f"<{' '.join([op, *map(text, operands)])}>"
        case ir.Unknown(parts=parts):
            return f"?({', '.join(map(text, parts))})"
