"""Write the pages under docs/ that come from the packs. `--check` only compares, and fails where a page is old, missing or left over."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

from genai_policy import pipeline
from genai_policy.report.page_paths import PAGES
from genai_policy.report.pages import pages

ROOT = Path(__file__).resolve().parents[1]


def wanted() -> dict[Path, str]:
    """Return every generated file with its text."""
    law = pipeline.law(pipeline.Options(root=ROOT, today=dt.date.min))
    return {ROOT / path: text for path, text in pages(law).items()}


def drift(files: dict[Path, str]) -> list[Path]:
    """Return the files that differ from ``files``, are missing, or belong to no obligation any more."""
    differing = [path for path, text in files.items() if not path.is_file() or path.read_text("utf-8") != text]
    return sorted([*differing, *(path for path in (ROOT / PAGES).rglob("*.md") if path not in files)])


def main() -> None:
    """Compare or write."""
    files = wanted()
    found = drift(files)
    if "--check" in sys.argv:
        names = ", ".join(path.relative_to(ROOT).as_posix() for path in found[:5])
        sys.exit(f"{len(found)} generated pages are old ({names}); write them anew with: python tools/generate.py" if found else 0)
    for path in found:
        if path in files:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(files[path], encoding="utf-8")
        else:
            path.unlink()


if __name__ == "__main__":
    main()
