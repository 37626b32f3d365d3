"""How ECMAScript names lead from file to file: specifiers, path aliases, workspaces, re-exports, CommonJS, automatic imports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from posixpath import dirname
from posixpath import join as join_path
from typing import TYPE_CHECKING

from genai_policy.model import ir
from genai_policy.read.link.conventions import Conventions
from genai_policy.read.link.languages.ecmascript_modules import ModuleFinder
from genai_policy.read.link.languages.ecmascript_values import Mapped, handed_values, method_values, param_values, settled
from genai_policy.read.link.program import File, Fn, Program
from genai_policy.read.link.values import Ext, Mod, Value

if TYPE_CHECKING:
    from genai_policy.read.link.infer import Inference

#: Names that every script knows and that calls of interest start from.
_GLOBALS = frozenset(
    {
        "fetch", "Request", "Response", "URL", "URLSearchParams", "FormData", "Headers", "EventSource", "WebSocket", "XMLHttpRequest",
        "ReadableStream", "WritableStream", "TransformStream", "TextEncoder", "TextDecoder", "AbortController", "Blob", "File",
        "console", "process", "Buffer", "JSON", "Object", "Array", "Promise", "Map", "Set", "WeakMap", "String", "Number", "Boolean",
        "Math", "Date", "RegExp", "Error", "Symbol", "Proxy", "Reflect", "globalThis", "window", "self", "document", "navigator",
        "localStorage", "sessionStorage", "setTimeout", "setInterval", "setImmediate", "queueMicrotask", "structuredClone", "require",
        "module", "exports", "import", "Deno", "Bun", "wx", "uni", "chrome", "encodeURIComponent", "decodeURIComponent",
        # given by Nuxt and Nitro without an import
        "$fetch", "useFetch", "useLazyFetch", "useAsyncData", "defineEventHandler", "eventHandler", "defineCachedEventHandler",
        "cachedEventHandler", "defineNitroPlugin", "defineWebSocketHandler", "defineTask", "readBody", "readRawBody", "getQuery",
        "getRouterParam", "sendStream", "useRuntimeConfig", "createError", "fromNodeMiddleware", "useStorage", "defineLazyEventHandler",
        "lazyEventHandler",
    }
)  # fmt: skip
_NUXT_CONFIGS = ("nuxt.config.ts", "nuxt.config.js", "nuxt.config.mjs", "nitro.config.ts", "nitro.config.js")
#: Folders of a Nuxt project whose exports are visible below another folder ("" is the whole project).
_AUTOMATIC = (
    ("server/utils", "server"),
    ("utils", ""),
    ("composables", ""),
    ("app/utils", ""),
    ("app/composables", ""),
    ("shared/utils", ""),
)


class EcmaScriptConventions(Conventions):
    """Conventions of TypeScript and JavaScript, which import each other freely."""

    language = "typescript"
    self_names = frozenset({"this"})
    constructors = ("constructor",)
    member_items = True

    def __init__(self, program: Program, texts: Mapping[str, str], installed: frozenset[str] = frozenset()) -> None:
        super().__init__(program, texts, installed)
        files = {path for path, file in program.files.items() if file.ir.language in ("typescript", "javascript")}
        self._finder = ModuleFinder(files, texts)
        self._mapped: Mapped = {}
        self._public: dict[str, dict[str, ir.Expr | ir.Import]] = {}
        self._automatic: dict[str, tuple[tuple[str, tuple[File, ...]], ...]] | None = None
        self._learn_aliases()

    def _learn_aliases(self) -> None:
        """A default export is called by whatever name its importers give it, and a re-exported one by the last of several names."""
        aliases = self.program.aliases
        for file in self.program.files.values():
            for imp in file.ir.imports if file.ir.language in ("typescript", "javascript") else ():
                path = self._finder.find(file.path, imp.module) if imp.local and imp.name in (None, "default") else None
                default = self._public_names(path).get("default") if path is not None else None
                if isinstance(default, ir.Name) and default.id != imp.local:
                    aliases.setdefault(default.id, set()).add(imp.local)
        for name, locals_ in aliases.items():
            aliases[name] = locals_ | {further for local in locals_ for further in aliases.get(local, ()) if local != "default"}

    def builtin(self, name: str) -> Value | None:
        return Ext(name) if name in _GLOBALS else None

    def import_target(self, file: File, imp: ir.Import) -> tuple[Value | None, str | None]:
        """The default export of a package is the package itself, as ``require`` gives it."""
        path = self._finder.find(file.path, imp.module)
        if path is None:
            return Ext(imp.module.removeprefix("node:")), None if imp.name == "default" else imp.name
        if imp.name == "*":
            return Mod(path), None
        if imp.name is None and not imp.reexport and self._is_function_module(path):
            return Mod(path), "default"
        if imp.name == "default" and "default" not in self._public_names(path):
            return Mod(path), None
        return Mod(path), imp.name

    def submodule(self, directory: str, name: str) -> Value | None:
        path = self._finder.at(join_path(directory, name))
        return Mod(path) if path is not None else None

    def exported(self, file: File, name: str) -> ir.Expr | tuple[File, ir.Import] | None:
        """Follow ``export … from``; a CommonJS module that exports one value gives that value's members."""
        public = self._public_names(file.path)
        found = public.get(name)
        if isinstance(found, ir.Import):
            return file, found
        if found is not None:
            return found
        for star in self._stars(file):
            if self._offers(star, file, name, set()):
                return file, ir.Import(star.line, "", star.module, name, True)
        default = public.get("default")
        if default is not None and not isinstance(default, ir.Import) and self._is_common(file):
            return ir.Attr(default.line, default, name)
        return None

    def method_values(self, on: Inference, call: ir.Call, func: ir.Attr, fn: Fn) -> list[Value]:
        return method_values(on, call, func, fn, self._mapped)

    def made_values(self, on: Inference, path: str, call: ir.Call, fn: Fn) -> list[Value]:
        return settled(on, call, fn) if path == "Promise" and call.new else []

    def param_values(self, on: Inference, fn: Fn, position: int) -> list[Value]:
        return param_values(on, fn, position)

    def handed_values(self, on: Inference, fn: Fn, call: ir.Call, at: int, position: int) -> list[Value]:
        return handed_values(on, fn, call, at, position)

    def peers(self, file: File) -> Sequence[File]:
        """Nuxt and Nitro import the exports of some folders everywhere."""
        for scope, files in self._automatic_imports().get(self._project_of(file.path), ()):
            if file.path.startswith(scope):
                return [other for other in files if other is not file]
        return ()

    def _public_names(self, path: str) -> dict[str, ir.Expr | ir.Import]:
        """Public names of a file; the first export of a name that is not the bare member itself wins."""
        known = self._public.get(path)
        if known is None:
            known = self._public[path] = {}
            code = self.program.files[path].ir
            for export in code.exports:
                if not _is_own_member(export):
                    known.setdefault(export.public, export.value)
            for imp in code.imports:
                if imp.reexport and imp.local:
                    known.setdefault(imp.local, imp)
            for export in code.exports:
                known.setdefault(export.public, export.value)
        return known

    def _stars(self, file: File) -> Iterator[ir.Import]:
        return (imp for imp in file.ir.imports if imp.reexport and imp.name == "*" and not imp.local)

    def _offers(self, star: ir.Import, file: File, name: str, seen: set[str]) -> bool:
        """Whether ``export * from`` leads to a file that makes ``name`` public."""
        path = self._finder.find(file.path, star.module)
        if path is None or path in seen or name == "default" or len(seen) > 200:
            return False
        seen.add(path)
        if name in self._public_names(path):
            return True
        other = self.program.files[path]
        return any(self._offers(inner, other, name, seen) for inner in self._stars(other))

    @staticmethod
    def _is_common(file: File) -> bool:
        """Whether the file assigns ``module.exports``."""
        return any(
            isinstance(target, ir.Attr) and target.name == "exports" and isinstance(target.base, ir.Name) and target.base.id == "module"
            for statement in file.ir.functions[0].body
            if isinstance(statement, ir.Assign)
            for target in statement.targets
        )

    def _is_function_module(self, path: str) -> bool:
        """Whether requiring the file gives one value that is not an object of named members."""
        public = self._public_names(path)
        return "default" in public and len(public) == 1 and self._is_common(self.program.files[path])

    def _project_of(self, path: str) -> str:
        """The nearest folder above with a Nuxt or Nitro configuration; "?" when there is none."""
        directory = dirname(path)
        while True:
            if any(join_path(directory, name) in self.program.files for name in _NUXT_CONFIGS):
                return directory
            if not directory:
                return "?"
            directory = dirname(directory)

    def _automatic_imports(self) -> dict[str, tuple[tuple[str, tuple[File, ...]], ...]]:
        """By project: for each scope (a path prefix, the narrowest first) the files whose exports it sees."""
        if self._automatic is None:
            self._automatic = {}
            projects = {dirname(path) for path in self.program.files if path.rpartition("/")[2] in _NUXT_CONFIGS}
            for project in sorted(projects):
                scopes: dict[str, list[File]] = {}
                for folder, scope in _AUTOMATIC:
                    prefix = join_path(project, folder) + "/"
                    within = join_path(project, scope) + "/" if scope or project else ""
                    scopes.setdefault(within, []).extend(file for path, file in self.program.files.items() if path.startswith(prefix))
                narrowest_first = sorted(scopes.items(), key=lambda pair: -len(pair[0]))
                self._automatic[project] = tuple((scope, tuple(files)) for scope, files in narrowest_first)
        return self._automatic


def _is_own_member(export: ir.Export) -> bool:
    """``exports.x = call()`` exports the expression ``exports.x`` itself, which says nothing new."""
    value = export.value
    return isinstance(value, ir.Attr) and value.name == export.public and isinstance(value.base, ir.Name | ir.Attr)
