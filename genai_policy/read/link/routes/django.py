"""Django and Django REST framework: urlconfs, includes, class-based views, routers, viewsets and their actions."""

from __future__ import annotations

import re
from typing import NamedTuple

from genai_policy.model import ir
from genai_policy.read.link.infer import Inference
from genai_policy.read.link.program import Cls, Fn, argument, last_name
from genai_policy.read.link.routes.found import Found, FoundMiddleware, FoundRoute, Handlers, join_paths
from genai_policy.read.link.values import HOLE, ClassVal, Coll, Ext, FnVal, Mod, Obj, Text, Value, plain

_PATHS = {"path": False, "re_path": True, "url": True}
_STANDARD = (
    ("list", "GET", False), ("create", "POST", False), ("retrieve", "GET", True), ("update", "PUT", True),
    ("partial_update", "PATCH", True), ("destroy", "DELETE", True),
)  # fmt: skip
_MIXINS = {
    "ModelViewSet": {"list", "create", "retrieve", "update", "partial_update", "destroy"},
    "ReadOnlyModelViewSet": {"list", "retrieve"},
    "ListModelMixin": {"list"}, "CreateModelMixin": {"create"}, "RetrieveModelMixin": {"retrieve"},
    "UpdateModelMixin": {"update", "partial_update"}, "DestroyModelMixin": {"destroy"},
}  # fmt: skip
_GENERIC = {
    "ListAPIView": ["GET"], "CreateAPIView": ["POST"], "RetrieveAPIView": ["GET"], "DestroyAPIView": ["DELETE"],
    "UpdateAPIView": ["PUT", "PATCH"],
    "ListCreateAPIView": ["GET", "POST"], "RetrieveUpdateAPIView": ["GET", "PUT", "PATCH"], "RetrieveDestroyAPIView": ["GET", "DELETE"],
    "RetrieveUpdateDestroyAPIView": ["GET", "PUT", "PATCH", "DELETE"], "TemplateView": ["GET"], "ListView": ["GET"],
    "DetailView": ["GET"], "RedirectView": ["GET"],
    "FormView": ["GET", "POST"], "CreateView": ["GET", "POST"], "UpdateView": ["GET", "POST"], "DeleteView": ["GET", "POST"],
}  # fmt: skip


class _Pattern(NamedTuple):
    """One entry of a urlconf."""

    fn: Fn
    call: ir.Call
    route: str
    view: ir.Expr


def find_django_routes(inference: Inference, found: Found) -> None:
    """Report the routes of every root urlconf (one that no other includes)."""
    _Django(inference, found).run()


