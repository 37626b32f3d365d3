"""Value flow across functions: does everything that a model made pass the hook before it leaves the service?

The linked program is interpreted abstractly from each entry (route handler, event, callback) down to the generation sites.
A value carries marks that say which site it came from and whether it has passed the hook; branches are joined, so a value that passed the
hook on one branch only is still unmarked after it.
What leaves (returned or yielded by the entry, written to a response, socket or stream) is looked at last.

:func:`trace` answers for one hook and all generation paths. Anything the interpretation loses is undecided, never a pass.
"""

from genai_policy.assess.flow.trace import Crossing, trace

__all__ = ["Crossing", "trace"]
