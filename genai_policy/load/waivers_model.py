"""genai-waivers.toml as strict tables."""

from __future__ import annotations

from typing import Literal

from genai_policy.load.fields import Day, Strict, Told


class WaiverTable(Strict):
    """One accepted unmet obligation."""

    obligation: Told
    control: Told | None = None
    path: Told | None = None
    owner: Told
    reason: Told
    approved_by: Told
    created: Day
    expires: Day


class WaiversFile(Strict):
    """The whole file."""

    schema_: Literal[1] = 1
    time_zone: Told = "Asia/Shanghai"
    waiver: list[WaiverTable] = []
