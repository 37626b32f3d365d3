"""The fixtures that plugin and pack authors get."""

from __future__ import annotations

import pytest

from genai_policy.testing import PUBLIC_SERVICE, outcome_of, repo


def test_a_repository_in_one_line_has_a_verdict():
    sample = repo({"app.py": "print(1)\n"})
    verdict = sample.check()
    assert outcome_of(verdict, "cn-genai/art9-service-agreement") == "unmet"
    with pytest.raises(LookupError):
        outcome_of(verdict, "cn-genai/nothing")


def test_files_can_be_changed_between_two_checks():
    sample = repo({"genai-service.toml": PUBLIC_SERVICE, "docs/a.md": "x"})
    assert sample.check().ledger.enumerated == 2
    assert sample.delete("docs/a.md").check().ledger.enumerated == 1
    assert sample.write("b/c.py", b"print(1)\n").check().ledger.read == 1


def test_the_repository_goes_away_with_its_object():
    sample = repo({"app.py": "print(1)\n"})
    root = sample.root
    assert root.is_dir()
    del sample
    assert not root.exists()
