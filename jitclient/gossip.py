"""Comparing the store's access log with what other members were shown of it.

A store could keep two logs for two persons for good: each continues what its person remembers. So
the newest head that a device has seen goes along with its receipts, once for each person until
there is a newer one, and whoever reads it holds it against the own: equal sizes at once, others by
a proof from the store in the next comparison. Database thread. Spec: docs/protocol/72-access-log.md
§8.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from crypto import checkpoint, merkle
from crypto.checkpoint import Checkpoint
from jitclient import logwatch
from jitclient.session import Session
from localstore import devices
from localstore.connection import transaction
from protocol import codec
from protocol.errors import ForgedError, NotFoundError, RefusedError
from protocol.forks import LogDispute
from protocol.ids import UserId, from_hex

HEARD: Final = "access-log-heard"
"""A setting of device.db: what others were shown and is not compared yet."""
MAX_HEARD: Final = 32
_BETWEEN: Final = "\f"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """The head that somebody was shown, and how long the log here was when that came."""

    user: UserId
    mine: int
    text: str


def to_say(session: Session, user: UserId) -> str:
    """The head to tell a person with the next receipts; empty when it was told already."""
    text = devices.setting(session.stores.device, logwatch.REMEMBERED) or ""
    if session.log_told.get(user) == text:
        return ""
    session.log_told[user] = text
    return text


def hear(session: Session, user: UserId, text: str) -> None:
    """Hold what somebody was shown against what is remembered here, or keep it until that can be.

    Raises:
        ForgedError: the store did not sign it.
    """
    try:
        theirs = checkpoint.verify(text, session.identity.store_key)
    except RefusedError as error:
        raise ForgedError(
            f"{session.name_of(user)} sent a head of the access log that the store did not sign."
        ) from error
    mine = logwatch.remembered(session)
    if mine is not None and theirs.size == mine.size:
        if theirs != mine:
            _tell(session, user, text, theirs, mine)
        return
    others = [one for one in _heard(session) if one.user != user]
    new = Heard(user=user, mine=-1 if mine is None else mine.size, text=text)
    _keep(session, [*others, new][-MAX_HEARD:])


def open_questions(session: Session) -> list[tuple[int, int]]:
    """Between which sizes the store is to prove growth, after a comparison of one's own.

    What is longer than a head that came later was never continued: that is told here.
    """
    mine = logwatch.remembered(session)
    if mine is None:
        return []
    for one in _heard(session):
        theirs = checkpoint.verify(one.text, session.identity.store_key)
        if theirs.size == mine.size or (theirs.size > mine.size > one.mine):
            if theirs != mine:
                _tell(session, one.user, one.text, theirs, mine)
            _drop(session, one)
    known = [checkpoint.verify(o.text, session.identity.store_key) for o in _heard(session)]
    return sorted({(one.size, mine.size) for one in known if one.size < mine.size})


def answered(session: Session, sizes: tuple[int, int], path: Sequence[bytes] | None) -> None:
    """The store's proof between two sizes, unverified; None: it would not show one."""
    mine = logwatch.remembered(session)
    if mine is None or mine.size != sizes[1]:
        return
    for one in _heard(session):
        theirs = checkpoint.verify(one.text, session.identity.store_key)
        if theirs.size != sizes[0]:
            continue
        if path is None or not merkle.verify_consistency(
            theirs.size, theirs.root, mine.size, mine.root, path
        ):
            _tell(session, one.user, one.text, theirs, mine)
        _drop(session, one)


def proof(session: Session) -> bytes:
    """The two heads that contradict each other, as a file for anybody.

    Raises:
        NotFoundError: it never came to that.
    """
    disputed = logwatch.kept(session).disputed
    if not disputed:
        raise NotFoundError(
            "Nothing that contradicts the store's access log was found.", code="no-proof"
        )
    first, second = disputed
    key = session.identity.store_key
    return codec.encode(LogDispute(version=1, store=key, first=first, second=second))


def _tell(session: Session, user: UserId, text: str, theirs: Checkpoint, mine: Checkpoint) -> None:
    name = session.name_of(user)
    sentence = (
        f"The store showed {name} another access log than you: {name} saw one of {theirs.size} "
        f"rows that yours, of {mine.size} rows, is not a continuation of, nor the other way round. "
        f"Or it was set back to a backup. {logwatch.EVIDENCE}"
    )
    logwatch.tell(session, "views", sentence, disputed=text, key=f"views {user.hex()}")


def _heard(session: Session) -> list[Heard]:
    found = []
    kept = devices.setting(session.stores.device, HEARD) or ""
    for one in filter(None, kept.split(_BETWEEN)):
        first, _, text = one.partition("\n")
        name, _, size = first.partition(" ")
        user = from_hex(name, 16)
        if user is not None:
            found.append(Heard(user=UserId(user), mine=int(size), text=text))
    return found


def _drop(session: Session, gone: Heard) -> None:
    _keep(session, [one for one in _heard(session) if one != gone])


def _keep(session: Session, heard: Sequence[Heard]) -> None:
    lines = (f"{one.user.hex()} {one.mine}\n{one.text}" for one in heard)
    with transaction(session.stores.device):
        devices.set_setting(session.stores.device, HEARD, _BETWEEN.join(lines))
