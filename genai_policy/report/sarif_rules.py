"""Obligations → SARIF rules and taxonomies: every duty that ran is a rule, every instrument a taxonomy, every clause a taxon."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any, TypeAlias

from genai_policy.model import Lang, Obligation, Pack, Verdict
from genai_policy.report.change_text import change_title
from genai_policy.report.page_paths import page_link
from genai_policy.report.tally import all_duties
from genai_policy.report.wording import phrase

Json: TypeAlias = dict[str, Any]

#: GitHub cuts descriptions and names here.
MAX_DESCRIPTION = 1_000
MAX_NAME = 250
_LEVEL = {"mandatory": "error", "recommended": "warning", "advisory": "note"}
_PROBLEM = {"mandatory": "error", "recommended": "warning", "advisory": "recommendation"}


class Rules:
    """The obligations of one verdict as SARIF reporting descriptors, in a fixed order. Their pages lie below the address ``pages``."""

    def __init__(self, verdict: Verdict, lang: Lang, pages: str = "") -> None:
        self.verdict, self.lang, self.pages = verdict, lang, pages
        ran = {duty.id for _, duty in all_duties(verdict)} | {finding.obligation for finding in verdict.findings}
        self.ids = sorted(ran)
        self.positions = {rule: number for number, rule in enumerate(self.ids)}
        self.obligations = {o.id: o for pack in verdict.law.packs for o in pack.obligations}

    def index(self, obligation: str) -> int:
        """Return the position of an obligation's rule."""
        return self.positions[obligation]

    def descriptors(self) -> list[Json]:
        """Return all rules."""
        return [self.descriptor(rule) for rule in self.ids]

    def descriptor(self, id: str) -> Json:
        """Return the rule of one obligation; one that no pack knows still gets what GitHub requires."""
        obligation = self.obligations.get(id)
        if obligation is None:
            text = {"text": change_title(id, self.lang) or id}
            return {"id": id, "shortDescription": text, "fullDescription": text, "help": text}
        lang = self.lang
        descriptor: Json = {
            "id": id,
            "name": _pascal(id)[:MAX_NAME],
            "shortDescription": {"text": _sentence(obligation.title.say(lang))},
            "fullDescription": {"text": _sentence(obligation.duty.say(lang)[:MAX_DESCRIPTION])},
            "help": {"text": self.help(obligation), "markdown": self.help(obligation, "**", "**")},
            "defaultConfiguration": {"level": _LEVEL[obligation.force]},
            "properties": {
                "tags": ["compliance", obligation.pack, obligation.force],
                "precision": "high" if obligation.reading.status == "settled" else "medium",
                "problem.severity": _PROBLEM[obligation.force],
                "reading": obligation.reading.status,
                "clause": obligation.clause.say(lang),
            },
        }
        if link := self.link(obligation):
            descriptor["helpUri"] = link
        if taxa := self.taxa(id):
            descriptor["relationships"] = [{"target": target, "kinds": ["relevant"]} for target in taxa]
        return descriptor

    def help(self, obligation: Obligation, strong: str = "", weak: str = "") -> str:
        """Return duty, clause, what is looked for, how to satisfy it and the limits, as paragraphs."""
        lang = self.lang
        controls = [self.verdict.law.controls[r.control] for r in obligation.requires if r.control in self.verdict.law.controls]
        parts = [
            ("sarif.duty", obligation.duty.say(lang)),
            ("sarif.clause", obligation.clause.say(lang)),
            *(("sarif.looks-for", control.looks_for.say(lang)) for control in controls),
            ("sarif.fix", obligation.fix.say(lang)),
            ("sarif.limits", obligation.limits.say(lang)),
            ("sarif.page", self.more(obligation)),
        ]
        return "\n\n".join(f"{strong}{phrase(code, lang)}{weak} {text}" for code, text in parts if text)

    def more(self, obligation: Obligation) -> str:
        """Return where the whole page is: its address, else the command that prints it and its path (a path is no help URI)."""
        page = page_link(obligation.id, self.verdict.law, self.lang, self.pages)
        if "://" in page:
            return page
        return f"`genai-policy explain {obligation.id}`{f' ({page})' if page else ''}"

    def link(self, obligation: Obligation) -> str:
        """Return the address of the obligation's page, else of the instrument."""
        candidates = (page_link(obligation.id, self.verdict.law, self.lang, self.pages), *obligation.sources)
        return next((link for link in candidates if link.startswith(("https://", "http://"))), "")

    @cached_property
    def clauses(self) -> list[tuple[Pack, list[str]]]:
        """The packs that ran, each with the clauses (in English: they are identifiers here) of its rules."""
        found = []
        for pack in self.verdict.law.packs:
            ran = [o for o in pack.obligations if o.id in self.positions and o.clause.en]
            if ran:
                found.append((pack, sorted({o.clause.en for o in ran})))
        return found

    def taxonomies(self) -> list[Json]:
        """Return one taxonomy per instrument, with its clauses as taxa."""
        return [
            {
                "name": pack.id,
                "version": pack.version,
                "organization": pack.jurisdiction,
                "fullName": pack.instrument.say(self.lang),
                "shortDescription": {"text": _sentence(pack.title.say(self.lang))},
                "isComprehensive": False,
                "taxa": [{"id": clause} for clause in clauses],
            }
            for pack, clauses in self.clauses
        ]

    def taxa(self, id: str) -> list[Json]:
        """Return the reference to the clause of one obligation."""
        obligation = self.obligations.get(id)
        for number, (pack, clauses) in enumerate(self.clauses):
            if obligation and pack.id == obligation.pack and obligation.clause.en in clauses:
                clause = obligation.clause.en
                return [{"id": clause, "index": clauses.index(clause), "toolComponent": {"name": pack.id, "index": number}}]
        return []


def _pascal(id: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[^A-Za-z0-9]+", id) if word)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "。")) else f"{text}."
