"""Mentions of people, roles and exhibits: from what is written to ids, and from ids to words.

What travels are ids; what a mention is called, its reader's device says (40 §9). Database thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jitclient.foundation.text import visible
from jitclient.mentionviews import MARK, Spot, Target, parts
from jitclient.place import Place
from jitclient.session import Session
from localstore import evidence, mentions
from localstore.connection import Connection
from localstore.mentions import MentionRecord
from protocol.content import AtExhibit, AtPerson, AtRole, Mention
from protocol.errors import BadInputError, MalformedError
from protocol.ids import FileId, SpaceId, UserId
from protocol.limits import MAX_MENTIONS
from protocol.roles import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Worded:
    """A text as it is kept: mentions in words, where they stand, and whether one is of me."""

    text: str
    spots: tuple[MentionRecord, ...]
    me: bool


def split(written: str) -> tuple[str, tuple[Mention, ...]]:
    """What a person wrote as a text with U+FFFC for each mention, and the mentions.

    Raises:
        BadInputError: more than `MAX_MENTIONS`.
    """
    text, found = "", []
    for part in parts(written):
        if isinstance(part, str):
            text += part
        else:
            text += MARK
            found.append(_record(part))
    if len(found) > MAX_MENTIONS:
        raise BadInputError(f"A message points to at most {MAX_MENTIONS} people and exhibits.")
    return text, tuple(found)


def _record(target: Target) -> Mention:
    if target.role is not None:
        return AtRole(version=1, role=target.role)
    if target.user is not None:
        return AtPerson(version=1, user=target.user)
    return AtExhibit(version=1, file=target.file or b"")


def worded(at: Place, who: str, text: str, found: Sequence[Mention]) -> Worded:
    """A text as this device keeps it. `who` wrote it, for the sentence of a refusal.

    Raises:
        MalformedError: marks and mentions differ in number, or a person is of another space.
    """
    pieces = text.split(MARK)
    if len(pieces) != len(found) + 1:
        raise MalformedError(f"A message from {who} points to more or less than it names.")
    made, spots = visible(pieces[0], lines=True), []
    for mention, piece in zip(found, pieces[1:], strict=True):
        kind, target = _target(at, who, mention)
        label = label_of(at.session, at.sp, kind, target)
        spots.append(MentionRecord(place=len(made), length=len(label), kind=kind, target=target))
        made += label + visible(piece, lines=True)
    return Worded(text=made, spots=tuple(spots), me=any(_is_me(at, one) for one in spots))


def _target(at: Place, who: str, mention: Mention) -> tuple[str, bytes]:
    match mention:
        case AtPerson(user=user):
            if at.log.member_or_former(UserId(user)) is None:
                raise MalformedError(f"A message from {who} points to somebody of another space.")
            return "person", user
        case AtRole(role=role):
            return "role", role.value.encode()
        case AtExhibit(file=file):
            return "exhibit", file


def _is_me(at: Place, spot: MentionRecord) -> bool:
    if spot.kind == "person":
        return spot.target == at.session.user
    role = _my_role(at.session, at.space)
    return spot.kind == "role" and role is not None and role.value.encode() == spot.target


def label_of(session: Session, sp: Connection, kind: str, target: bytes) -> str:
    """What a mention is called here and now: one line, never what its author would have."""
    if kind == "person":
        return f"@{session.name_of(UserId(target))}"
    if kind == "role":
        return f"@{target.decode()}"
    row = evidence.exhibit(sp, FileId(target))
    return f"#{visible(row.exhibit or row.name)}" if row is not None else "#exhibit"


def spots(session: Session, space: SpaceId, message: bytes) -> tuple[Spot, ...]:
    """Where a stored text points to something, with the names of now."""
    sp = session.stores.space(space)
    found = mentions.of(sp, message)
    role = _my_role(session, space) if found else None
    return tuple(_spot(session, sp, one, role) for one in found)


def _my_role(session: Session, space: SpaceId) -> Role | None:
    me = session.log(space).roster.members.get(session.user)
    return None if me is None else me.role


def _spot(session: Session, sp: Connection, one: MentionRecord, role: Role | None) -> Spot:
    match one.kind:
        case "person":
            target = Target(user=UserId(one.target))
        case "role":
            target = Target(role=Role(one.target.decode()))
        case _:
            target = Target(file=FileId(one.target))
    return Spot(
        start=one.place,
        end=one.place + one.length,
        target=target,
        label=label_of(session, sp, one.kind, one.target),
        me=target.user == session.user or (role is not None and target.role is role),
    )
