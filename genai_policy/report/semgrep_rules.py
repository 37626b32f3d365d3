"""Semgrep rules of packs → one rule file that plain semgrep runs, each rule saying which duty it serves and where that is explained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from genai_policy.model import Lang, Law
from genai_policy.report.page_paths import has_page, page_of
from genai_policy.report.wording import phrase

#: What is there for this tool alone: words that let it skip files, and texts that the export says elsewhere.
_OWN = ("words", "message-zh", "limits-zh")


def document(law: Law, rules: Sequence[Mapping[str, Any]], lang: Lang) -> str:
    """Return ``rules`` as YAML with their messages in ``lang``. Ids, patterns and severities stay as they are."""
    import yaml

    head = f"# {phrase('linters.rules-head', lang)}\n# {phrase('linters.rules-limits', lang)}\n"
    told = [_told(rule, law, lang) for rule in rules]
    return head + str(yaml.safe_dump({"rules": told}, sort_keys=False, allow_unicode=True, width=120))


def _told(rule: Mapping[str, Any], law: Law, lang: Lang) -> dict[str, Any]:
    known = rule.get("metadata") or {}
    metadata = {name: value for name, value in known.items() if name not in _OWN}
    if lang == "zh" and known.get("limits-zh"):
        metadata["limits"] = known["limits-zh"]
    obligation = law.obligation(str(known.get("obligation", "")))
    if obligation is not None:
        metadata["title"] = obligation.title.say(lang)
        metadata["clause"] = obligation.clause.say(lang)
        metadata["explained-by"] = f"genai-policy explain {obligation.id}"
        metadata |= {"page": page_of(obligation.id, lang)} if has_page(obligation) else {}
        metadata |= {"references": list(obligation.sources)} if obligation.sources else {}
    message = known.get("message-zh") if lang == "zh" else None
    return {**rule, "message": str(message or rule.get("message", "")).strip(), "metadata": metadata}
