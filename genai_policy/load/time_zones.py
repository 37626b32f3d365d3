"""In which time zone a waiver's last day ends. Verdicts are made for whole days in Shanghai."""

from __future__ import annotations

import datetime as dt
import re

from msgspec import Struct

SHANGHAI = dt.timezone(dt.timedelta(hours=8), "Asia/Shanghai")
_OFFSET = re.compile(r"(?:UTC)?([+-])(\d\d):(\d\d)")


class Zone(Struct, frozen=True):
    """A time zone and the name that somebody gave it."""

    name: str
    info: dt.tzinfo

    def is_over(self, last: dt.date, as_of: dt.date) -> bool:
        """Say whether the day ``last`` of this zone has ended when the day ``as_of`` begins in Shanghai."""
        end = dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), self.info)
        return end <= dt.datetime.combine(as_of, dt.time(), SHANGHAI)


DEFAULT_ZONE = Zone("Asia/Shanghai", SHANGHAI)


def zone_named(name: str) -> Zone | None:
    """Return the zone of an IANA name or of an offset such as ``+08:00``; None for what is neither."""
    if name == DEFAULT_ZONE.name:
        return DEFAULT_ZONE
    if name in ("UTC", "Z"):
        return Zone(name, dt.timezone.utc)
    if found := _OFFSET.fullmatch(name):
        minutes = int(found[2]) * 60 + int(found[3])
        return Zone(name, dt.timezone(dt.timedelta(minutes=minutes if found[1] == "+" else -minutes))) if minutes < 24 * 60 else None
    from zoneinfo import ZoneInfo

    try:
        return Zone(name, ZoneInfo(name))
    except (OSError, ValueError, LookupError):
        return None
