client.chat.completions.create(model="gpt", messages=[{"role": "user", "content": text}], stream=True, **options)
(
    client
    .images
    .generate(
        prompt,
        *extra,
    )
)
factory()()
handlers["a"](1)
f(x for x in xs if x > 1 if y)
[g(x, y) async for x in source() for y in x if y]
{k: v for k, v in pairs.items()}
{s for s in words}
total = a + b + c - d * -2 ** e // f % g
message = "Hello " + name + ", " + str(n)
prefix = "/api" "/v1" + '/chat'
joined = a + b + "x"
f"{greet(name)!r:>{width}} {{literal}} {value:.2f}"
f"constant"
"%s has %d%% of %(x)s" % (user, percent)
"%(a)s and %(b)s" % {"a": first(), "b": second()}
"%s" % thing
"{} {name} {0.attr} {items[0]} {{}}".format(one, two, name=n, items=xs)
"plain {}".format(*values)
template.format(x=1)
r"\d+" + b"bytes".decode()
"tab\tquote\"\x41\u4e2d\N{BULLET}\q\
joined"
not a and b or c and not (d or e)
a < b <= c is not d
x if test else y if other else z
(n := len(data)) > 10
fn = lambda a, *rest, key=None, **kw: call(a)
sort(key=lambda item: item.score)
self.hook = lambda text: mark(text)
data[1:2, ::3, ...]
data[key][0].attr
1, 2.5, 1e3, 0x1F, 0o17, 1_000, 99999999999999999999, 3j, None, True, ...
[*a, *b], {**x, "k": v}, {1, *c}
await gather(*tasks)
-1, +x, ~y
a @ b
cast(Foo, value)
((((deep))))
items[-1]
f'outer {f"inner {x}"} end'
