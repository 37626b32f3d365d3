"""What linking could not follow where it matters: never silence, always a gap."""

from __future__ import annotations

from genai_policy.model.code import EntryPoint, Gap, Route
from genai_policy.read.link.edges import Edges
from genai_policy.read.link.infer import Inference
from genai_policy.read.link.paths import Reach
from genai_policy.read.link.program import Fn


def find_gaps(
    inference: Inference, edges: Edges, reach: Reach, routes: list[tuple[Route, Fn | None]], entries: list[tuple[EntryPoint, Fn | None]]
) -> list[Gap]:
    """Bounds that were reached, handlers that could not be found."""
    gaps: list[Gap] = []
    if inference.solver.exhausted:
        gaps.append(Gap("", "the program is too large to link completely", 0, "bound", True))
    for name in sorted(reach.bounded):
        fn = inference.program.by_function_id[name]
        gaps.append(Gap(fn.file.path, f"the calls below {fn.code.qualname} were followed only up to a bound", fn.code.line, "bound", True))
    return gaps
