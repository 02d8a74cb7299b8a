"""Comparing bodies: every device states which ones it has, so that no two go unnoticed (I19).

A bad member and the store together can give two people two bodies under one message id, each well
sealed. What can show it is what the two have: so each message says what came since the last one.
A body is compared and not its place in a chain, for a device that was put back uses places once
more, and message ids never. Spec: docs/protocol/40-messages.md §8.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from crypto.message import seen_mark
from jitclient.errors import TwoVersionsError
from jitclient.place import Place
from jitclient.session import Session
from localstore import alarms, messages, witnesses
from localstore.witnesses import Stated, TwoVersions
from protocol import codec
from protocol.content import Body, Edited, ExhibitNotice, Seen, Text, Withdrawn, WithdrawnBecause
from protocol.envelope import KeyMsg
from protocol.ids import DeviceId, MessageId, SpaceId
from protocol.limits import MAX_BODY_BYTES, MAX_SEEN

_STATED: Final = Text | Edited | ExhibitNotice | Withdrawn | WithdrawnBecause


def encoded(at: Place, body: Body) -> bytes:
    """A body of this device with what it has to state; stated when every member reads it.

    A text that leaves no room for it goes without; the next message states it.
    """
    stated = witnesses.untold(at.sp, MAX_SEEN)
    if not stated:
        return codec.encode(body)
    seen = tuple(Seen(version=1, message=one.message, mark=one.mark) for one in stated)
    data = codec.encode(replace(body, seen=seen))
    if len(data) >= MAX_BODY_BYTES:
        return codec.encode(body)
    if not body.audience or at.log.roster.members.keys() <= {at.session.user, *body.audience}:
        witnesses.told(at.sp, len(stated))
    return data


def came(at: Place, device: DeviceId, key_msg: KeyMsg, body: Body) -> None:
    """Compare a message that was accepted with what others stated, and what it states itself."""
    mark = seen_mark(key_msg.message, device, key_msg.body_digest)
    for witness, stated in witnesses.heard(at.sp, key_msg.message):
        if stated != mark:
            here = Stated(message=key_msg.message, mark=mark)
            _alarm(at, here, device, DeviceId(witness), stated)
    if isinstance(body.content, _STATED):
        witnesses.note(at.sp, Stated(message=key_msg.message, mark=mark))
    if body.seen:
        witnesses.hear(at.sp, device, _not_here(at, device, body.seen))


def refuse(session: Session, space: SpaceId) -> None:
    """Nothing is said in a space while it stands open who has which words.

    Raises:
        TwoVersionsError: until a person has dismissed the alarm.
    """
    if alarms.stands(session.stores.device, space, TwoVersionsError.code):
        raise TwoVersionsError(
            "Members of this space have different words under one message. Nothing is sent before "
            "you have compared them, in person or by telephone, and dismissed the alarm."
        )


def _not_here(at: Place, witness: DeviceId, seen: Iterable[Seen]) -> list[Stated]:
    """Compare each statement with what is here; answers those of which nothing is here yet."""
    later = []
    for one in seen:
        found = _here(at, MessageId(one.message))
        if found is None:
            later.append(Stated(message=one.message, mark=one.mark))
            continue
        author, digest = found
        mark = seen_mark(MessageId(one.message), author, digest)
        if mark != one.mark:
            here = Stated(message=one.message, mark=mark)
            _alarm(at, here, author, witness, one.mark)
    return later


def _here(at: Place, message: MessageId) -> tuple[DeviceId, bytes] | None:
    """The author's device and the digest of what is here under a message id, or None."""
    link = messages.link_of(at.sp, message)
    if link is not None and link.digest:
        return DeviceId(link.device), link.digest
    row = messages.message(at.sp, message)  # our own, or from long ago
    if row is None or row.told_by:
        return None
    return DeviceId(row.author_device), row.body_digest


def _alarm(at: Place, here: Stated, author: DeviceId, witness: DeviceId, stated: bytes) -> None:
    found = TwoVersions(
        message=here.message,
        device=author,
        mark=here.mark,
        witness=witness,
        stated=stated,
        at=at.now,
    )
    if witnesses.differs(at.sp, found):
        error = TwoVersionsError(_sentence(at, author, witness))
        at.session.alarm(at.space, error, key=f"{author.hex()} {witness.hex()}")


def _sentence(at: Place, author: DeviceId, witness: DeviceId) -> str:
    who, whose = _owner(at, witness), _owner(at, author)
    if author == at.session.device:
        what = (
            f"{who} states that a message of yours says something else than you wrote. Either "
            f"somebody else used its number there, or {who} states wrongly what came."
        )
    else:
        what = (
            f"{who} has something else under one message of {whose} than you have. Either {whose} "
            f"wrote two versions of it, or somebody else used its number, or {who} states wrongly "
            "what came."
        )
    return (
        f"{what} Do not rely on the last messages of {whose}; read them to each other, in person "
        "or by telephone."
    )


def _owner(at: Place, device: DeviceId) -> str:
    user, _ = at.log.ever.get(device, (None, None))
    return "somebody" if user is None else at.name(user)
