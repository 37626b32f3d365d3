"""Feeds a language reader damaged source and reports what it cannot take. Not part of the suite: run it by hand or at night.

    python tests/fuzz/fuzz_readers.py python 10000 [--seed 1] [--keep FOLDER]

The readers' test cases are the seed corpus. Each input is made from the seed and its number alone, so a failure can be repeated.
"""

from __future__ import annotations

import argparse
import importlib
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from genai_policy.model import ir

CASES = Path(__file__).parents[1] / "unit" / "read" / "cases"
LANGUAGES = {
    "python": ("python", "python", ".py"),
    "java": ("java", "java", ".java"),
    "go": ("go", "go", ".go"),
    "javascript": ("ecmascript", "ecmascript", ".js"),
    "typescript": ("ecmascript", "ecmascript", ".ts"),
    "tsx": ("ecmascript", "ecmascript", ".tsx"),
    "vue": ("ecmascript", "ecmascript", ".vue"),
    "svelte": ("ecmascript", "ecmascript", ".svelte"),
}
"""Name -> (module of the reader, folder of the cases, suffix)."""
SLOW = 35.0
"""Seconds of processor time for one reading after which an input counts as a failure: the bound of parsing is 15, and TypeScript may be
parsed in two dialects."""
_AGAIN = 20_000
"""Largest input that is read twice."""
PIECES = [
    b"(",
    b")",
    b"[",
    b"]",
    b"{",
    b"}",
    b'"',
    b"'",
    b'"""',
    b"`",
    b"${",
    b"f'{",
    b"//",
    b"/*",
    b"#",
    b"\\",
    b"\\u",
    b"\n",
    b" ",
    b"\t",
    b";",
    b":",
]
PIECES += [
    b"=>",
    b"->",
    b"<",
    b">",
    b"<A>",
    b"</A>",
    b"@",
    b"=",
    b"+",
    b"...",
    b"*",
    b"class ",
    b"def ",
    b"function ",
    b"func ",
    b"import ",
    b"case ",
]
PIECES += [
    b"async ",
    b"await ",
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    "生".encode(),
    "😀".encode(),
    b"if x:\n",
    b"return ",
    b"lambda: ",
]
NESTS = [
    (b"(", b")"),
    (b"[", b"]"),
    (b"{", b"}"),
    (b"f(", b")"),
    (b"-", b""),
    (b"!", b""),
    (b"a.", b"b"),
    (b"a + ", b"b"),
    (b"a ? ", b" : c"),
    (b"<a>", b"</a>"),
]
NESTS += [
    (b"if (x) {", b"}"),
    (b"not ", b""),
    (b"lambda: ", b""),
    (b"x => ", b""),
    (b"class A {", b"}"),
    (b"func() {", b"}"),
    (b"f'{", b"}'"),
    (b"`${", b"}`"),
]
NESTS += [
    (b"await ", b""),
    (b"List<", b">"),
    (b"'{0}{0}'.format(", b")"),
    (b"a < (", b") < b"),
    (b"x = ", b"1"),
    (b"else if (x) {} ", b""),
    (b"elif x: y\n", b""),
]


