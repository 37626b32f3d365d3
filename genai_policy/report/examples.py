"""What to write for a control: the manifest line, and code in the service's own framework, from the templates in ``examples.toml``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from genai_policy.model import Control
from genai_policy.model.law import Way

TEMPLATES = Path(__file__).with_name("examples.toml")

#: Shown by what the facts say or by what is absent: there is nothing to claim.
_UNCLAIMED = frozenset(("contradiction", "forbidden"))


class Example(Struct, frozen=True):
    """``manifest`` is TOML to paste; ``code`` fits ``framework`` ("" where the kind of evidence is no code)."""

    manifest: str
    code: str = ""
    framework: str = ""


def example_for(control: Control, frameworks: Sequence[str]) -> Example | None:
    """Return the example of the evidence that shows ``control`` best, for the first of ``frameworks`` that has one."""
    ways = [way for way in control.ways if way.kind not in _UNCLAIMED]
    if not ways:
        return None
    way = min(ways, key=lambda w: (not w.required, w.kind == "attestation"))
    templates = _templates().get(way.kind)
    if templates is None:
        return None
    words = _words(control, way)
    for framework in frameworks:
        for template in templates.get("code", ()):
            if framework.lower() in template["frameworks"]:
                return Example(_filled(template["manifest"], words), _filled(template["code"], words), framework)
    return Example(_filled(templates["manifest"], words))


def _words(control: Control, way: Way) -> dict[str, str]:
    first, *others = control.id.split("-")
    methods = way.params.get("methods") or ["POST"]
    pascal = "".join(word.capitalize() for word in (first, *others))
    return {
        "control": control.id,
        "snake": control.id.replace("-", "_"),
        "camel": first + "".join(word.capitalize() for word in others),
        "pascal": pascal,
        "method": str(methods[0]).upper(),
        "verb": str(methods[0]).lower(),
        "verb_pascal": str(methods[0]).capitalize(),
    }


def _filled(template: str, words: Mapping[str, str]) -> str:
    for name, word in words.items():
        template = template.replace(f"<{name}>", word)
    return template.strip("\n")


@lru_cache(maxsize=1)
def _templates() -> Mapping[str, Any]:
    import tomli

    return tomli.loads(TEMPLATES.read_text("utf-8"))
