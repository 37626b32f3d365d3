"""Checks a parsed file against a strict model and words every difference as a mistake with a way out."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeVar, Union, get_args, get_origin

from genai_policy.errors import Mistake
from genai_policy.load.mistakes import Mistakes, closest, describe, quoted, suggest

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

    from genai_policy.load.positions import Path
    from genai_policy.load.toml import TomlFile

    _M = TypeVar("_M", bound=BaseModel)

_EXPECTED = {
    "bool_type": "true or false",
    "int_type": "a whole number",
    "string_type": "text in quotes",
    "list_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
}


def checked(source: TomlFile, model: type[_M], mistakes: Mistakes) -> _M | None:
    """Return the file's values as ``model``; every difference goes to ``mistakes``, and the answer is then None."""
    from pydantic import ValidationError

    try:
        return model.model_validate(source.values)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            mistakes.add(_mistake(source, model, detail))
        return None


def _mistake(source: TomlFile, model: type[BaseModel], error: ErrorDetails) -> Mistake:
    on_key = error["type"] == "extra_forbidden" or error["loc"][-1:] == ("[key]",)
    path: Path = tuple(p for p in error["loc"] if p != "[key]")
    problem, advice = _words(model, path, error, on_key)
    return source.mistake(path, problem, advice, on_key=on_key)


def _words(model: type[BaseModel], path: Path, error: ErrorDetails, on_key: bool) -> tuple[str, str]:
    kind, value = error["type"], error["input"]
    context: dict[str, Any] = error.get("ctx", {})
    if kind == "extra_forbidden":
        return "unknown key", _where_it_belongs(model, path)
    if kind == "missing":
        return "is missing", f"add `{path[-1]} = …`"
    if kind == "literal_error":
        allowed = literals_at(model, path, keys=on_key)
        return f"{describe(value)} is not allowed", suggest(str(value), allowed) if allowed else f"write {context['expected']}"
    if kind in _EXPECTED:
        return f"must be {_EXPECTED[kind]}, not {describe(value)}", _instead(kind, value)
    if kind == "greater_than_equal":
        return f"must be {context['ge']} or more, not {describe(value)}", ""
    if "advice" in context:
        return error["msg"], str(context["advice"])
    return f"cannot be {describe(value)}: {error['msg'].lower()}", ""


def _instead(kind: str, value: Any) -> str:
    """Return the same value in the expected shape, where that is plain."""
    if kind == "bool_type" and isinstance(value, str) and value.lower() in ("true", "false", "yes", "no"):
        return f"write {'true' if value.lower() in ('true', 'yes') else 'false'} without quotes"
    if kind == "list_type" and isinstance(value, str):
        return f"write [{quoted(value)}]"
    if kind == "int_type" and isinstance(value, str) and value.isdigit():
        return f"write {value[:20]} without quotes"
    return ""


def _where_it_belongs(model: type[BaseModel], path: Path) -> str:
    """Return advice for an unknown key: a sibling of nearly that name, or the table that knows the key."""
    name = str(path[-1])
    siblings = keys_at(model, path[:-1])
    near = closest(name, siblings)
    if not near:
        elsewhere = [p for p in known_paths(model) if p[-1] == name.replace("_", "-")]
        if elsewhere and len(elsewhere[0]) == 1:
            return f"`{elsewhere[0][0]}` stands at the top of the file, before the first [table]"
        if elsewhere:
            return f"did you mean `{'.'.join(elsewhere[0])}`?"
    return suggest(name, siblings, "keys here")


def keys_at(model: type[BaseModel], path: Path) -> list[str]:
    """Return the keys that the table at ``path`` may have."""
    table = _table_at(model, path)
    return [] if table is None else [f.alias or n for n, f in table.model_fields.items()]


def literals_at(model: type[BaseModel], path: Path, *, keys: bool = False) -> list[str]:
    """Return the values (with ``keys``: the keys) that are allowed at ``path``, where they can be listed."""
    names = [p for p in path if isinstance(p, str)]
    depth = len(names)
    while depth:
        table = _table_at(model, tuple(names[: depth - 1]))
        found = None if table is None else next((f for n, f in table.model_fields.items() if (f.alias or n) == names[depth - 1]), None)
        if found is not None:
            return [str(v) for v in _literals(found.annotation, keys)]
        depth -= 1
    return []


def known_paths(model: type[BaseModel]) -> Iterator[tuple[str, ...]]:
    """Yield every key path of the model, without list indexes."""
    for name, field in model.model_fields.items():
        key = field.alias or name
        yield (key,)
        inner = _model_in(field.annotation)
        if inner is not None:
            yield from ((key, *rest) for rest in known_paths(inner))


def _table_at(model: type[BaseModel], path: Path) -> type[BaseModel] | None:
    current: type[BaseModel] | None = model
    for part in path:
        if isinstance(part, int) or current is None:
            continue
        field = next((f for n, f in current.model_fields.items() if (f.alias or n) == part), None)
        current = None if field is None else _model_in(field.annotation)
    return current


def _model_in(annotation: Any) -> type[BaseModel] | None:
    from pydantic import BaseModel

    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((m for m in map(_model_in, get_args(annotation)) if m is not None), None)


def _literals(annotation: Any, keys: bool) -> tuple[Any, ...]:
    from typing import Literal

    origin = get_origin(annotation)
    if origin is Literal:
        return get_args(annotation)
    parts: tuple[Any, ...] = get_args(annotation)
    if origin is dict:
        parts = parts[:1] if keys else parts[1:]
    elif origin not in (Union, types.UnionType, list) and not hasattr(annotation, "__metadata__"):
        return ()
    return next((found for found in (_literals(p, keys) for p in parts) if found), ())
