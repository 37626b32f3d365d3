"""The small program representation that every language reader lowers a file to.

One file of any language becomes one :class:`FileIR`. It keeps what linking and flow proof need (names, calls, values,
branches, exits) and nothing else. It is a pure function of the file's bytes and the reader's version: it holds no path, so
it can be cached by content and shipped to another machine. Everything behind it (linking, routes, flow) is written once,
for all languages.

Lines start at 1. A call's ``line`` is the line of the called *name* (for ``client.chat\\n.create()`` the line of
``create``), because that is the line a person points at.
"""

from __future__ import annotations

from typing import Literal as OneOf
from typing import TypeAlias

from msgspec import Struct

Scalar: TypeAlias = str | int | float | bool | None


class _Node(Struct, frozen=True, array_like=True, tag=True, gc=False):
    line: int


class Name(_Node, frozen=True, array_like=True, tag=True, gc=False):
    """A bare identifier (``self`` and ``this`` included, as the source writes them)."""

    id: str


class Attr(_Node, frozen=True, array_like=True, tag=True, gc=False):
    """``base.name``; optional chaining and pointer arrows look the same."""

    base: Expr
    name: str


class Arg(Struct, frozen=True, array_like=True, gc=False):
    """One argument: ``name=None`` for positional; ``spread`` for ``*x``, ``**x`` and ``...x``."""

    value: Expr
    name: str | None = None
    spread: bool = False


class Call(_Node, frozen=True, array_like=True, tag=True, gc=False):
    """A call or construction. ``id`` is unique within the file and names the call site in the linked graph.

    ``new`` is true for ``new T(...)`` and for Go composite literals ``T{...}`` (fields become named arguments).
    JSX elements ``<C a={b}/>`` are calls of ``C`` with named arguments. A tagged template is a call of its tag.
    """

    id: int
    func: Expr
    args: tuple[Arg, ...] = ()
    new: bool = False


class Literal(_Node, frozen=True, array_like=True, tag=True, gc=False):
    """A constant. Bytes, big numbers and the like become their source text."""

    value: Scalar


class Template(_Node, frozen=True, array_like=True, tag=True, gc=False):
    """Text built from parts in order: f-string, template literal, ``"a" + b``, ``"%s" % x``, ``"{}".format(x)``."""

    parts: tuple[Expr, ...]


class Index(_Node, frozen=True, array_like=True, tag=True, gc=False):
    """``base[key]``; type arguments too (``list[Foo]``, ``List<Foo>``; several become a tuple Group)."""

    base: Expr
    key: Expr


class Closure(_Node, frozen=True, array_like=True, tag=True, gc=False):
    """A function value written in place; ``function`` indexes :attr:`FileIR.functions`."""

    function: int


class Item(Struct, frozen=True, array_like=True, gc=False):
    """One element of a Group; ``key`` for dictionaries and object literals; ``spread`` for ``*x`` / ``...x``."""

    value: Expr
    key: Expr | None = None
    spread: bool = False


class Group(_Node, frozen=True, array_like=True, tag=True, gc=False):
    """A literal collection."""

    kind: OneOf["list", "tuple", "set", "dict"]
    items: tuple[Item, ...] = ()


class Op(_Node, frozen=True, array_like=True, tag=True, gc=False):
    """Any operator. ``op`` is one of

    ``await``, ``yield``, ``yield-from``, ``not``, ``and``, ``or`` (also ``??``), ``if`` (test, yes, no), ``walrus`` (name, value),
    ``cast`` (value, type), ``type-is`` (value, type), ``send`` (channel, value), ``receive`` (channel), ``go`` (call), ``defer`` (call),
    ``ref`` (``&x``/``*x``), ``method-ref`` (Java ``A::b`` as (A, Literal "b")), ``comprehension`` (element, then per clause a ``for`` of
    (target, iterable, *conditions)), ``global`` and ``nonlocal`` (names), ``del`` (what is deleted),
    ``slice``, or the source operator itself (``+``, ``==``, ``!``, ``-`` …).
    """

    op: str
    operands: tuple[Expr, ...]


