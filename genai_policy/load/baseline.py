"""Reads and writes .genai-baseline.json: the findings that a team has accepted for now, by fingerprint."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from genai_policy.errors import Mistake, PolicyError, WaiverError
from genai_policy.load.inputs import Read, reason_of
from genai_policy.load.mistakes import Mistakes, describe, quoted
from genai_policy.model.verdict import Finding

BASELINE_FILE = ".genai-baseline.json"
SCHEMA = "genai-policy/baseline/1"
MAX_BYTES = 20_000_000

_ABOUT = ("manifest", "obligation", "control", "file")
_FINGERPRINT = re.compile(r"[!-~]{1,200}")


class Entry(Struct, frozen=True):
    """One accepted finding: its fingerprint, and for people what it is about."""

    fingerprint: str
    manifest: str = ""
    obligation: str = ""
    control: str = ""
    file: str = ""


def read_baseline(read: Read, path: str = BASELINE_FILE) -> frozenset[str]:
    """Return the accepted fingerprints; none when there is no such file. Raises WaiverError with every mistake."""
    return frozenset(read_entries(read, path))


def read_entries(read: Read, path: str = BASELINE_FILE) -> dict[str, Entry]:
    """Return the accepted findings by fingerprint; none when there is no such file. Raises WaiverError with every mistake."""
    mistakes = Mistakes()
    try:
        data = read(path)
    except FileNotFoundError:
        return {}
    except (OSError, PolicyError) as error:
        raise WaiverError(Mistake(path, 0, 0, "", f"cannot be read: {reason_of(error, path)}")) from None
    entries = _entries(path, data, mistakes)
    mistakes.raise_as(WaiverError)
    return {entry.fingerprint: entry for entry in entries}


def entry_of(finding: Finding) -> Entry:
    """Return what the file says of a finding: no line, and nothing that another checkout has otherwise."""
    manifest = finding.matter[0] if finding.matter else ""
    return Entry(finding.fingerprint, manifest, finding.obligation, finding.control, finding.places[0].file if finding.places else "")


def render_baseline(accepted: Iterable[Finding | Entry]) -> str:
    """Return the file that accepts ``accepted``: each once, sorted, without line numbers, so that moved code changes nothing."""
    entries = {item.fingerprint: item if isinstance(item, Entry) else entry_of(item) for item in accepted}
    ordered = sorted(entries.values(), key=lambda e: (e.manifest, e.obligation, e.control, e.file, e.fingerprint))
    document = {"schema": SCHEMA, "findings": [asdict(entry) for entry in ordered]}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def unmatched_entries(path: str, fingerprints: Iterable[str]) -> tuple[Mistake, ...]:
    """Return the mistakes of entries that no finding of a full run matched."""
    advice = "what it accepted is gone: run `genai-policy baseline` again"
    return tuple(Mistake(path, 0, 0, "findings", f"{f} matches nothing", advice) for f in sorted(set(fingerprints)))


def _entries(path: str, data: bytes, mistakes: Mistakes) -> tuple[Entry, ...]:
    document = _document(path, data, mistakes)
    if document is None:
        return ()
    if document.get("schema") != SCHEMA:
        found = describe(document.get("schema")) if "schema" in document else "missing"
        mistakes.add(Mistake(path, 1, 1, "schema", f"is {found}", f'must be "{SCHEMA}"; write the file with `genai-policy baseline`'))
    findings = document.get("findings")
    if not isinstance(findings, list):
        mistakes.add(Mistake(path, 1, 1, "findings", "must be a list", "write the file with `genai-policy baseline`"))
        return ()
    return tuple(_entry(path, index, entry, mistakes) for index, entry in enumerate(findings))


def _entry(path: str, index: int, entry: Any, mistakes: Mistakes) -> Entry:
    about = {name: entry[name] for name in _ABOUT if isinstance(entry.get(name), str)} if isinstance(entry, dict) else {}
    return Entry(_fingerprint(path, index, entry, mistakes), **about)


def _fingerprint(path: str, index: int, entry: Any, mistakes: Mistakes) -> str:
    fingerprint = entry.get("fingerprint") if isinstance(entry, dict) else None
    if isinstance(fingerprint, str) and _FINGERPRINT.fullmatch(fingerprint):
        return fingerprint
    problem = f"is no fingerprint: {quoted(fingerprint)}" if isinstance(fingerprint, str) else "has no fingerprint"
    mistakes.add(Mistake(path, 1, 1, f"findings[{index}]", problem, "write the file with `genai-policy baseline`"))
    return ""


def _document(path: str, data: bytes, mistakes: Mistakes) -> dict[str, Any] | None:
    if len(data) > MAX_BYTES:
        mistakes.add(Mistake(path, 1, 1, "", f"the file has {len(data)} bytes", f"at most {MAX_BYTES} are read"))
        return None
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        mistakes.add(Mistake(path, error.lineno, error.colno, "", f"not valid JSON: {error.msg.lower()}"))
        return None
    # bytes that are no text, numbers of thousands of digits, brackets without end
    except (ValueError, RecursionError):
        mistakes.add(Mistake(path, 1, 1, "", "not valid JSON", "write the file with `genai-policy baseline`"))
        return None
    if not isinstance(document, dict):
        mistakes.add(Mistake(path, 1, 1, "", "must be an object", "write the file with `genai-policy baseline`"))
        return None
    return document
