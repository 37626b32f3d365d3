"""Hand-made verdicts: what the reports are tested with, without a run."""

from __future__ import annotations

import datetime as dt

from msgspec import structs

from genai_policy.model import (
    Control,
    Evidence,
    Finding,
    Gap,
    Hop,
    Law,
    Locator,
    Message,
    Obligation,
    Pack,
    Place,
    Service,
    Text,
    Verdict,
)
from genai_policy.model.law import Condition, Reading, Requirement
from genai_policy.model.verdict import Applicability, Because, ControlOutcome, Ledger, ObligationOutcome, ServiceOutcome

AS_OF = dt.date(2026, 3, 1)


def text(words: str) -> Text:
    return Text(words, f"中文：{words}")


def note(words: str) -> Message:
    return Message("text", {"text": words})


def obligation(id: str, controls: tuple[str, ...] = ("visible-label",), role: str = "duty") -> Obligation:
    name = id.split("/")[-1]
    return Obligation(
        id,
        id.split("/")[0],
        role,  # type: ignore[arg-type]
        title=text(f"title of {name}"),
        duty=text(f"the provider does {name}"),
        clause=text(f"article for {name}"),
        force="mandatory",
        in_force=dt.date(2023, 8, 15),
        applies_when=Condition("always"),
        on_unknown="applies",
        fix=text(f"do {name}"),
        limits=text("only wiring is seen"),
        file=f"policies/{id}.toml",
        reading=Reading("contested", "medium"),
        requires=tuple(Requirement(control) for control in controls),
        sources=("https://example.org/law",),
    )


def law() -> Law:
    duties = tuple(obligation(f"cn-demo/{name}") for name in ("agreement", "complaints", "label", "label-again", "licence", "minors"))
    pack = Pack(
        "cn-demo",
        text("demo pack"),
        text("Demo Measures"),
        "cn",
        "in-force",
        "1",
        dt.date(2023, 8, 15),
        "policies/cn-demo",
        obligations=(*duties, obligation("cn-demo/scope", (), "gate")),
    )
    control = Control(
        "visible-label", text("visible label"), text("a hook on every path"), text("call the hook"), text("not pixels"), "c.toml"
    )
    return Law((pack,), {"visible-label": control})


def outcome(name: str, answer: str, result: str, evidence: tuple[Evidence, ...] = ()) -> ObligationOutcome:
    because = (
        Because("service.reach", ["registered-public"], "genai-service.toml", 3),
        Because("opinion.declared", None, "genai-service.toml", 1),
    )
    judged = {"unmet": "unmet", "undetermined": "undetermined"}.get(result, "satisfied")
    controls = (ControlOutcome("visible-label", judged, evidence),) if answer != "does-not-apply" else ()  # type: ignore[arg-type]
    return ObligationOutcome(f"cn-demo/{name}", Applicability(answer, because), result, "error", controls)  # type: ignore[arg-type]


def service(obligations: tuple[ObligationOutcome, ...] = (), manifest: str = "genai-service.toml") -> ServiceOutcome:
    return ServiceOutcome(Service(manifest, "", "demo"), obligations, (outcome("scope", "applies", "satisfied"),))


HOPS = (
    Hop("app/routes.py", 10, "create_picture"),
    Hop("app/gen.py", 20, "make"),
    Hop("app/gen.py", 24, "client.images.generate"),
)
LOCATOR = Locator("hook", "app.labels:mark", Place("genai-service.toml", 12))


def finding(name: str = "label", status: str = "new", severity: str = "error", file: str = "app/routes.py", **changes: object) -> Finding:
    values: dict[str, object] = {
        "fingerprint": f"{name}-{status}-{file}-{changes.pop('salt', '')}",
        "service": "demo",
        "obligation": f"cn-demo/{name}",
        "control": "visible-label",
        "severity": severity,
        "message": note("1 of 2 generation paths leaves without a label"),
        "status": status,
        "places": (Place(file, 10), Place("genai-service.toml", 12)),
        "hops": HOPS,
    }
    return Finding(**(values | changes))  # type: ignore[arg-type]