class _Django:
    def __init__(self, inference: Inference, found: Found) -> None:
        self.on = inference
        self.found = found
        self.handlers = Handlers(inference)
        self.included: set[str] = set()

    def run(self) -> None:
        """Start from the roots: ROOT_URLCONF where it is set, else every urlconf nobody includes."""
        holders = [
            file.functions[0]
            for file in self.on.program.files.values()
            if file.ir.language == "python" and "urlpatterns" in file.functions[0].bindings
        ]
        if not holders:
            return
        patterns = {holder.file.path: self._patterns(holder) for holder in holders}
        for entries in patterns.values():
            for entry in entries:
                self._note_includes(entry)
        for holder in holders:
            if holder.file.path not in self.included:
                for entry in patterns[holder.file.path]:
                    self._report(entry, "", (), {holder.file.path})
        self._middleware()

    # Urlconfs

    def _patterns(self, holder: Fn) -> list[_Pattern]:
        found: dict[int, _Pattern] = {}
        for binding in holder.bindings["urlpatterns"]:
            if binding.kind == "value":
                for entry in self._entries(binding.node, holder, 0):
                    found[entry.call.id] = entry
        for fn, base, _, value, _ in self.on.program.item_stores.get("urlpatterns", ()):
            if fn.file is holder.file and isinstance(base, ir.Name):
                for entry in self._entries(value, fn, 0):
                    found[entry.call.id] = entry
        return sorted(found.values(), key=lambda entry: entry.call.id)

    def _entries(self, expr: ir.Expr, fn: Fn, depth: int) -> list[_Pattern]:
        if depth > 8:
            return []
        if isinstance(expr, ir.Call):
            name = last_name(expr.func)
            if name in _PATHS and self._from_django(expr, fn):
                return self._pattern(expr, fn, _PATHS[name])
            return [entry for arg in expr.args for entry in self._entries(arg.value, fn, depth + 1)]  # i18n_patterns(…), patterns(…)
        if isinstance(expr, ir.Group):
            return [entry for item in expr.items for entry in self._entries(item.value, fn, depth + 1)]
        if isinstance(expr, ir.Op) and expr.op in ("+", "if", "or"):
            return [entry for one in expr.operands for entry in self._entries(one, fn, depth + 1)]
        if isinstance(expr, ir.Name | ir.Attr):
            found = []
            for value in self.on.values(expr, fn):
                if isinstance(value, Coll):
                    home, group, _ = self.on.groups[value.number]
                    found.extend(self._entries(group, home, depth + 1))
            return found
        return []

    def _from_django(self, call: ir.Call, fn: Fn) -> bool:
        return any(isinstance(v, Ext) and v.path.startswith("django") for v in self.on.callees(fn, call))

    def _pattern(self, call: ir.Call, fn: Fn, regular: bool) -> list[_Pattern]:
        route = argument(call, 0, "route", "regex")
        view = argument(call, 1, "view")
        if view is None:
            return []
        texts = self.on.texts(route, fn)
        return [_Pattern(fn, call, _plain_regex(text) if regular else text.replace(HOLE, ""), view) for text in texts[:4]]

    def _targets(self, view: ir.Expr, fn: Fn) -> list[Value | ir.Expr]:
        """What ``include(...)`` brings in: modules, router objects or literal lists."""
        if not (isinstance(view, ir.Call) and last_name(view.func) == "include" and view.args):
            if isinstance(view, ir.Attr) and view.name == "urls":
                return [v for v in self.on.values(view.base, fn) if isinstance(v, Obj)]
            return []
        inner = view.args[0].value
        if isinstance(inner, ir.Group) and inner.kind == "tuple" and inner.items:
            inner = inner.items[0].value
        if isinstance(inner, ir.Attr) and inner.name == "urls":
            objects: list[Value | ir.Expr] = [v for v in self.on.values(inner.base, fn) if isinstance(v, Obj)]
            if objects:
                return objects
        found: list[Value | ir.Expr] = []
        for value in self.on.values(inner, fn):
            if isinstance(value, Text):
                module = self._module(fn, value.value)
                if module is not None:
                    found.append(module)
            elif isinstance(value, Mod | Coll):
                found.append(value)
        return found

    def _module(self, fn: Fn, dotted: str) -> Mod | None:
        find = getattr(self.on.types.speech(fn.file), "find", None)
        value = find(fn.file, dotted) if find and HOLE not in dotted else None
        return value if isinstance(value, Mod) else None

    def _note_includes(self, entry: _Pattern) -> None:
        for target in self._targets(entry.view, entry.fn):
            if isinstance(target, Mod):
                self.included.add(target.file)

    def _report(self, entry: _Pattern, prefix: str, guards: tuple[tuple[str, Fn | None], ...], passed: set[str]) -> None:
        if len(passed) > 12:
            return
        full = join_paths(prefix, entry.route)
        targets = self._targets(entry.view, entry.fn)
        for target in targets:
            if isinstance(target, Mod) and target.file not in passed:
                holder = self.on.program.files[target.file].functions[0]
                if "urlpatterns" in holder.bindings:
                    for inner in self._patterns(holder):
                        self._report(inner, full, guards, {*passed, target.file})
            elif isinstance(target, Coll):
                home, group, _ = self.on.groups[target.number]
                for inner in self._entries(group, home, 0):
                    self._report(inner, full, guards, {*passed, f"#{target.number}"})
            elif isinstance(target, Obj):
                self._rest_router(target, full)
        if not targets and not _is_include(entry.view):
            self._view(entry, full)

    # Views

    def _view(self, entry: _Pattern, path: str) -> None:
        functions, classes = self.handlers.resolve(entry.view, entry.fn)
        path = "/" + path.lstrip("/")
        file, line = entry.fn.file.path, entry.call.line
        for cls in classes:
            self._class_view(entry, cls, path)
        for fn in functions if not classes else []:
            for method in self._function_methods(fn):
                guards = self.handlers.decorators(
                    fn, [d for d in fn.code.decorators if last_name(d) in ("api_view", "require_http_methods")]
                )
                self.found.routes.append(FoundRoute(file, line, method, path, "Django", fn, fn.code.qualname, None, guards))
        if not functions and not classes:
            view = entry.view.func if isinstance(entry.view, ir.Call) else entry.view
            base = view.base if isinstance(view, ir.Attr) and view.name == "as_view" else view
            for value in self.on.values(base, entry.fn):
                if isinstance(value, Ext):
                    name = plain(value.path).rpartition(".")[2]
                    for method in _GENERIC.get(name, ["ANY"]):
                        self.found.routes.append(FoundRoute(file, line, method, path, "Django", None, name))
                    return
            if not (isinstance(entry.view, ir.Attr) and entry.view.name == "urls"):
                self.found.routes.append(FoundRoute(file, line, "ANY", path, "Django", None, last_name(base)))

    def _function_methods(self, fn: Fn) -> list[str]:
        for decorator in fn.code.decorators:
            if isinstance(decorator, ir.Call) and last_name(decorator.func) in ("api_view", "require_http_methods"):
                methods = self.handlers.methods(decorator.args[0].value, fn.parent or fn) if decorator.args else ["GET"]
                if methods:
                    return methods
            name = last_name(decorator)
            if name in ("require_POST", "require_GET", "require_safe"):
                return ["POST" if name == "require_POST" else "GET"]
        return ["ANY"]

    def _class_view(self, entry: _Pattern, cls: Cls, path: str) -> None:
        file, line = entry.fn.file.path, entry.call.line
        mapping = self._mapping(entry.view)
        guards = self._class_guards(cls)
        if mapping:
            for method, action in mapping:
                handler = next(iter(self.on.types.find_method(cls, action)), None)
                self.found.routes.append(FoundRoute(file, line, method, path, "DRF", handler, f"{cls.code.qualname}.{action}", cls, guards))
            return
        methods = self.handlers.view_methods(cls, ("get", "post", "put", "delete", "patch"))
        for method, handler in methods:
            self.found.routes.append(
                FoundRoute(
                    file, line, method, path, "Django", handler, handler.code.qualname, cls, guards + self.handlers.decorators(handler)
                )
            )
        if methods:
            return
        outside = [one.rpartition(".")[2] for one in self.on.types.ancestors_outside(cls)]
        names = [m for name in outside for m in _GENERIC.get(name, ())]
        hook = self._hook(cls)
        for method in dict.fromkeys(names or ["ANY"]):
            self.found.routes.append(
                FoundRoute(file, line, method, path, "Django", hook, hook.code.qualname if hook else cls.code.qualname, cls, guards)
            )

    def _hook(self, cls: Cls) -> Fn | None:
        """The method of a generic view that does the project's part."""
        for name in (
            "create",
            "list",
            "retrieve",
            "update",
            "destroy",
            "perform_create",
            "form_valid",
            "dispatch",
            "get_context_data",
            "get_queryset",
        ):
            methods = self.on.types.find_method(cls, name)
            if methods:
                return methods[0]
        return None

    def _mapping(self, view: ir.Expr) -> list[tuple[str, str]]:
        """``as_view({"get": "list"})``."""
        if not isinstance(view, ir.Call) or not view.args or not isinstance(view.args[0].value, ir.Group):
            return []
        return [
            (str(item.key.value).upper(), str(item.value.value))
            for item in view.args[0].value.items
            if isinstance(item.key, ir.Literal) and isinstance(item.value, ir.Literal)
        ]

    def _class_guards(self, cls: Cls) -> tuple[tuple[str, Fn | None], ...]:
        found: tuple[tuple[str, Fn | None], ...] = ()
        for one in self.on.types.mro(cls):
            if isinstance(one, Cls):
                for name in ("permission_classes", "authentication_classes", "throttle_classes"):
                    field = one.fields.get(name)
                    if field is not None and field.value is not None:
                        found += self.handlers.guard(field.value, one.scope or one.file.functions[0])
            elif one.path.endswith("Mixin"):
                found += ((one.path, None),)
        return found

    # REST routers

    def _rest_router(self, router: Obj, prefix: str) -> None:
        for fn, call in self.on.program.calls.get("register", ()):
            if not isinstance(call.func, ir.Attr) or len(call.args) < 2:
                continue
            if router not in self.on.values(call.func.base, fn):
                continue
            viewset = argument(call, 1, "viewset")
            for text in self.on.texts(argument(call, 0, "prefix"), fn):
                for cls in self.handlers.resolve(viewset, fn)[1]:
                    self._viewset(fn, call, cls, "/" + join_paths(prefix, _plain_regex(text).strip("/")).lstrip("/"), router)

    def _viewset(self, fn: Fn, call: ir.Call, cls: Cls, base: str, router: Obj) -> None:
        slash = self._slash(router)
        lookup = self._lookup(cls)
        detail = f"{base}/{{{lookup}}}{slash}"
        guards = self._class_guards(cls)
        inherited: set[str] = set()
        for outside in self.on.types.ancestors_outside(cls):
            inherited |= _MIXINS.get(outside.rpartition(".")[2], set())
        allowed = self._allowed(cls)
        for action, method, single in _STANDARD:
            own = self.on.types.find_method(cls, action)
            if (own or action in inherited) and (not allowed or method in allowed):
                handler = own[0] if own else next(iter(self.on.types.find_method(cls, f"perform_{action}")), None)
                self.found.routes.append(
                    FoundRoute(
                        fn.file.path,
                        call.line,
                        method,
                        detail if single else base + slash,
                        "DRF",
                        handler,
                        f"{cls.code.qualname}.{action}",
                        cls,
                        guards,
                    )
                )
        for one in self.on.types.mro(cls):
            if isinstance(one, Cls):
                for indexes in one.methods.values():
                    self._action(fn, call, one.file.functions[indexes[0]], base, f"{base}/{{{lookup}}}", slash, guards)

    def _action(
        self, fn: Fn, call: ir.Call, handler: Fn, base: str, single: str, slash: str, guards: tuple[tuple[str, Fn | None], ...]
    ) -> None:
        for decorator in handler.code.decorators:
            if not isinstance(decorator, ir.Call) or last_name(decorator.func) not in ("action", "list_route", "detail_route"):
                continue
            around = handler.parent or handler
            flag = argument(decorator, -1, "detail")
            detail = (isinstance(flag, ir.Literal) and flag.value is True) or last_name(decorator.func) == "detail_route"
            methods = self.handlers.methods(argument(decorator, 0, "methods"), around) or ["GET"]
            url = argument(decorator, -1, "url_path")
            names = [_plain_regex(t) for t in self.on.texts(url, around)] if url is not None else [handler.code.name]
            own = self.handlers.guard(argument(decorator, -1, "permission_classes") or ir.Group(0, "list"), around)
            for name in names:
                for method in methods:
                    path = f"{single if detail else base}/{name}{slash}"
                    self.found.routes.append(
                        FoundRoute(fn.file.path, call.line, method, path, "DRF", handler, handler.code.qualname, None, guards + own)
                    )

    def _slash(self, router: Obj) -> str:
        _, call = self.on.program.files[router.file].by_id[router.call]
        flag = argument(call, -1, "trailing_slash")
        return "" if isinstance(flag, ir.Literal) and flag.value is False else "/"

    def _lookup(self, cls: Cls) -> str:
        for name in ("lookup_url_kwarg", "lookup_field"):
            for one in self.on.types.mro(cls):
                if isinstance(one, Cls) and name in one.fields:
                    value = one.fields[name].value
                    if isinstance(value, ir.Literal) and isinstance(value.value, str):
                        return value.value
        return "pk"

    def _allowed(self, cls: Cls) -> set[str]:
        for one in self.on.types.mro(cls):
            if isinstance(one, Cls) and "http_method_names" in one.fields:
                return set(self.handlers.methods(one.fields["http_method_names"].value, one.scope or one.file.functions[0]))
        return set()

    def _middleware(self) -> None:
        """The MIDDLEWARE setting: dotted names of classes in the tree."""
        for file in self.on.program.files.values():
            module = file.functions[0]
            for binding in module.bindings.get("MIDDLEWARE", ()) if file.ir.language == "python" else ():
                if binding.kind != "value" or not isinstance(binding.node, ir.Group):
                    continue
                for item in binding.node.items:
                    for text in self.on.texts(item.value, module):
                        self._middleware_entry(module, item.value.line, text)

    def _middleware_entry(self, module: Fn, line: int, dotted: str) -> None:
        owner, _, name = dotted.rpartition(".")
        target = self._module(module, owner)
        functions: list[Fn] = []
        if target is not None:
            for value in self.on.members([target], name):
                if isinstance(value, ClassVal):
                    from genai_policy.read.link.routes.found import class_call

                    functions.extend(class_call(self.on, self.on.program.cls((value.file, value.index))))
                elif isinstance(value, FnVal):
                    functions.append(self.on.program.fn((value.file, value.index)))
        self.found.middleware.append(FoundMiddleware(module.file.path, line, dotted, "Django", tuple(functions), None, "", "python"))


def _is_include(view: ir.Expr) -> bool:
    return (isinstance(view, ir.Call) and last_name(view.func) == "include") or (isinstance(view, ir.Attr) and view.name == "urls")


def _plain_regex(pattern: str) -> str:
    """A regular-expression route as a path: groups become parameters, anchors and escapes go."""
    text = pattern.replace(HOLE, "").lstrip("^")
    text = re.sub(r"(?<!\\)\$$", "", text)
    text = re.sub(r"\(\?P<(\w+)>(?:[^()\\]|\\.|\([^()]*\))*\)", r"{\1}", text)
    text = re.sub(r"\((?!\?)(?:[^()\\]|\\.)*\)", "{}", text)
    return text.replace(r"\.", ".").replace("\\/", "/").replace("/?", "/").replace(r"\-", "-")
