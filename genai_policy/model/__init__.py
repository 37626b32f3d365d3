"""The frozen types that all stages share. No I/O, no clock, no environment."""

from genai_policy.model.code import CodeFacts, Gap, Hop, Place
from genai_policy.model.law import Control, Law, Obligation, Pack
from genai_policy.model.message import Lang, Message, Text
from genai_policy.model.service import Attestation, Locator, Service, Waiver
from genai_policy.model.verdict import Claim, Evidence, FactIndex, Finding, Verdict

__all__ = [
    "Attestation",
    "Claim",
    "CodeFacts",
    "Control",
    "Evidence",
    "FactIndex",
    "Finding",
    "Gap",
    "Hop",
    "Lang",
    "Law",
    "Locator",
    "Message",
    "Obligation",
    "Pack",
    "Place",
    "Service",
    "Text",
    "Verdict",
    "Waiver",
]
