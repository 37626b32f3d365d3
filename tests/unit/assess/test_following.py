"""Claims of a manifest of then follow the files that they name."""

from __future__ import annotations

import pytest

from genai_policy.assess.following import following
from genai_policy.model.code import Place
from genai_policy.model.service import Locator, LocatorKind, Service


@pytest.mark.parametrize(
    ("kind", "root", "target", "moved", "expected"),
    [
        ("setting", "", "a.yaml#x.y", {"a.yaml": "conf/b.yaml"}, "conf/b.yaml#x.y"),
        ("setting", "svc", "a.yaml#x", {"svc/a.yaml": "svc/b.yaml"}, "b.yaml#x"),
        ("setting", "svc", "a.yaml#x", {"a.yaml": "b.yaml"}, "a.yaml#x"),
        ("document", "svc/web", "terms.md", {"svc/web/terms.md": "docs/terms.md"}, "../../docs/terms.md"),
        ("document", "svc", "../terms.md#Part", {"terms.md": "svc/terms.md"}, "terms.md#Part"),
        ("test", "", "tests/a.py::test_x", {"tests/a.py": "tests/b.py"}, "tests/b.py::test_x"),
        ("endpoint", "", "POST /a.yaml", {"a.yaml": "b.yaml"}, "POST /a.yaml"),
        ("hook", "", "labels:mark", {"labels.py": "marking.py"}, "marking:mark"),
        ("hook", "", "app.labels:Mark.on", {"app/labels.py": "app/sub/marks.py"}, "app.sub.marks:Mark.on"),
        ("hook", "", "app.labels:mark", {"src/app/labels.py": "src/app/marks.py"}, "app.marks:mark"),
        ("hook", "", "app.labels:mark", {"app/labels/__init__.py": "app/labels.py"}, "app.labels:mark"),
        ("hook", "", "labels:mark", {"other_labels.py": "x.py"}, "labels:mark"),
        ("hook", "", "web/label.ts#mark", {"web/label.ts": "web/marks.ts"}, "web/marks.ts#mark"),
        ("hook", "", "labels:mark", {}, "labels:mark"),
    ],
)
def test_a_claim_follows_its_file(kind: LocatorKind, root: str, target: str, moved: dict[str, str], expected: str) -> None:
    manifest = f"{root}/genai-service.toml".lstrip("/")
    service = Service(manifest, root, "s", implements={"c": (Locator(kind, target, Place(manifest)),)})
    assert following(service, moved).implements["c"][0].target == expected
