"""Project files whose text resolving needs (build files, configuration), by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

ProjectTexts: TypeAlias = Mapping[str, str]
"""Path (relative to the scanned root) to text."""


def project_file_names() -> frozenset[str]:
    """Base names of the files that the pipeline should read into :data:`ProjectTexts`. Names with ``*`` are glob patterns."""
    from genai_policy.read.link.languages import PROJECT_FILES

    return PROJECT_FILES
