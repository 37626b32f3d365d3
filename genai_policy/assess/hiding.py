"""What attributes and style sheets of a page do to the text in an element: show it, show it at times, or hide it."""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

State: TypeAlias = Literal["shown", "sometimes", "hidden"]

_STATES: tuple[State, ...] = ("shown", "sometimes", "hidden")
_HIDING = re.compile(
    r"display['\"]?\s*:\s*['\"]?none|visibility['\"]?\s*:\s*['\"]?(?:hidden|collapse)|opacity['\"]?\s*:\s*['\"]?0(?![.\d]*[1-9])"
    r"|font-?size['\"]?\s*:\s*['\"]?0(?![.\d]*[1-9])|(?:left|top|text-?indent)['\"]?\s*:\s*['\"]?-\d{3,}"
    r"|(?<![\w-])(?:max-?)?height['\"]?\s*:\s*['\"]?0(?![.\d]*[1-9])|(?<![\w-])color['\"]?\s*:\s*['\"]?transparent|clip(?:-?path)?['\"]?\s*:",
    re.IGNORECASE,
)
_HIDING_CLASS = frozenset(
    [
        "hidden",
        "hide",
        "d-none",
        "display-none",
        "is-hidden",
        "u-hidden",
        "invisible",
        "opacity-0",
        "sr-only",
        "visually-hidden",
        "screen-reader-text",
        "screen-reader-only",
    ]
)
_CLASSES = re.compile(r"(?:^|\s)(?:class|className|id)\s*=\s*(?:\{?\s*[\"'`]([^\"'`]{0,2000})|([\w-]{1,200}))")
_RULE = re.compile(r"([^{}]{1,500})\{([^{}]{0,2000})\}")
_TEST = re.compile(
    r"(?:^|\s)(?P<name>v-if|v-show|v-else-if|x-show|x-if|\*ngIf|ng-if|ng-show|wx:if|a:if|s-if|\[hidden\]|:hidden|v-bind:hidden|hidden)"
    r"(?:\s*=\s*(?:\"(?P<d>[^\"]*)\"|'(?P<s>[^']*)'|\{(?P<b>[^{}]*)\}))?(?=[\s/]|$)"
)
_REPEATS = re.compile(r"(?:^|\s)(?:v-else|v-for|x-for|\*ngFor|ng-repeat|wx:for|a:for|s-for|ng-hide)(?=[\s=/]|$)")
FALSE = re.compile(r"\s*(?:\{\{)?\s*(?:false|0|null|undefined|none|''|\"\"|!1|!true)\s*(?:\}\})?\s*", re.IGNORECASE)
_TRUE = re.compile(r"\s*(?:\{\{)?\s*(?:true|1|!0|!false)\s*(?:\}\})?\s*", re.IGNORECASE)


def worst(*states: State) -> State:
    """Return the state that hides most."""
    return max(states, key=_STATES.index)


def by_attributes(attributes: str, hiding: frozenset[str]) -> State:
    """Return what the attributes of a tag say; ``hiding`` are the classes and ids that hide."""
    if _HIDING.search(attributes):
        return "hidden"
    if any(not hiding.isdisjoint(group.split()) for found in _CLASSES.findall(attributes) for group in found):
        return "hidden"
    state: State = "sometimes" if _REPEATS.search(attributes) else "shown"
    for test in _TEST.finditer(attributes):
        value = next((v for v in (test["d"], test["s"], test["b"]) if v is not None), None)
        state = worst(state, _tested(test["name"], value, test["b"] is not None))
    return state


def _tested(name: str, value: str | None, code: bool) -> State:
    hides = "hidden" in name
    if hides and (value is None or (name == "hidden" and not code)):
        return "hidden"
    if value is None:
        return "sometimes"
    if FALSE.fullmatch(value):
        return "shown" if hides else "hidden"
    if _TRUE.fullmatch(value):
        return "hidden" if hides else "shown"
    return "sometimes"


def hidden_by_style(styles: str) -> frozenset[str]:
    """Return the classes, ids and elements (``<p``) that the page's own style sheets hide, and the classes that commonly are."""
    found = set(_HIDING_CLASS)
    for selectors, declared in _RULE.findall(styles):
        if _HIDING.search(declared):
            for selector in selectors.split(","):
                last = (selector.split() or [""])[-1]
                named = re.findall(r"[.#]([\w-]+)", last) or [f"<{last.lower()}"]
                found.update(() if ":" in last else named)
    return frozenset(found)
