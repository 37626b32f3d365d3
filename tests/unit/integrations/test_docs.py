"""The page about linters names what the plugins show."""

from __future__ import annotations

import re
from pathlib import Path

from genai_policy.integrations import flake8_plugin, pytest_plugin
from genai_policy.integrations.pylint_plugin import PolicyChecker

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "linters.md").read_text(encoding="utf-8")


def test_every_code_and_message_is_on_the_page():
    codes = {*flake8_plugin._CODES.values(), *flake8_plugin._OTHER.values()}
    assert set(re.findall(r"GAP\d+", PAGE)) == codes
    for number, (_, symbol, *rest) in PolicyChecker.msgs.items():
        on = "no" if rest[1:] and rest[1].get("default_enabled") is False else "yes"
        assert f"| `{symbol}` ({number}) | {on} |" in PAGE


def test_every_option_is_on_the_page():
    options: list[str] = []

    class Parser:
        def add_option(self, name, **_):
            options.append(name.removeprefix("--"))

        def getgroup(self, _):
            return self

        def addoption(self, *_, **__):
            pass

        def addini(self, name, *_, **__):
            options.append(name)

    flake8_plugin.Plugin.add_options(Parser())
    pytest_plugin.pytest_addoption(Parser())
    options += [name for name, _ in PolicyChecker.options]
    assert [name for name in options if name not in PAGE] == []
