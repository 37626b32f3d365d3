"""Sites, routes, entries and generation routes of small TypeScript and JavaScript services.

A case is a TOML file: ``[files]`` path -> text (line 1 is the empty line after the quotes), ``[project]`` the same for build files,
``[expect]`` what is found. Every framework and SDK family of the catalogue has one, with what must not match beside it.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import tomli

from tests.unit.linked import linked

CASES = sorted((Path(__file__).with_name("cases") / "ecmascript").glob("*.toml"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_facts(path: Path) -> None:
    case = tomli.loads(path.read_text("utf-8"))
    facts = linked({name: "\n" + text for name, text in case["files"].items()}, case.get("project"))
    expect = case["expect"]
    assert sorted(f"{s.file}:{s.line} {s.provider} {s.modality}" for s in facts.sites) == sorted(expect["sites"])
    assert sorted(f"{r.method} {r.path} {r.handler_file}:{r.handler_line}" for r in facts.routes) == sorted(expect["routes"])
    reached = {
        f"{facts.routes[g.route].method} {facts.routes[g.route].path} -> {facts.sites[s].file}:{facts.sites[s].line}"
        for g in facts.generation_routes
        for s in g.sites
    }
    assert sorted(reached) == sorted(expect["generation"])
    if "entries" in expect:
        assert sorted(f"{e.kind} {e.file}:{e.line}" for e in facts.entry_points) == sorted(expect["entries"])
