"""Value flow across functions: does everything that a model made pass the hook before it leaves the service?

The linked program is interpreted abstractly from each entry (route handler, event, callback) down to the generation sites, with what the
framework wraps around the entry. A value carries marks that say which site it came from and whether it has passed the hook; branches are
joined, so a value that passed the hook on one branch only is still unmarked after it.
What leaves (returned or yielded by the entry, written to a response, socket or stream) is looked at last, then what other entries hand out
of what was stored.

:func:`trace` answers for one hook and all generation paths. Anything the interpretation loses is undecided, never a pass.
"""

from genai_policy.assess.flow.program import Program
from genai_policy.assess.flow.recall import Answers, slice_of
from genai_policy.assess.flow.trace import Crossing, Reserved, Traced, trace, trace_all

__all__ = ["Answers", "Crossing", "Program", "Reserved", "Traced", "slice_of", "trace", "trace_all"]
