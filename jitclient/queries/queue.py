"""The queue of transfers as a person reads it: what moves, what waits, and for how long."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Final

from jitclient import posting, queueing, spacewise
from jitclient.foundation.text import visible
from jitclient.session import Session
from jitclient.views import Going, Held, OutboxRow, QueueRow, QueueView
from localstore import chunks, custody, evidence, limits, messages, outbox, spaces
from localstore.evidence import ExhibitRecord
from localstore.limits import Limits
from protocol.ids import FileId, SpaceId
from protocol.limits import PART_BYTES

SHOWN: Final = 1_000
OUTBOX_SHOWN: Final = 100
_PAUSED: Final = frozenset({"paused"})
_FAILED: Final = frozenset({"failed", "corrupted"})
_STANDS: Final = {"paused": Going.PAUSED, "failed": Going.FAILED, "corrupted": Going.FAILED}


def queue(session: Session, shown: int = SHOWN) -> QueueView:
    """The first `shown` transfers in order, then paused ones, then those that failed."""
    due = queueing.due(session, shown)
    rows = [row for space, file in due[:shown] if (row := _row(session, space, file)) is not None]
    for states in (_PAUSED, _FAILED):
        for space in spacewise.at_work(session):
            if len(rows) < shown:
                most = shown - len(rows)
                rows += spacewise.attempt(session, space, _standing, states, most) or []
    held = limits.load(session.profile.directory)
    uploads = [] if rows else spacewise.gather(session, _uploaded)
    return QueueView(
        rows=tuple(timed(rows, held)),
        more=max(0, waiting(session) + _failed(session) - len(rows)),
        up=held.up,
        down=held.down,
        outbox=tuple(spacewise.gather(session, outgoing))[:OUTBOX_SHOWN],
        unsent=posting.waiting(session)[0],
        last_upload=max(uploads, default=None),
    )


def waiting(session: Session) -> int:
    """How many transfers should travel or are paused, in all spaces."""
    return sum(spacewise.gather(session, _counted))


def _counted(session: Session, space: SpaceId) -> list[int]:
    return [evidence.count_waiting(session.stores.space(space))]


def _failed(session: Session) -> int:
    """How many failed, in the spaces where a person can do something about it."""
    found = (spacewise.attempt(session, one, _failed_in) for one in spacewise.at_work(session))
    return sum(one or 0 for one in found)


def _failed_in(session: Session, space: SpaceId) -> int:
    standing = evidence.count_standing(session.stores.space(space))
    return sum(standing.get(state, 0) for state in _FAILED)


def _uploaded(session: Session, space: SpaceId) -> list[int]:
    at = custody.last(session.stores.space(space), "exhibit-handed-over")
    return [] if at is None else [at]


def outgoing(session: Session, space: SpaceId) -> list[OutboxRow]:
    """The first messages of a space that the store does not have, oldest first."""
    sp, now = session.stores.space(space), session.clock.now()
    known = spaces.space(session.stores.device, space)
    found = []
    for message, until, keyless in outbox.held(sp, OUTBOX_SHOWN):
        record = messages.message(sp, message)
        if record is None:
            continue
        later = Held.LATER if until > now else Held.STORE
        found.append(
            OutboxRow(
                space=space,
                space_title=known.title if known else "",
                kind=record.kind,
                text=visible(record.text),
                at=record.claimed_at,
                held=Held.KEY if keyless else later,
                next_try=until if until > now else None,
            )
        )
    return found


def _standing(
    session: Session, space: SpaceId, states: Collection[str], most: int
) -> list[QueueRow]:
    sp = session.stores.space(space)
    found = [one for one in evidence.standing(sp) if one.state in states][:most]
    return [_as_row(session, space, one) for one in found]


def _row(session: Session, space: SpaceId, file: FileId) -> QueueRow | None:
    record = evidence.exhibit(session.stores.space(space), file)
    return None if record is None else _as_row(session, space, record)


def _as_row(session: Session, space: SpaceId, record: ExhibitRecord) -> QueueRow:
    sent, here = chunks.counts(session.stores.space(space), record.file)
    key = (space, FileId(record.file))
    known = spaces.space(session.stores.device, space)
    going = _STANDS.get(record.state, Going.WAITING)
    return QueueRow(
        space=space,
        space_title=known.title if known else "",
        file=key[1],
        name=record.name,
        exhibit=record.exhibit,
        up=record.mine,
        going=Going.MOVING if key in session.rates and going is Going.WAITING else going,
        done=min(record.sealed_total, (sent if record.mine else here) * PART_BYTES),
        total=record.sealed_total,
        rate=session.rates.get(key, 0.0),
        eta=None,
        recipients=len(record.recipients),
        rank=record.rank,
        problem=visible(record.problem) if going is Going.FAILED else "",
    )


def timed(rows: Iterable[QueueRow], held: Limits) -> list[QueueRow]:
    """When each will be done: what stands before it in its direction goes first.

    Reckoned with the rate at which that direction moves now, or with its limit while nothing moves.
    Unknown where there is neither, and for what is paused.
    """
    every = list(rows)
    rates = {
        up: sum(one.rate for one in every if one.up is up) or (held.up if up else held.down)
        for up in (True, False)
    }
    before, told = {True: 0, False: 0}, []
    for one in every:
        if one.going in (Going.PAUSED, Going.FAILED) or not rates[one.up]:
            told.append(one)
            continue
        before[one.up] += one.total - one.done
        told.append(replace(one, eta=before[one.up] / rates[one.up]))
    return told
