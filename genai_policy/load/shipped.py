"""The packs that ship with genai-policy, as a plugin like any other."""

from __future__ import annotations

from pathlib import Path

from genai_policy.hookspecs import hookimpl

PACKAGE = Path(__file__).resolve().parents[1]


@hookimpl
def genai_policy_packs() -> list[Path]:
    """Return the shipped packs: inside the wheel, or beside the package in a checkout."""
    inside = PACKAGE / "_policies"
    return [inside if inside.is_dir() else PACKAGE.parent / "policies"]
