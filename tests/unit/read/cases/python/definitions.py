def plain(a, b: int, c=1, d: "Foo" = make(), /, e=3, *args: "List['int']", k, k2: str = "s", **kw) -> "Optional[pkg.Foo]":
    """Docstring goes."""

    def inner(x):
        return lambda y: x + y

    return inner


def keyword_only(*, a, b=2): ...


@app.post("/chat", response_model=Reply)
@requires("login")
async def chat(request: Annotated[Request, "not a type", Depends(get)], mode: Literal["a", "b"] = "a") -> Dict[str, "list[Item]"]:
    return await reply(request)


class Base: pass


@dataclass(frozen=True)
class Chat(Base, Generic[T], metaclass=Meta, table=True):
    """Docstring."""

    name: str
    size: int = Field(default=3)
    a, b = 1, 2
    c, d = pair()
    url = base = "x"
    hook: ClassVar["Callable[[str], str]"] = mark
    __slots__ = ("x",)

    def __init__(self, client: Client):
        self.client = client

    @property
    def size(self): return 1

    @size.setter
    def size(self, value): self._size = value

    @staticmethod
    def helper(x): return x

    @classmethod
    def build(cls): return cls()

    @abc.abstractmethod
    def run(self): ...

    @functools.cached_property
    def heavy(self): yield 1

    if DEBUG:
        level = 1

        def debug(self): pass
    else:
        print("side effect")

    class Meta:
        ordering = ["x"]

        def nested(self): pass

    register(name)


class Color(enum.Enum):
    RED = 1


class Marker(Protocol):
    def mark(self, text: str) -> str: ...


def outer():
    class Local:
        def method(self):
            def deep(): return 1
            return deep


def old((a, b), c): pass


def typed[T: int](x: T | None, y: "int | str") -> tuple[T, ...]: ...


same = lambda: 1
def same(): pass
