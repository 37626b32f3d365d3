"""Which gaps lie on a generation path."""

from __future__ import annotations

import pytest

from genai_policy.assess.nearness import placed_on_paths
from genai_policy.model.code import CodeFacts, Gap
from genai_policy.model.ir import FileIR, Import


@pytest.mark.parametrize(
    ("file", "expected"), [("src/chat.ts", True), ("src/chat.d.ts", False), ("src/chat.d.mts", False), ("app/chat.pyi", False)]
)
def test_a_file_of_types_alone_is_on_no_path(file: str, expected: bool) -> None:
    files = {"src/app.ts": FileIR("typescript", (), imports=(Import(1, "chat", "./chat"),)), file: FileIR("typescript", ())}
    (gap,) = placed_on_paths([Gap(file, "cannot be parsed", 3, "syntax")], CodeFacts(), files)
    assert gap.on_path is expected
