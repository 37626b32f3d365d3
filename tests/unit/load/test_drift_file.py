"""drift.toml is checked like every other file of the packs."""

from __future__ import annotations

from pathlib import Path

import pytest

from genai_policy.errors import PackError
from genai_policy.load.packs import load_law

DRIFT = """\
schema = 1

[[check]]
id = "models"
declared-by = ["models"]
providers = true

[[check]]
id = "video"
severity = "error"
declared-by = ["output.modalities"]
known = { fact = "output.modalities", contains = "video" }
modalities = ["video"]
"""


def loaded(folder: Path, text: str) -> list[str]:
    (folder / "drift.toml").write_text(text, "utf-8")
    return [check["id"] for check in load_law((folder,), {}).shared["drift"]["check"]]


def test_it_is_shared_data(tmp_path: Path) -> None:
    assert loaded(tmp_path, DRIFT) == ["models", "video"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("providers = true", "provider = true", 'check\\[0\\].provider: unknown key; did you mean "providers"'),
        ('["models"]', '["modles"]', 'check\\[0\\].declared-by\\[0\\]: unknown fact "modles"; did you mean "models"'),
        ("contains =", "contain =", 'check\\[1\\].known.contain: unknown test; did you mean "contains"'),
        ('id = "video"', 'id = "models"', 'check\\[1\\].id: "models" is taken'),
        ('modalities = ["video"]', "hosts = ['(']", "check\\[1\\].hosts\\[0\\]: is no regular expression"),
    ],
)
def test_its_mistakes_are_told(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in DRIFT
    with pytest.raises(PackError, match=said):
        loaded(tmp_path, DRIFT.replace(old, new))