class Unknown(_Node, frozen=True, array_like=True, tag=True, gc=False):
    """An expression kind the reader does not model; its parts are kept so that calls inside are still seen."""

    parts: tuple[Expr, ...] = ()


Expr: TypeAlias = Name | Attr | Call | Literal | Template | Index | Closure | Group | Op | Unknown


class Assign(_Node, frozen=True, array_like=True, tag=True, gc=False):
    """``targets[0] = targets[1] = value``. A destructuring target is a Group. ``op`` is ``=`` or the augmented form (``+=``).

    A declaration without a value has ``value=None``. Java and Go declared types go to ``annotation``.
    """

    targets: tuple[Expr, ...]
    value: Expr | None
    annotation: Expr | None = None
    op: str = "="


class Do(_Node, frozen=True, array_like=True, tag=True, gc=False):
    """An expression evaluated for its effect."""

    expr: Expr


class Return(_Node, frozen=True, array_like=True, tag=True, gc=False):
    """Also the implicit return of an expression-bodied arrow function."""

    value: Expr | None = None


class Raise(_Node, frozen=True, array_like=True, tag=True, gc=False):
    value: Expr | None = None


class If(_Node, frozen=True, array_like=True, tag=True, gc=False):
    test: Expr
    body: tuple[Stmt, ...]
    orelse: tuple[Stmt, ...] = ()


class Loop(_Node, frozen=True, array_like=True, tag=True, gc=False):
    """``for target in iterable`` (also Go ``range``, JS ``for…of``, Java enhanced for) or, with ``target=None``, ``while iterable``."""

    target: Expr | None
    iterable: Expr | None
    body: tuple[Stmt, ...]
    orelse: tuple[Stmt, ...] = ()
    is_async: bool = False


class With(_Node, frozen=True, array_like=True, tag=True, gc=False):
    """``items`` pairs each context expression with its target (None when there is none); Java try-with-resources too."""

    items: tuple[tuple[Expr, Expr | None], ...]
    body: tuple[Stmt, ...]
    is_async: bool = False


class Handler(Struct, frozen=True, array_like=True, gc=False):
    line: int
    types: tuple[Expr, ...]
    name: str | None
    body: tuple[Stmt, ...]


class Try(_Node, frozen=True, array_like=True, tag=True, gc=False):
    body: tuple[Stmt, ...]
    handlers: tuple[Handler, ...] = ()
    orelse: tuple[Stmt, ...] = ()
    final: tuple[Stmt, ...] = ()


class Case(Struct, frozen=True, array_like=True, gc=False):
    """``patterns`` empty means default. Fall-through is not modelled."""

    line: int
    patterns: tuple[Expr, ...]
    body: tuple[Stmt, ...]


class Switch(_Node, frozen=True, array_like=True, tag=True, gc=False):
    subject: Expr | None
    cases: tuple[Case, ...]


class Jump(_Node, frozen=True, array_like=True, tag=True, gc=False):
    kind: OneOf["break", "continue", "goto"]


class Define(_Node, frozen=True, array_like=True, tag=True, gc=False):
    """A named function is defined here; ``function`` indexes :attr:`FileIR.functions`."""

    function: int


class DefineClass(_Node, frozen=True, array_like=True, tag=True, gc=False):
    """``class_`` indexes :attr:`FileIR.classes`."""

    class_: int


Stmt: TypeAlias = Assign | Do | Return | Raise | If | Loop | With | Try | Switch | Jump | Define | DefineClass


class Param(Struct, frozen=True, array_like=True, gc=False):
    """``kind``: ``plain``, ``keyword`` (keyword-only), ``rest`` (``*args``, ``...xs``), ``options`` (``**kwargs``),
    ``pattern`` (destructured: ``name`` is "" and ``pattern`` holds the Group)."""

    name: str
    annotation: Expr | None = None
    default: Expr | None = None
    kind: OneOf["plain", "keyword", "rest", "options", "pattern"] = "plain"
    pattern: Expr | None = None
    decorators: tuple[Expr, ...] = ()


