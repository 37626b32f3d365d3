"""Model addresses: every endpoint pattern of the catalogue decides the addresses of its case, and leaves those that look alike.

Each address is asked of the catalogue itself and, unless a part of it is unknown, of a linked program that sends a request there.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import tomli

from genai_policy.read.catalogue.model import Endpoint
from tests.unit.linked import catalogue, linked

DATA = tomli.loads(Path(__file__).with_name("cases").joinpath("endpoints.toml").read_text("utf-8"))
CASES = DATA["endpoint"]
QUIET = ("nothing", "not generation")


def said(endpoint: Endpoint | None) -> str:
    """What the catalogue says of an address, in the words of the cases."""
    if endpoint is None:
        return "nothing"
    return f"{endpoint.provider} {endpoint.modality}" if endpoint.generation else "not generation"


def source(urls: list[str], body: list[str]) -> str:
    """A program that sends one request per address, one per line."""
    sent = "{" + ", ".join(f"{key!r}: row" for key in body) + "}" if body else "row.body"
    lines = ["import requests", "import websocket", "", "def send(row):"]
    for url in urls:
        address = " + ".join(repr(part) for part in url.split("\0")).replace("'' + ", "row.base + ")
        opens = f"websocket.create_connection({address})" if url.startswith("ws") else f"requests.post({address}, json={sent})"
        lines.append(f"    {opens}")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("case", CASES, ids=[f"{number}-{case['is'].replace(' ', '-')}" for number, case in enumerate(CASES)])
def test_addresses_are_known_for_what_they_are(case: dict) -> None:  # type: ignore[type-arg]
    known = catalogue()
    decided = {id(known.endpoint(url)) for url in case["urls"]}
    assert {url: said(known.endpoint(url)) for url in case["urls"]} == dict.fromkeys(case["urls"], case["is"])
    assert len(decided) == 1, "one entry decides all addresses of its case"
    assert {url: said(known.endpoint(url)) for url in case["unlike"]} == case["unlike"]
    assert not decided & {id(known.endpoint(url)) for url in case["unlike"]}
    urls = [*case["urls"], *case["unlike"]]
    expected = [*[case["is"]] * len(case["urls"]), *case["unlike"].values()]
    facts = linked({"send.py": source(urls, case.get("body", []))})
    found = {site.line: f"{site.provider} {site.modality}" for site in facts.sites}
    assert {url: found.get(5 + number, "nothing") for number, url in enumerate(urls)} == {
        url: "nothing" if what in QUIET else what for url, what in zip(urls, expected, strict=True)
    }


def test_every_endpoint_pattern_has_a_case() -> None:
    known = catalogue()
    decided = {id(known.endpoint(url)) for case in CASES for url in case["urls"]}
    assert [endpoint.match for _, endpoint in known.endpoints if id(endpoint) not in decided] == []


@pytest.mark.parametrize("case", DATA["shape"], ids=lambda case: "-".join(case["keys"]))
def test_bodies_to_unknown_addresses_are_known_by_their_keys(case: dict) -> None:  # type: ignore[type-arg]
    found = [linked({"send.py": source(["\0/x"], body)}).sites for body in (case["keys"], case["unlike"])]
    assert [[f"{site.provider} {site.modality} {site.certainty}" for site in sites] for sites in found] == [[case["is"] + " possible"], []]


def test_every_shape_of_a_body_has_a_case() -> None:
    cases = [set(case["keys"]) for case in DATA["shape"]]
    shapes = [(set(shape.keys), set(shape.any)) for shape in catalogue().shapes]
    assert [sorted(keys) for keys, some in shapes if not any(keys <= case and (not some or case & some) for case in cases)] == []
