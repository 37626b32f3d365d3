"""Prefixes that ``@fastify/autoload`` gives the plugins of a folder: the folders below it become the path."""

from __future__ import annotations

from posixpath import dirname, normpath
from posixpath import join as join_path

from genai_policy.model import ir
from genai_policy.read.link.infer import Inference
from genai_policy.read.link.program import Fn, argument
from genai_policy.read.link.routes.found import Found, join_paths
from genai_policy.read.link.values import Ext


def prefix_loaded_plugins(inference: Inference, found: Found) -> None:
    """Put the folder's path before the routes of plugins that nothing registers by name."""
    folders = sorted(_folders(inference), reverse=True)
    if not folders:
        return
    for number, route in enumerate(found.routes):
        if route.framework == "fastify" and route.router is None:
            folder = next((one for one in folders if route.file.startswith(one + "/")), None)
            below = dirname(route.file)[len(folder) :] if folder is not None else ""
            if below:
                parts = [":" + part[1:] if part.startswith("_") else part for part in below.strip("/").split("/")]
                path = join_paths("/" + "/".join(parts), route.path if route.path != "/" else "")
                found.routes[number] = route._replace(path=path)


def _folders(inference: Inference) -> set[str]:
    folders: set[str] = set()
    for fn, call in inference.program.calls.get("register", ()):
        plugin = argument(call, 0)
        if plugin is not None and any(isinstance(v, Ext) and v.path == "@fastify/autoload" for v in inference.values(plugin, fn)):
            below = _below(argument(call, -1, "dir"), fn)
            if below is not None:
                folders.add(below)
    return folders


def _below(expr: ir.Expr | None, fn: Fn) -> str | None:
    """The folder that ``path.join(__dirname, "routes")`` names."""
    if not isinstance(expr, ir.Call | ir.Template):
        return None
    given = expr.parts if isinstance(expr, ir.Template) else tuple(arg.value for arg in expr.args)
    parts = [part.value.strip("/") for part in given if isinstance(part, ir.Literal) and isinstance(part.value, str)]
    return normpath(join_path(dirname(fn.file.path), *parts)) if parts else None