def main() -> int:
    """Run the readers over as many inputs as asked for; the exit code is 1 when one failed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("language", choices=sorted(LANGUAGES))
    options.add_argument("count", type=int)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--first", type=int, default=0, help="number of the first input")
    options.add_argument("--keep", type=Path, help="folder for the inputs that failed")
    chosen = options.parse_args()
    module, folder, suffix = LANGUAGES[chosen.language]
    readers = importlib.import_module(f"genai_policy.read.languages.{module}").READERS
    reader = next(one for one in readers if suffix in one.suffixes)
    corpus = [path.read_bytes() for path in sorted((CASES / folder).iterdir()) if path.suffix == suffix]
    kinds: Counter[str] = Counter()
    failures = 0
    slowest = (0.0, 0)
    for number in range(chosen.first, chosen.first + chosen.count):
        kind, data = make_input(random.Random(f"{chosen.seed} {number}"), corpus)
        kinds[kind] += 1
        problem, seconds = problem_of(reader.read, data)
        slowest = max(slowest, (seconds, number))
        if not problem and seconds > SLOW:
            problem = f"took {seconds:.1f} s"
        if problem:
            failures += 1
            print(f"input {number} ({kind}, {len(data)} bytes): {problem}")
            if chosen.keep:
                chosen.keep.mkdir(parents=True, exist_ok=True)
                (chosen.keep / f"{chosen.language}-{chosen.seed}-{number}{suffix}").write_bytes(data)
    print(f"{chosen.language}: {chosen.count} inputs, {failures} failures, slowest {slowest[0]:.2f} s (input {slowest[1]})")
    print(", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items())))
    return 1 if failures else 0


def make_input(chance: random.Random, corpus: list[bytes]) -> tuple[str, bytes]:
    """Return the kind of one input and its bytes."""
    kind = chance.choices(["mutated", "spliced", "cut", "nested", "binary", "repeated", "huge"], [50, 15, 12, 12, 5, 5, 0.05])[0]
    return kind, MAKERS[kind](chance, chance.choice(corpus), chance.choice(corpus))


def mutated(chance: random.Random, seed: bytes, _: bytes) -> bytes:
    data = bytearray(seed)
    for _round in range(chance.randint(1, 12)):
        at = chance.randint(0, len(data))
        data[at : at + chance.choice([0, 0, 1, 3, 40])] = chance.choice(PIECES) * chance.choice([0, 1, 1, 2, 5, 60])
    return bytes(data)


def spliced(chance: random.Random, one: bytes, other: bytes) -> bytes:
    lines, more = one.splitlines(True), other.splitlines(True)
    for _round in range(chance.randint(1, 10)):
        at = chance.randint(0, len(lines))
        lines[at : at + chance.randint(0, 4)] = chance.sample(more, min(len(more), chance.randint(0, 4)))
    return b"".join(lines)


def cut(chance: random.Random, seed: bytes, _: bytes) -> bytes:
    start, end = sorted((chance.randint(0, len(seed)), chance.randint(0, len(seed))))
    return seed[start:end]


def nested(chance: random.Random, seed: bytes, _: bytes) -> bytes:
    data, levels = b"x", chance.choice([5, 40, 300, 3000])
    pairs = chance.sample(NESTS, chance.randint(1, 3))
    opening = b"".join(pair[0] for pair in pairs)
    closing = b"".join(pair[1] for pair in reversed(pairs))
    data = opening * levels + data + closing * chance.choice([levels, levels, levels - 1, 0])
    at = chance.choice([0, len(seed), chance.randint(0, len(seed))])
    return seed[:at] + b"\n" + data + b"\n" + seed[at:]


def binary(chance: random.Random, _: bytes, __: bytes) -> bytes:
    return chance.randbytes(chance.choice([1, 50, 5000, 100_000]))


def repeated(chance: random.Random, seed: bytes, _: bytes) -> bytes:
    return (chance.choice(PIECES) + chance.choice(PIECES)) * chance.choice([10, 1000, 20_000]) + seed


def huge(chance: random.Random, seed: bytes, _: bytes) -> bytes:
    piece = chance.choice([seed, b"(", b"a.b(c)\n", b"x = 'y' + ", chance.randbytes(1000), b"if x:\n  y\n", b'"'])
    return piece * (chance.choice([4_900_000, 10_000_000]) // len(piece))


MAKERS: dict[str, Callable[[random.Random, bytes, bytes], bytes]] = {
    "mutated": mutated,
    "spliced": spliced,
    "cut": cut,
    "nested": nested,
    "binary": binary,
    "repeated": repeated,
    "huge": huge,
}


def problem_of(read: Callable[[bytes], ir.FileIR], data: bytes) -> tuple[str, float]:
    """Return what is wrong with the reader's answer ("" for nothing) and the seconds it took."""
    started = time.process_time()
    try:
        file = read(data)
    except Exception:  # noqa: BLE001 - finding these is the point
        return traceback.format_exc(limit=-4), 0.0
    seconds = time.process_time() - started
    return fault_of(file, read, data), seconds


def fault_of(file: ir.FileIR, read: Callable[[bytes], ir.FileIR], data: bytes) -> str:
    """Return what is wrong with one lowered file."""
    try:
        packed = msgspec.msgpack.encode(file)
        if msgspec.msgpack.decode(packed, type=ir.FileIR) != file and b"nan" not in packed:
            return "the result does not survive packing"
        if len(data) <= _AGAIN and msgspec.msgpack.encode(read(data)) != packed:
            return "the same bytes gave two results"
    except Exception:  # noqa: BLE001 - finding these is the point
        return traceback.format_exc(limit=-4)
    if len(packed) > 40 * len(data) + 200_000:
        return f"the result has {len(packed)} bytes"
    return next(inconsistencies(file), "")


def inconsistencies(file: ir.FileIR) -> Iterator[str]:
    """Yield what contradicts itself in a lowered file."""
    functions, classes = len(file.functions), len(file.classes)
    if file.functions[0].name != "<module>":
        yield "function 0 is not the module"
    for number, one in enumerate(file.functions):
        if one.line < 1 or one.end_line < 1:
            yield f"function {number} has no line"
        if one.owner is not None and not 0 <= one.owner < classes:
            yield f"function {number} belongs to no class"
        if number and not (one.parent is not None and 0 <= one.parent < functions):
            yield f"function {number} is in no function"
    for class_ in file.classes:
        if any(not 0 < method < functions for method in class_.methods):
            yield f"class {class_.qualname} has a method that does not exist"
    if any(not 0 <= one.function < functions for one in file.imports):
        yield "an import is in no function"


if __name__ == "__main__":
    sys.exit(main())
