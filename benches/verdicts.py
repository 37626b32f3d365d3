"""Do the verdicts about labels and filters agree with what people found in public services?

``python benches/verdicts.py CHECKOUTS`` judges each claim of ``verdicts.toml`` against the checkout ``CHECKOUTS/owner__name`` (those that
are not there are skipped) and prints what was expected, what came out and the first finding. Nothing of a checkout is run.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomli

from genai_policy import pipeline
from genai_policy.load.manifest import MANIFEST_FILE, load_services
from genai_policy.model.service import Service
from genai_policy.model.verdict import Claim, ControlOutcome, FactIndex
from genai_policy.plugins import Host, load_plugins

AS_OF = dt.date(2026, 11, 15)
#: What may come out where a person says ``implemented``, ``partly`` or ``absent``.
AGREES = {"implemented": {"satisfied"}, "partly": {"unmet", "undetermined"}, "absent": {"unmet"}}


def service_of(claim: Mapping[str, Any]) -> Service:
    """Read the manifest that a claim stands for, as a run would."""
    hooks = ", ".join(f'"{hook}"' for hook in claim.get("hooks", ()))
    implements = f"{claim['control']} = {{ hook = [{hooks}] }}" if hooks else ""
    text = f'schema = 1\n[service]\nname = "bench"\n[implements]\n{implements}\n'
    (service,) = load_services(lambda path: text.encode(), [MANIFEST_FILE], None)
    return service


def judge(claim: Mapping[str, Any], facts: FactIndex, host: Host, law: Any) -> ControlOutcome:
    """Ask every evidence plugin about one claim."""
    from genai_policy.assess.outcomes import control_outcome

    service = service_of(claim)
    control = law.controls[claim["control"]]
    params = {way.kind: way.params for way in control.ways}
    asked = Claim(service, control, params, service.implements.get(control.id, ()), (), AS_OF, law.shared)
    found, _ = host.collect_evidence(asked, facts)
    return control_outcome(asked, found)


def main() -> None:
    """Judge all claims and print the table; exit 1 where one disagrees."""
    parser = argparse.ArgumentParser()
    parser.add_argument("checkouts", type=Path)
    parser.add_argument("-k", default="")
    options = parser.parse_args()
    claims = tomli.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))["claim"]
    host = load_plugins(())
    seen: dict[str, tuple[FactIndex, Any]] = {}
    wrong = 0
    for claim in claims:
        folder = options.checkouts / claim["repo"].replace("/", "__")
        if options.k not in claim["repo"] or not folder.is_dir():
            continue
        if claim["repo"] not in seen:
            seen[claim["repo"]] = read(folder, host)
        facts, law = seen[claim["repo"]]
        start = time.process_time()
        outcome = judge(claim, facts, host, law)
        seconds = time.process_time() - start
        agrees = any(outcome.outcome in AGREES[e] for e in claim["expected"])
        wrong += not agrees
        first = next((e for e in outcome.evidence if e.polarity in ("contradicts", "undecided")), None)
        place = f"{first.note.code} {first.places[0].file}:{first.places[0].line}" if first is not None and first.places else ""
        signs = {"supports": "+", "contradicts": "-", "undecided": "?"}
        counts = " ".join(f"{sum(e.polarity == p for e in outcome.evidence):>3}{sign}" for p, sign in signs.items())
        print(
            f"{'ok   ' if agrees else 'WRONG'} {claim['repo']:<50} {claim['control']:<15} {'/'.join(claim['expected']):<8}"
            f" {outcome.outcome:<13} {counts} {seconds:5.2f} s  {place}"
        )
    sys.exit(1 if wrong else 0)


def read(folder: Path, host: Host) -> tuple[FactIndex, Any]:
    """Read and link one checkout."""
    options = pipeline.Options(root=folder, today=AS_OF)
    tree = pipeline.open_root(options)
    seen = pipeline.read_program(options, host, tree, ())
    law = pipeline.load_every_pack(options, host)
    files = frozenset(f.path for f in tree.files if not f.left_out)
    return FactIndex(code=seen.code, files=files, left_out={f.path: f.left_out for f in tree.files if f.left_out}), law


if __name__ == "__main__":
    main()
