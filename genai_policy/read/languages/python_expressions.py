"""Lowers Python expressions. One method per syntax node kind; :data:`EXPRESSIONS` names them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from genai_policy.model.ir import Arg, Attr, Call, Expr, Function, Group, Import, Index, Item, Literal, Name, Op, Unknown
from genai_policy.read.languages import python_text as text_of
from genai_policy.read.languages.python_grammar import ERROR, IDENTIFIER, SKIPPED, by_kind, kinds
from genai_policy.read.languages.syntax import Source

if TYPE_CHECKING:
    from tree_sitter import Node

_INT64 = 1 << 63
_CONSTANTS = {"true": True, "false": False, "none": None, "ellipsis": "..."}

STRING_CONTENT = kinds("string_content")
INTERPOLATION = kinds("interpolation")
KEYWORD_ARGUMENT = kinds("keyword_argument")
SPLATS = kinds("list_splat", "dictionary_splat", "list_splat_pattern", "dictionary_splat_pattern", "parenthesized_list_splat", "splat_type")
BINARY = kinds("binary_operator", "boolean_operator")
PARENTHESES = kinds("parenthesized_expression")


class Expressions:
    """Lowers the expressions of one file and collects what it meets on the way: functions (lambdas) and dynamic imports."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.use(source.data)
        self.limit = source.limits.depth
        self.functions: list[Function | None] = [None]
        self.imports: list[Import] = []
        self.function = 0
        self.prefix = ""
        self.yields = False
        self.lambda_name = ""

    def use(self, data: bytes, first_line: int = 1) -> None:
        """Take the text of nodes from ``data``, which starts on ``first_line`` of the file."""
        self.data = data
        self.ascii = data.decode("ascii") if data.isascii() else None
        self.first_line = first_line

    def text(self, node: Node) -> str:
        """Return the source text of ``node``."""
        if self.ascii is not None:
            return self.ascii[node.start_byte : node.end_byte]
        return self.data[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def line(self, node: Node) -> int:
        """Return the line of ``node`` in the file, also inside a quoted annotation."""
        return node.start_point[0] + self.first_line

    def expr(self, node: Node | None) -> Expr:
        """Lower one expression. Missing, broken or too deeply nested ones become Unknown."""
        if node is None:
            return Unknown(self.first_line)
        kind = node.kind_id
        if kind == IDENTIFIER:
            text = self.text(node)
            return Name(node.start_point[0] + self.first_line, text) if text else Unknown(self.line(node))
        handler = EXPRESSIONS.get(kind)
        if handler is None:
            return Unknown(self.line(node))
        source = self.source
        if source.depth >= self.limit:
            source.cut()
            return Unknown(self.line(node))
        source.depth += 1
        value = handler(self, node)
        source.depth -= 1
        return value

    def exprs(self, nodes: Iterable[Node]) -> list[Expr]:
        """Lower those of ``nodes`` that are expressions, in order (punctuation and comments are not)."""
        return [self.expr(node) for node in nodes if node.kind_id in EXPRESSIONS]

    def operand(self, node: Node, field: str) -> Expr:
        """Lower the child of ``node`` in ``field``."""
        return self.expr(node.child_by_field_name(field))

    # names, constants, text

    def name(self, node: Node) -> Expr:
        return Name(self.line(node), self.text(node))

    def dotted(self, node: Node) -> Expr:
        """Lower ``a.b.c`` where the grammar has one node for it."""
        names = [child for child in node.children if child.kind_id == IDENTIFIER]
        if not names:
            return Unknown(self.line(node))
        value: Expr = Name(self.line(names[0]), self.text(names[0]))
        if len(names) + self.source.depth > self.limit:
            self.source.cut()
            return value
        for child in names[1:]:
            value = Attr(self.line(child), value, self.text(child))
        return value

    def constant(self, node: Node) -> Expr:
        return Literal(self.line(node), _CONSTANTS[node.type])

    def number(self, node: Node) -> Expr:
        text = self.text(node)
        return Literal(self.line(node), _number(text))

    def string(self, node: Node) -> Expr:
        kids = node.children
        if len(kids) == 3 and kids[1].kind_id in STRING_CONTENT and self.data[node.start_byte] in b"'\"":
            text = self.text(kids[1])
            return Literal(node.start_point[0] + self.first_line, text_of.unescape(text) if "\\" in text else text)
        return text_of.join_text(self.line(node), self.string_parts(node))

    def string_parts(self, node: Node) -> list[Expr]:
        """Return the constants and interpolated values of one string literal; bytes stay as their source text."""
        start = self.data[node.start_byte : node.start_byte + 3].lower()
        prefix = start[: min((at for at in (start.find(b"'"), start.find(b'"')) if at >= 0), default=3)]
        if b"b" in prefix:
            return [Literal(self.line(node), self.text(node))]
        parts: list[Expr] = []
        for child in node.children:
            kind = child.kind_id
            if kind in STRING_CONTENT:
                text = self.text(child)
                if b"f" in prefix:
                    text = text.replace("{{", "{").replace("}}", "}")
                parts.append(Literal(self.line(child), text_of.unescape(text) if "\\" in text and b"r" not in prefix else text))
            elif kind in INTERPOLATION:
                parts.extend(self.interpolation(child))
        return parts

    def interpolation(self, node: Node) -> list[Expr]:
        """Return the value of ``{…}`` and those inside its format specifier."""
        values: list[Expr] = []
        for child in node.children:
            if child.type in ("format_specifier", "format_expression"):
                if self.source.enter():
                    for inner in child.children:
                        if inner.type in ("format_expression", "interpolation"):
                            values.extend(self.interpolation(inner))
                    self.source.leave()
            elif child.kind_id in EXPRESSIONS:
                values.append(self.expr(child))
        return values

    def strings(self, node: Node) -> Expr:
        parts: list[Expr] = []
        for child in node.children:
            if child.type == "string":
                parts.extend(self.string_parts(child))
        return text_of.join_text(self.line(node), parts)

    # access and calls

    def attribute(self, node: Node) -> Expr:
        kids = node.children
        if len(kids) != 3:
            kids = significant(kids)
        if len(kids) < 3:
            return self.unknown(node)
        return Attr(kids[2].start_point[0] + self.first_line, self.expr(kids[0]), self.text(kids[2]))

    def subscript(self, node: Node) -> Expr:
        base, *keys = self.items(node) or [Item(Unknown(self.line(node)))]
        return self.index(self.line(node), base.value, keys)

    def generic(self, node: Node) -> Expr:
        """Lower ``list[T]`` in the form the grammar gives it inside annotations."""
        base: Expr = Unknown(self.line(node))
        arguments: list[Item] = []
        for child in node.children:
            if child.type == "type_parameter":
                arguments.extend(self.items(child))
            elif child.kind_id in EXPRESSIONS:
                base = self.expr(child)
        return self.index(self.line(node), base, arguments)

    def index(self, line: int, base: Expr, keys: Sequence[Item]) -> Expr:
        """Return ``base[keys]``; one key stands for itself."""
        if len(keys) == 1 and not keys[0].spread:
            return Index(line, base, keys[0].value)
        return Index(line, base, Group(line, "tuple", tuple(keys)))

    def slice(self, node: Node) -> Expr:
        bounds: list[Expr] = [Literal(self.line(node), None)] * 3
        at = 0
        for child in node.children:
            if child.type == ":":
                at = min(at + 1, 2)
            elif child.kind_id in EXPRESSIONS:
                bounds[at] = self.expr(child)
        return Op(self.line(node), "slice", tuple(bounds))

    def call(self, node: Node) -> Expr:
        kids = node.children
        if len(kids) != 2:
            kids = significant(kids)
        if len(kids) < 2:
            return self.unknown(node)
        number = self.source.next_call()
        func = self.expr(kids[0])
        line = func.line if isinstance(func, (Name, Attr)) else self.line(kids[1])
        call = Call(line, number, func, self.arguments(kids[1]))
        if isinstance(func, Attr):
            if func.name == "format" and text_of.is_text(func.base):
                return text_of.brace_format(self.line(node), func.base, call)
            if func.name == "import_module" and isinstance(func.base, Name) and func.base.id == "importlib":
                self.dynamic_import(call)
        elif isinstance(func, Name):
            if func.id in ("import_module", "__import__"):
                self.dynamic_import(call)
            elif func.id == "cast" and len(call.args) == 2 and self.is_typing_cast():
                return Op(line, "cast", (call.args[1].value, self.quoted(call.args[0].value)))
        elif isinstance(func, Unknown) and not func.parts:
            return Unknown(line, tuple(arg.value for arg in call.args))
        return call

    def arguments(self, node: Node) -> tuple[Arg, ...]:
        """Lower an argument list, or the lone generator expression that stands for one."""
        if node.type != "argument_list":
            return (Arg(self.expr(node)),)
        args = []
        for child in node.children:
            kind = child.kind_id
            if kind == IDENTIFIER:
                args.append(Arg(self.expr(child)))
            elif kind in KEYWORD_ARGUMENT:
                kids = child.children
                if len(kids) != 3:
                    kids = significant(kids)
                if len(kids) == 3:
                    args.append(Arg(self.expr(kids[2]), self.text(kids[0])))
                else:
                    args.append(Arg(self.unknown(child)))
            elif kind in SPLATS:
                args.append(Arg(self.splat(child), None, True))
            elif kind in EXPRESSIONS:
                args.append(Arg(self.expr(child)))
        return tuple(args)

    def dynamic_import(self, call: Call) -> None:
        """Record ``importlib.import_module("x")`` and ``__import__("x")``."""
        first = call.args[0].value if call.args else None
        if isinstance(first, Literal) and isinstance(first.value, str) and first.value:
            self.imports.append(Import(call.line, "", first.value, None, dynamic=True, function=self.function))

    def is_typing_cast(self) -> bool:
        """True when ``cast`` in this file is typing's."""
        return any(one.local == "cast" and one.module in ("typing", "typing_extensions") for one in self.imports)

    def splat(self, node: Node) -> Expr:
        """Lower what is spread by ``*x`` or ``**x``."""
        values = self.exprs(node.children)
        return values[0] if values else Unknown(self.line(node))

    # operators

    def unary(self, node: Node) -> Expr:
        kids = significant(node.children)
        if len(kids) < 2:
            return self.unknown(node)
        value = self.expr(kids[-1])
        if isinstance(value, Literal) and type(value.value) in (int, float) and kids[0].type == "-":
            return Literal(self.line(node), -value.value)  # type: ignore[operator]
        return Op(self.line(node), kids[0].type, (value,))

    def binary(self, node: Node) -> Expr:
        """Lower a chain of left-associative operators without recursion: generated code chains thousands."""
        spine: list[tuple[str, Node, int]] = []
        inner = node
        while inner.kind_id in BINARY:
            kids = inner.children
            if len(kids) != 3:
                kids = significant(kids)
            if len(kids) < 3:
                break
            spine.append((kids[1].type, kids[2], self.line(inner)))
            inner = kids[0]
        if not spine:
            return self.unknown(node)
        value = self.expr(inner)
        chain: list[Expr] = [value]
        chained = ""
        levels = 0
        for op, right, line in reversed(spine):
            operand = self.expr(right)
            if op == chained:
                chain.append(operand)
                continue
            if chained:
                levels += 1
                chain = [self.operate(line, chained, chain)]
            if op == "%" and text_of.is_text(chain[0]):
                chain, chained = [text_of.percent_format(line, chain[0], operand)], ""
                continue
            chain.append(operand)
            chained = op
            if levels + self.source.depth > self.limit:
                self.source.cut()
                return Unknown(line, tuple(chain[1:]))
        return self.operate(self.line(node), chained, chain) if chained else chain[0]

    def operate(self, line: int, op: str, operands: list[Expr]) -> Expr:
        """Return ``operands`` joined by ``op``; a sum with text in it is text."""
        if op == "+" and any(map(text_of.is_text, operands)):
            return text_of.join_text(line, operands)
        return Op(line, op, tuple(operands))

    def comparison(self, node: Node) -> Expr:
        operators, operands = [], []
        for child in node.children:
            if child.kind_id in EXPRESSIONS:
                operands.append(self.expr(child))
            elif child.kind_id not in SKIPPED:
                operators.append(" ".join(child.type.split()))
        return text_of.compare(self.line(node), operators, operands)

    def conditional(self, node: Node) -> Expr:
        values = self.exprs(node.children)
        if len(values) != 3:
            return Unknown(self.line(node), tuple(values))
        return Op(self.line(node), "if", (values[1], values[0], values[2]))

    def prefixed(self, node: Node) -> Expr:
        """Lower ``not x`` and ``await x``."""
        op = "await" if node.type == "await" else "not"
        return Op(self.line(node), op, tuple(self.exprs(node.children)[:1]) or (Unknown(self.line(node)),))

    def yield_(self, node: Node) -> Expr:
        self.yields = True
        op = "yield-from" if any(child.type == "from" for child in node.children) else "yield"
        return Op(self.line(node), op, tuple(self.exprs(node.children)[:1]))

    def walrus(self, node: Node) -> Expr:
        values = self.exprs(node.children)
        return Op(self.line(node), "walrus", tuple(values)) if len(values) == 2 else Unknown(self.line(node), tuple(values))

    # collections

    def items(self, node: Node) -> list[Item]:
        """Lower the elements of a collection, ``*x`` spread."""
        return [
            Item(self.splat(child), None, True) if child.kind_id in SPLATS else Item(self.expr(child))
            for child in node.children
            if child.kind_id in EXPRESSIONS
        ]

    def tuple_(self, node: Node) -> Expr:
        return Group(self.line(node), "tuple", tuple(self.items(node)))

    def list_(self, node: Node) -> Expr:
        return Group(self.line(node), "list", tuple(self.items(node)))

    def set_(self, node: Node) -> Expr:
        return Group(self.line(node), "set", tuple(self.items(node)))

    def dictionary(self, node: Node) -> Expr:
        items = []
        for child in node.children:
            if child.kind_id in SPLATS:
                items.append(Item(self.splat(child), None, True))
            elif child.kind_id in EXPRESSIONS:
                items.append(self.pair_item(child))
        return Group(self.line(node), "dict", tuple(items))

    def pair_item(self, node: Node) -> Item:
        """Lower ``key: value``; anything else is an element without a key."""
        if node.type != "pair":
            return Item(self.expr(node))
        values = self.exprs(node.children)
        return Item(values[1], values[0]) if len(values) == 2 else Item(Unknown(self.line(node), tuple(values)))

    def pair(self, node: Node) -> Expr:
        return Group(self.line(node), "dict", (self.pair_item(node),))

    def comprehension(self, node: Node) -> Expr:
        """Lower to (element, then per clause a ``for`` of target, iterable and conditions)."""
        element: Expr | None = None
        clauses: list[list[Expr]] = []
        for child in node.children:
            kind = child.type
            if kind == "for_in_clause":
                sides = [self.expr(inner) for inner in child.children if inner.kind_id in EXPRESSIONS]
                clauses.append(self.for_clause(child, sides))
            elif kind == "if_clause":
                if clauses:
                    clauses[-1].extend(self.exprs(child.children))
            elif child.kind_id in EXPRESSIONS and element is None:
                element = self.expr(child)
        line = self.line(node)
        loops = tuple(Op(line, "for", tuple(clause)) for clause in clauses)
        return Op(line, "comprehension", (element or Unknown(line), *loops))

    def for_clause(self, node: Node, sides: list[Expr]) -> list[Expr]:
        """Return [target, iterable]; ``for x in a, b`` of Python 2 iterates a tuple."""
        if len(sides) > 2:
            return [sides[0], Group(self.line(node), "tuple", tuple(map(Item, sides[1:])))]
        return sides if len(sides) == 2 else [Unknown(self.line(node)), *sides, Unknown(self.line(node))][:2]

    def parenthesized(self, node: Node) -> Expr:
        """Lower what is inside; redundant brackets are counted once, however many there are."""
        inner = node
        while True:
            kids = [child for child in inner.children if child.kind_id in EXPRESSIONS]
            if len(kids) == 1 and kids[0].kind_id in PARENTHESES:
                inner = kids[0]
                continue
            if len(kids) == 1:
                return self.expr(kids[0])
            return Unknown(self.line(node), tuple(map(self.expr, kids)))

    def unknown(self, node: Node) -> Expr:
        return Unknown(self.line(node), tuple(self.exprs(node.children)))

    def first(self, node: Node) -> Expr:
        """Lower a wrapper to its only content."""
        kids = node.children
        if len(kids) == 1:
            return self.expr(kids[0])
        values = self.exprs(node.children)
        return values[0] if len(values) == 1 else Unknown(self.line(node), tuple(values))

    # supplied by the statement and annotation layers

    def lambda_(self, node: Node) -> Expr:
        raise NotImplementedError

    def quoted(self, value: Expr) -> Expr:
        raise NotImplementedError


def significant(nodes: Sequence[Node]) -> list[Node]:
    """Return ``nodes`` without comments and line continuations."""
    return [node for node in nodes if node.kind_id not in SKIPPED]


def _number(text: str) -> int | float | str:
    try:
        value = int(text, 0)
    except ValueError:
        try:
            return float(text)
        except ValueError:
            return text
    return value if -_INT64 <= value < _INT64 else text


EXPRESSIONS: dict[int, Callable[[Expressions, Node], Expr]] = by_kind(
    {
        "identifier": Expressions.name,
        "keyword_identifier": Expressions.name,
        "dotted_name": Expressions.dotted,
        "true": Expressions.constant,
        "false": Expressions.constant,
        "none": Expressions.constant,
        "ellipsis": Expressions.constant,
        "integer": Expressions.number,
        "float": Expressions.number,
        "string": Expressions.string,
        "concatenated_string": Expressions.strings,
        "attribute": Expressions.attribute,
        "member_type": Expressions.attribute,
        "subscript": Expressions.subscript,
        "generic_type": Expressions.generic,
        "slice": Expressions.slice,
        "call": Expressions.call,
        "unary_operator": Expressions.unary,
        "not_operator": Expressions.prefixed,
        "await": Expressions.prefixed,
        "binary_operator": Expressions.binary,
        "boolean_operator": Expressions.binary,
        "union_type": Expressions.binary,
        "comparison_operator": Expressions.comparison,
        "conditional_expression": Expressions.conditional,
        "yield": Expressions.yield_,
        "named_expression": Expressions.walrus,
        "expression_list": Expressions.tuple_,
        "pattern_list": Expressions.tuple_,
        "tuple_pattern": Expressions.tuple_,
        "tuple": Expressions.tuple_,
        "list": Expressions.list_,
        "list_pattern": Expressions.list_,
        "set": Expressions.set_,
        "dictionary": Expressions.dictionary,
        "pair": Expressions.pair,
        "list_comprehension": Expressions.comprehension,
        "set_comprehension": Expressions.comprehension,
        "dictionary_comprehension": Expressions.comprehension,
        "generator_expression": Expressions.comprehension,
        "parenthesized_expression": Expressions.parenthesized,
        "list_splat": Expressions.splat,
        "dictionary_splat": Expressions.splat,
        "list_splat_pattern": Expressions.splat,
        "dictionary_splat_pattern": Expressions.splat,
        "parenthesized_list_splat": Expressions.splat,
        "splat_type": Expressions.splat,
        "type": Expressions.first,
        "type_parameter": Expressions.unknown,
        "constrained_type": Expressions.unknown,
        "as_pattern": Expressions.unknown,
        "as_pattern_target": Expressions.first,
        "keyword_argument": Expressions.unknown,
        "lambda": lambda self, node: self.lambda_(node),
    }
)
EXPRESSIONS[ERROR] = Expressions.unknown
