"""Roots and names of files."""

from __future__ import annotations

import pytest

from genai_policy.integrations.places import relative, root_of


@pytest.fixture
def tree(tmp_path):
    for folder in ("repo/.git", "repo/svc/app", "plain/svc/app", "none"):
        (tmp_path / folder).mkdir(parents=True)
    for file in ("repo/svc/genai-service.toml", "plain/svc/genai-service.toml"):
        (tmp_path / file).touch()
    return tmp_path


@pytest.mark.parametrize(
    ("start", "named", "root"),
    [
        ("repo/svc/app", "", "repo"),
        ("repo/svc/app", "..", "repo/svc"),
        ("plain/svc/app", "", "plain/svc"),
        ("plain", "", "plain"),
        ("none", "", "none"),
        ("none", "../repo", "repo"),
    ],
)
def test_the_root_is_named_or_the_checkout_or_holds_the_manifest(tree, start, named, root):
    assert root_of(str(tree / start), named) == str(tree / root)


def test_names_are_relative_to_the_root_whatever_way_leads_there(tree, monkeypatch):
    (tree / "link").symlink_to(tree / "repo" / "svc")
    monkeypatch.chdir(tree)
    root = str(tree / "repo")
    assert relative("./repo/svc/app/a.py", root) == "svc/app/a.py"
    assert relative(str(tree / "link" / "app" / "a.py"), root) == "svc/app/a.py"
    assert relative("plain/a.py", root) == ""
