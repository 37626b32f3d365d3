"""Who may approve a waiver: not whoever wrote it, and where an organisation's pack names authorities, one of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from genai_policy.errors import Mistake
from genai_policy.load.mistakes import Mistakes, listed, quoted
from genai_policy.load.positions import Path
from genai_policy.load.toml import TomlFile
from genai_policy.model.law import Authority, Law
from genai_policy.model.service import Waiver

_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_END_OF_NAME = re.compile(r"[,;(<\[/|]|\uff0c|\uff1b|\uff08|\u3001")


class Author(Protocol):
    """A person as git knows one."""

    @property
    def name(self) -> str: ...
    @property
    def mail(self) -> str: ...


def check_authority(source: TomlFile, at: Path, waiver: Waiver, law: Law, mistakes: Mistakes) -> None:
    """Add a mistake where packs name authorities and the approver is none of them for this obligation."""
    authorities = [authority for pack in law.packs for authority in pack.authorities]
    able = sorted({authority.name for authority in authorities if _covers(authority, waiver.obligation)})
    if not authorities or any(_is_named(waiver.approved_by, name) for name in able):
        return
    advice = f"may approve it: {listed(able)}" if able else f"nobody may approve a waiver of {waiver.obligation}: meet it"
    mistakes.add(source.mistake((*at, "approved-by"), f"{quoted(waiver.approved_by)} may not approve this waiver", advice))


def own_approvals(waivers: Sequence[Waiver], authors: Sequence[Sequence[Author]]) -> list[Mistake]:
    """Return a mistake for each waiver that one of its own authors approved. ``authors[i]`` wrote ``waivers[i]``; nobody where git does not
    know."""
    return [
        Mistake(
            waiver.place.file,
            waiver.place.line,
            waiver.place.column,
            "approved-by",
            f"{quoted(waiver.approved_by)} wrote this waiver too (git says {author.name} <{author.mail}>)",
            "somebody else has to approve it",
        )
        for waiver, wrote in zip(waivers, authors, strict=True)
        for author in wrote[:1]
        if any(_is_named(waiver.approved_by, known) for one in wrote for known in (one.name, one.mail) if known)
    ]


def _covers(authority: Authority, obligation: str) -> bool:
    # ids have two parts; `*` is any text here, also a slash
    return any(re.fullmatch(re.escape(glob).replace(r"\*", ".*"), obligation) for glob in authority.obligations)


def _is_named(approver: str, name: str) -> bool:
    """Say whether ``approver`` (a name, perhaps with an office or an address) is the person or office called ``name`` (or mailed so)."""
    wanted = _plain(name)
    given = {_plain(_END_OF_NAME.split(approver)[0]), _plain(approver), *map(_plain, _MAIL.findall(approver))}
    return bool(wanted) and wanted in given


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
