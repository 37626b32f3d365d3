"""Reads and writes .genai-baseline.json: the findings that a team has accepted for now, by fingerprint."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from genai_policy.errors import Mistake, PolicyError, WaiverError
from genai_policy.load.inputs import Read, reason_of
from genai_policy.load.mistakes import Mistakes, describe, quoted
from genai_policy.model.verdict import Finding

BASELINE_FILE = ".genai-baseline.json"
SCHEMA = "genai-policy/baseline/1"
MAX_BYTES = 20_000_000

_FINGERPRINT = re.compile(r"[!-~]{1,200}")


def read_baseline(read: Read, path: str = BASELINE_FILE) -> frozenset[str]:
    """Return the accepted fingerprints; none when there is no such file. Raises WaiverError with every mistake."""
    mistakes = Mistakes()
    try:
        data = read(path)
    except FileNotFoundError:
        return frozenset()
    except (OSError, PolicyError) as error:
        raise WaiverError(Mistake(path, 0, 0, "", f"cannot be read: {reason_of(error, path)}")) from None
    entries = _entries(path, data, mistakes)
    mistakes.raise_as(WaiverError)
    return frozenset(entries)


def render_baseline(findings: Iterable[Finding]) -> str:
    """Return the file that accepts ``findings``: sorted, without line numbers, so that moved code changes nothing."""
    entries = {
        f.fingerprint: {
            "fingerprint": f.fingerprint,
            "service": f.service,
            "obligation": f.obligation,
            "control": f.control,
            "file": f.places[0].file if f.places else "",
        }
        for f in findings
    }
    ordered = sorted(entries.values(), key=lambda e: (e["service"], e["obligation"], e["control"], e["file"], e["fingerprint"]))
    return json.dumps({"schema": SCHEMA, "findings": ordered}, indent=2, ensure_ascii=False) + "\n"


def unmatched_entries(path: str, fingerprints: Iterable[str]) -> tuple[Mistake, ...]:
    """Return the mistakes of entries that no finding of a full run matched."""
    advice = "what it accepted is gone: run `genai-policy baseline` again"
    return tuple(Mistake(path, 0, 0, "findings", f"{f} matches nothing", advice) for f in sorted(set(fingerprints)))


def _entries(path: str, data: bytes, mistakes: Mistakes) -> tuple[str, ...]:
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
    return tuple(_fingerprint(path, index, entry, mistakes) for index, entry in enumerate(findings))


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
