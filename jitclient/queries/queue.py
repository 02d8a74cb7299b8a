"""The queue of transfers as a person reads it: what moves, what waits, and for how long."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from jitclient import queueing, spacewise
from jitclient.session import Session
from jitclient.views import Going, QueueRow, QueueView
from localstore import chunks, evidence, limits, spaces
from localstore.evidence import ExhibitRecord
from localstore.limits import Limits
from protocol.ids import FileId, SpaceId
from protocol.limits import PART_BYTES

SHOWN: Final = 1_000


def queue(session: Session, shown: int = SHOWN) -> QueueView:
    """The first `shown` transfers in order, paused ones last."""
    due = queueing.due(session, shown)
    rows = [row for space, file in due[:shown] if (row := _row(session, space, file)) is not None]
    for space in spacewise.at_work(session):
        if len(rows) < shown:
            rows += spacewise.attempt(session, space, _paused, shown - len(rows)) or []
    held = limits.load(session.profile.directory)
    more = max(0, waiting(session) - len(rows))
    return QueueView(rows=tuple(timed(rows, held)), more=more, up=held.up, down=held.down)


def waiting(session: Session) -> int:
    """How many transfers should travel or are paused, in all spaces."""
    return sum(spacewise.gather(session, _counted))


def _counted(session: Session, space: SpaceId) -> list[int]:
    return [evidence.count_waiting(session.stores.space(space))]


def _paused(session: Session, space: SpaceId, most: int) -> list[QueueRow]:
    sp = session.stores.space(space)
    found = [one for one in evidence.standing(sp) if one.state == "paused"][:most]
    return [_as_row(session, space, one) for one in found]


def _row(session: Session, space: SpaceId, file: FileId) -> QueueRow | None:
    record = evidence.exhibit(session.stores.space(space), file)
    return None if record is None else _as_row(session, space, record)


def _as_row(session: Session, space: SpaceId, record: ExhibitRecord) -> QueueRow:
    sent, here = chunks.counts(session.stores.space(space), record.file)
    key = (space, FileId(record.file))
    known = spaces.space(session.stores.device, space)
    going = Going.PAUSED if record.state == "paused" else Going.WAITING
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
        if one.going is Going.PAUSED or not rates[one.up]:
            told.append(one)
            continue
        before[one.up] += one.total - one.done
        told.append(replace(one, eta=before[one.up] / rates[one.up]))
    return told
