"""Module docstring."""
"a bare string is a comment"
f"{effect()}"
a = b = c = make()
x: int = 3
y: "Foo"
first, *rest = values
(p, q), r = nested
obj.field, obj["k"] = 1, 2
n += 1
m @= other
del a, b[0]
assert check(x), "message"
global state
print >>sys.stderr, "old"


def flow(items):
    for i, item in enumerate(items):
        if item:
            continue
        elif skip(item):
            break
        else:
            pass
    else:
        done()
    while (chunk := read()):
        yield chunk
    else:
        finish()
    try:
        risky()
    except (A, pkg.B) as error:
        raise Wrapped("x") from error
    except C:
        raise
    except:
        raise E from make_cause()
    else:
        fine()
    finally:
        close()
    with open(path) as f, lock:
        use(f)
    with (
        ctx() as one,
        other,
    ):
        pass
    match command:
        case "go":
            go()
        case 1 | 2 | -3:
            pass
        case [first, *rest] if rest:
            pass
        case {"k": v, **others}:
            pass
        case Point(x, y=0) as point:
            pass
        case pkg.CONST | None:
            pass
        case (a, b), [c]:
            pass
        case _:
            default()
    match a, b:
        case x:
            pass
    nonlocal seen
    return a, b


async def stream():
    async with session.get(url) as response:
        async for line in response:
            yield line
    async with asyncio.timeout(1): await work()
    return


if a: one()
elif b: two()
elif c: three()
else: four()
if x: y(); z = 1
type Alias[T] = list[T]
for x in 1, 2: pass
