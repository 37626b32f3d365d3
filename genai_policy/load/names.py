"""Directories of packs → the ids in them, by file name alone: enough to tell a misspelt id, without reading any pack."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from genai_policy.load.manifest_checks import Known


def known_names(directories: Sequence[Path]) -> Known:
    """Return the ids of all controls, obligations and packs: files are named after what they hold, and ``pack lint`` sees to it."""
    controls = {path.stem for directory in directories for path in directory.glob("controls/*.toml")}
    obligations = {f"{path.parents[1].name}/{path.stem}" for directory in directories for path in directory.glob("*/obligations/*.toml")}
    packs = {path.parent.name for directory in directories for path in directory.glob("*/pack.toml")}
    return Known(controls, obligations, packs)
