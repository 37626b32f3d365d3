"""genai-policy: a policy-as-code gate for the duties of generative-AI services offered to the public."""

from __future__ import annotations

from typing import Any

__version__ = "0.1.0"
__all__ = ["__version__", "hookimpl"]


def __getattr__(name: str) -> Any:
    # pluggy is only needed by plugins and by a run, never by `--version`
    if name == "hookimpl":
        from genai_policy.hookspecs import hookimpl

        return hookimpl
    raise AttributeError(name)
