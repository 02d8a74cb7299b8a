"""What a text points to, as rows to paint, and how a text with it is written down.

Written down (in a draft, in what is handed to the desk) a mention is its kind and its id between
two U+FFFC: nobody's name is matched anywhere. Spec: docs/protocol/40-messages.md §9.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from protocol.ids import FileId, MessageId, SpaceId, UserId
from protocol.roles import Role

MARK: Final = "\ufffc"
"""Stands for a mention; what is typed never has it."""

_TOKEN: Final = re.compile(f"{MARK}(?:([pe])([0-9a-f]{{32}})|r([a-z-]{{1,20}})){MARK}")
_ROLES: Final = {role.value: role for role in Role}


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One of the three: a person, a role of the space, an exhibit."""

    user: UserId | None = None
    role: Role | None = None
    file: FileId | None = None

    @property
    def token(self) -> str:
        """How it is written down."""
        if self.role is not None:
            return f"{MARK}r{self.role.value}{MARK}"
        if self.user is not None:
            return f"{MARK}p{self.user.hex()}{MARK}"
        return f"{MARK}e{(self.file or b'').hex()}{MARK}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Characters `start` to `end` of a row's text are a mention; `label` as it is called now."""

    start: int
    end: int
    target: Target
    label: str
    me: bool = False  # this person, or her role


@dataclass(frozen=True, slots=True, kw_only=True)
class MentionRow:
    """A message that points to this person."""

    space: SpaceId
    space_title: str
    message: MessageId
    author: UserId
    author_name: str
    text: str
    at: int
    unread: bool
    by_role: bool  # her role is named, and not she


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRow:
    """One version of a text that was changed; `received_by` counts those who have it, of `of`."""

    text: str
    at: int
    received_at: int
    received_by: int
    of: int


def parts(written: str) -> list[str | Target]:
    """Texts and mentions of a text that is written down, in order; stray marks go.

    What is between two marks and names nothing is text.
    """
    found: list[str | Target] = []
    at = 0
    for match in _TOKEN.finditer(written):
        target = _target(match)
        if target is None:
            continue
        found += [written[at : match.start()].replace(MARK, ""), target]
        at = match.end()
    found.append(written[at:].replace(MARK, ""))
    return [one for one in found if one != ""]


def _target(match: re.Match[str]) -> Target | None:
    kind, number, role = match.groups()
    if role is not None:
        return Target(role=_ROLES[role]) if role in _ROLES else None
    raw = bytes.fromhex(number)
    return Target(user=UserId(raw)) if kind == "p" else Target(file=FileId(raw))


def written(text: str, spots: Sequence[Spot]) -> str:
    """A row's text written down again, with what it points to."""
    made, at = "", 0
    for spot in spots:
        made += text[at : spot.start].replace(MARK, "") + spot.target.token
        at = spot.end
    return made + text[at:].replace(MARK, "")
