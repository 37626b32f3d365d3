"""The pytest plugin: ``pytest --genai-policy``, one test per obligation. Without the flag it imports nothing and does nothing."""

from __future__ import annotations

TYPE_CHECKING = False  # typing itself costs more than this whole module
if TYPE_CHECKING:
    import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options; the ini options stand for those of the same name."""
    group = parser.getgroup("genai-policy")
    group.addoption("--genai-policy", action="store_true", help="Judge the repository: one test per obligation.")
    group.addoption("--genai-policy-root", metavar="DIR", help="The root to judge [default: the top of the git checkout].")
    group.addoption("--genai-policy-gate", metavar="GATE", help="commit, pull-request or release [default: the manifest's choice].")
    group.addoption("--genai-policy-lang", choices=("en", "zh"), help="Language of sentences [default: en].")
    parser.addini("genai_policy_root", "The root that genai-policy judges, relative to the ini file.", default="")
    parser.addini("genai_policy_gate", "The gate of genai-policy.", default="")
    parser.addini("genai_policy_lang", "The language of what genai-policy says.", default="en")


def pytest_configure(config: pytest.Config) -> None:
    """Bring in the tests, where they are wanted."""
    if not config.getoption("--genai-policy"):
        return
    import sys

    # pytest rewrites every module of a package that brings a plugin, asserts or not: that would take longer than the judgement
    rewriting = getattr(config.pluginmanager, "rewrite_hook", None)
    at = sys.meta_path.index(rewriting) if rewriting in sys.meta_path else None
    if at is not None:
        del sys.meta_path[at]
    try:
        from genai_policy.integrations.pytest_items import Obligations

        obligations = Obligations.of(config)
    finally:
        if at is not None and rewriting is not None:
            sys.meta_path.insert(at, rewriting)
    config.pluginmanager.register(obligations, "genai-policy-obligations")
