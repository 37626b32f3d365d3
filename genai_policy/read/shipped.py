"""The language readers and catalogues that ship with genai-policy, as a plugin like any other."""

from __future__ import annotations

from pathlib import Path

from genai_policy.hookspecs import LanguageReader, hookimpl


@hookimpl
def genai_policy_readers() -> list[LanguageReader]:
    """Return the readers of Python, ECMAScript, Java and Go."""
    from genai_policy.read.languages import ecmascript, go, java, python

    return [*python.READERS, *ecmascript.READERS, *java.READERS, *go.READERS]


@hookimpl
def genai_policy_catalogues() -> list[Path]:
    """Return the shipped catalogue of model SDKs, endpoints and web frameworks."""
    from genai_policy.read.catalogue import own_files

    return own_files()