def closed(**changes: object) -> Verdict:
    """A verdict with one of everything: each outcome, each finding status, each polarity, a gap, a skipped rule."""
    supports = Evidence("hook", "supports", note("mark stands on 2 of 2 paths"), (Place("app/labels.py", 4),), locator=LOCATOR)
    contradicts = Evidence(
        "hook", "contradicts", note("1 of 2 generation paths leaves without a label"), (Place("app/routes.py", 10),), HOPS, "k"
    )
    undecided = Evidence("endpoint", "undecided", note("the handler could not be resolved"), (Place("app/main.py", 7),))
    rejected = Evidence("document", "rejected", note("docs/agreement.md is a template"), (Place("docs/agreement.md", 1),))
    duties = (
        outcome("agreement", "applies", "undetermined", (undecided, rejected)),
        outcome("complaints", "applies", "unmet", (contradicts,)),
        outcome("label", "applies", "unmet", (contradicts, rejected)),
        outcome("label-again", "applies", "unmet", (contradicts,)),
        outcome("licence", "does-not-apply", "not-applicable"),
        outcome("minors", "review", "satisfied", (supports,)),
    )
    values: dict[str, object] = {
        "gate": "closed",
        "gate_name": "pull-request",
        "as_of": AS_OF,
        "packs": ("cn-demo",),
        "services": (service(duties),),
        "findings": (
            finding("complaints", "waived", "warning"),
            finding("label"),
            finding("label-again"),
            finding("complaints", "baselined", file="app/old.py"),
        ),
        "inconclusive": (note("one duty is undetermined"),),
        "gaps": (
            Gap("app/broken.py", "syntax error", 3, "syntax", True),
            Gap("", "plugin x crashed", kind="plugin", on_path=True),
        ),
        "ledger": Ledger(12, 9, (("test", 2), ("vendored", 1)), ("rule-a",), (("rule-b", "semgrep is not installed"),)),
        "law": law(),
        "waivers_applied": 1,
        "notes": (note("1 of 2 generation paths is labelled"),),
    }
    return Verdict(**(values | changes))  # type: ignore[arg-type]


def opened(**changes: object) -> Verdict:
    """A verdict with nothing wrong."""
    supports = Evidence("hook", "supports", note("mark stands on 2 of 2 paths"), (Place("app/labels.py", 4),), locator=LOCATOR)
    quiet: dict[str, object] = {
        "gate": "open",
        "services": (service((outcome("label", "applies", "satisfied", (supports,)),)),),
        "findings": (),
        "inconclusive": (),
        "gaps": (),
        "notes": (),
    }
    return closed(**(quiet | changes))


#: Names that would steer a terminal, a CI log, a page or a parser, were they not escaped.
HOSTILE = "目录/标识 a[1](x)?#%😀|`b`<i>&\"'@me,line=1::y\r\n::error::z ##[error]w%0A\x1b[31m\u202e\x00.py"
CHINESE = "目录/标识 a[1]?#%😀:b.py"


def hostile() -> Verdict:
    """A verdict that repeats hostile text wherever text of a repository can stand."""
    said = note(f"{HOSTILE} is missing")
    return closed(
        findings=(finding(places=(Place(HOSTILE, 3), Place("genai-service.toml", 12)), hops=(Hop(HOSTILE, 3, HOSTILE),), message=said),),
        gaps=(Gap(HOSTILE, HOSTILE, 2, "syntax", True),),
        inconclusive=(said,),
        notes=(said,),
        services=(
            ServiceOutcome(
                Service("genai-service.toml", "", HOSTILE),
                (
                    outcome("agreement", "applies", "undetermined", (Evidence("endpoint", "undecided", said, (Place(HOSTILE, 7),)),)),
                    outcome("label", "applies", "unmet", (Evidence("hook", "contradicts", said, (Place(HOSTILE, 3),)),)),
                    outcome("minors", "review", "satisfied", (Evidence("hook", "rejected", said, (Place(HOSTILE, 4),)),)),
                ),
            ),
        ),
        ledger=Ledger(3, 2, ((HOSTILE, 1),), (HOSTILE,), ((HOSTILE, HOSTILE),)),
    )


def many(number: int, **changes: object) -> Verdict:
    """A verdict with ``number`` findings of two severities that differ in file and message."""
    found = tuple(
        finding("label", severity=("error", "warning")[n % 2], file=f"f{n:05}.py", message=note(f"path {n} has no label"), hops=())
        for n in range(number)
    )
    return opened(gate="closed", findings=found, **changes)


def two_services() -> Verdict:
    """A verdict on a repository with two services, of which one has duties that are open at a release."""
    first, second = service(), ServiceOutcome(Service("b/genai-service.toml", "b", "second"))
    duties = (outcome("agreement", "applies", "undetermined"), outcome("licence", "review", "not-applicable"))
    reasons = (
        Message("verdict.undetermined", {"obligation": "cn-demo/agreement", "service": "second", "controls": "visible-label"}),
        Message("verdict.review", {"obligation": "cn-demo/licence", "service": "second"}),
        Message("verdict.gap-on-path", {"place": "app/broken.py:3", "reason": "syntax error"}),
    )
    return opened(
        gate="inconclusive",
        gate_name="release",
        services=(ServiceOutcome(first.service, (outcome("label", "applies", "satisfied"),)), structs.replace(second, obligations=duties)),
        inconclusive=reasons,
        gaps=(Gap("app/broken.py", "syntax error", 3, "syntax", True), Gap("app/odd.py", "no reader", 0, "uncovered")),
    )


VERDICTS = {
    "closed": closed(),
    "open": opened(),
    "inconclusive": opened(
        gate="inconclusive", gaps=(Gap("", "semgrep is missing", kind="engine", on_path=True),), inconclusive=(note("x"),)
    ),
    "hostile": hostile(),
    "two services": two_services(),
    "many": many(300),
    "nothing": opened(services=()),
}