class Function(Struct, frozen=True, array_like=True, gc=False):
    """A function, method, closure, or (index 0 of every file) the module body itself, named ``<module>``.

    ``qualname`` joins enclosing classes and functions with dots (``Chat.reply``, ``make.inner``); an anonymous one is
    ``<lambda:LINE>`` after its parent, or the name of the variable or property it is assigned to.
    ``owner`` is the class index of a method; ``parent`` the index of the enclosing function (0 at module level).
    ``flags`` from: async, generator, static, classmethod, property, abstract, constructor, exported, default-export, getter, setter.
    ``receiver`` is the name of the receiver variable (Python's first parameter stays in ``params`` too; Go's receiver does not).
    ``docstring`` is not part of ``body``.
    """

    name: str
    qualname: str
    line: int
    end_line: int
    params: tuple[Param, ...] = ()
    body: tuple[Stmt, ...] = ()
    returns: Expr | None = None
    decorators: tuple[Expr, ...] = ()
    flags: tuple[str, ...] = ()
    owner: int | None = None
    parent: int | None = None
    receiver: str | None = None


class Field(Struct, frozen=True, array_like=True, gc=False):
    """A class-level attribute: declared type, initial value, annotations. Go struct tags are a string Literal decorator."""

    name: str
    line: int
    annotation: Expr | None = None
    value: Expr | None = None
    decorators: tuple[Expr, ...] = ()


class Class(Struct, frozen=True, array_like=True, gc=False):
    """A class, interface, struct or enum. ``bases`` holds superclasses, implemented interfaces and embedded structs alike;
    keyword arguments of a Python class header are in ``options``. ``methods`` index :attr:`FileIR.functions`."""

    name: str
    qualname: str
    line: int
    end_line: int
    kind: OneOf["class", "interface", "struct", "enum", "alias"] = "class"
    bases: tuple[Expr, ...] = ()
    options: tuple[Arg, ...] = ()
    decorators: tuple[Expr, ...] = ()
    fields: tuple[Field, ...] = ()
    methods: tuple[int, ...] = ()
    flags: tuple[str, ...] = ()


class Import(Struct, frozen=True, array_like=True, gc=False):
    """``local`` is the bound name ("" binds nothing). ``module`` is the specifier as written (``..pkg.mod``, ``./x``, ``@/lib/y``,
    ``java.util``, ``github.com/a/b``). ``name`` is the symbol taken from it: None for the module itself, ``*`` for all, ``default``
    for a JS
    default. ``reexport`` is true for ``export … from``. ``dynamic`` for ``import()``, ``require()`` in a function and ``importlib``.
    ``import a.b`` in Python binds local ``a`` with module ``a.b`` and ``name`` None; ``import a.b as c`` binds ``c``."""

    line: int
    local: str
    module: str
    name: str | None = None
    reexport: bool = False
    dynamic: bool = False
    function: int = 0


class Export(Struct, frozen=True, array_like=True, gc=False):
    """JS/TS only: ``public`` name (``default`` included) and the expression it stands for. ``module.exports = x`` is public ``default``."""

    line: int
    public: str
    value: Expr


#: A directive of files whose reader crashed: part of the tool did not run.
READER_CRASHED = "reader-crashed"


class FileIR(Struct, frozen=True, array_like=True, gc=False):
    """Everything the linker may know of one file.

    ``package``: Java package or Go package name. ``directives``: file-level marks such as ``use server``, ``use client``, or a
    generated-code header (``generated``). ``broken`` holds the lines of syntax errors the grammar had to skip over.
    ``truncated`` says that a bound (size, depth, nodes) cut reading short: a gap.
    """

    language: str
    functions: tuple[Function, ...]
    classes: tuple[Class, ...] = ()
    imports: tuple[Import, ...] = ()
    exports: tuple[Export, ...] = ()
    package: str = ""
    directives: tuple[str, ...] = ()
    broken: tuple[int, ...] = ()
    truncated: str = ""
