"""What linking could not follow where it matters: a possible edge where the name leaves one answer, a gap everywhere else, never
silence."""

from __future__ import annotations

from genai_policy.model.code import CallEdge, Gap
from genai_policy.read.link.callers import COMMON
from genai_policy.read.link.edges import Edges, Unresolved
from genai_policy.read.link.infer import Inference
from genai_policy.read.link.paths import Reach, State
from genai_policy.read.link.program import Fn

_MAX_GAPS = 200


def link_by_name(inference: Inference, edges: Edges, reach: Reach, starts: list[Fn]) -> list[Gap]:
    """Look at calls without a known callee in the reach of ``starts`` whose name is that of a function that leads to a model.

    Where all functions of that name are one family, the call gets a possible edge to those that lead there; else it is a gap on the path.
    """
    explored = reach.explore(starts)
    leading = reach.leading()
    wanting = {name for name in explored if _wants(inference, edges, leading, name)}
    near = reach.before(wanting) if wanting else set()
    for start in starts:
        if start.id in near:
            reach.tree(State(start.id, None))
    gaps: list[Gap] = []
    added = False
    for name in sorted(reach.seen & wanting):
        fn = inference.program.by_function_id[name]
        for one in edges.unresolved.get(fn.key, ()):
            targets = _targets(inference, one, leading)
            if not targets:
                continue
            if _one_family(inference, one.name):
                for target in targets:
                    edges.add(CallEdge(fn.id, one.call.id, one.call.line, target.id, "name", "possible"), fn)
                added = True
            elif len(gaps) < _MAX_GAPS:
                gaps.append(
                    Gap(
                        fn.file.path,
                        f"what {one.name} means in {fn.code.qualname} could not be resolved, and a function of that name leads to a model",
                        one.call.line,
                        "unresolved",
                        True,
                    )
                )
    if added:
        reach.forget()
    return gaps


def bounds(reach: Reach, exhausted: bool) -> list[Gap]:
    """Bounds that were reached. ``exhausted`` says whether the work bound of a solver was."""
    gaps: list[Gap] = []
    if exhausted:
        gaps.append(Gap("", "the program is too large to link completely", 0, "bound", True))
    for name in sorted(reach.bounded):
        fn = reach.program.by_function_id[name]
        gaps.append(Gap(fn.file.path, f"the calls below {fn.code.qualname} were followed only up to a bound", fn.code.line, "bound", True))
    return gaps


def _wants(inference: Inference, edges: Edges, leading: set[str], name: str) -> bool:
    """Whether a function holds a call whose name, and nothing else, is that of a function that leads to a model."""
    fn = inference.program.by_function_id[name]
    return any(_targets(inference, one, leading) for one in edges.unresolved.get(fn.key, ()))


def _targets(inference: Inference, one: Unresolved, leading: set[str]) -> list[Fn]:
    if not one.name or one.name in COMMON or len(one.name) < 4 or one.name.startswith("__"):
        return []
    language = one.fn.file.ir.language
    return [
        f
        for f in inference.program.functions_named.get(one.name, ())
        if f.id in leading and f.file.ir.language == language and f is not one.fn
    ]


def _one_family(inference: Inference, name: str) -> bool:
    functions = inference.program.functions_named.get(name, ())
    owners = [inference.owner(fn) for fn in functions]
    first = owners[0] if owners else None
    if first is None:
        return len(functions) == 1
    return all(owner is not None and inference.rules.who.family(first, owner) for owner in owners)
