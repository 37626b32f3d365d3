"""All packs that a command may talk about, whatever a manifest chooses."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genai_policy.model import Law


def every_pack(plugins: Sequence[str], pack_directories: Sequence[Path]) -> Law:
    """Load every pack; raises PackError with all mistakes of all packs."""
    from genai_policy import pipeline
    from genai_policy.cli.options import today

    return pipeline.law(pipeline.Options(root=Path(), today=today(), plugins=tuple(plugins), pack_directories=tuple(pack_directories)))
