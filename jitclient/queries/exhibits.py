"""Exhibits as rows: one, some of them, or all of a space in slices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Final, TypeVar

from jitclient import restrictions
from jitclient.session import Session
from jitclient.views import ExhibitRow, ExhibitState, PermissionRow, ReceivedBy
from localstore import chunks, evidence, permissions, reviews
from localstore.connection import Connection
from localstore.evidence import ExhibitRecord
from localstore.permissions import PermissionRecord
from localstore.reviews import ReviewRecord
from protocol.errors import NotFoundError
from protocol.ids import FileId, MessageId, SpaceId, UserId
from protocol.limits import PART_BYTES

T = TypeVar("T")
SLICE: Final = 250
"""So many at a time: what else waits for the database gets its turn in between."""


def files(session: Session, space: SpaceId) -> list[FileId]:
    """The exhibits of a space, newest first."""
    return [FileId(file) for file in evidence.newest(session.stores.space(space))]


def exhibits(session: Session, space: SpaceId) -> tuple[ExhibitRow, ...]:
    """All exhibits of a space, newest first, in one go."""
    return some(session, space, files(session, space))


def some(session: Session, space: SpaceId, wanted: Collection[FileId]) -> tuple[ExhibitRow, ...]:
    """These exhibits, as far as they are here, in the order they were asked for."""
    every = list(wanted)
    found: list[ExhibitRow] = []
    for at in range(0, len(every), SLICE):
        found += _slice(session, space, every[at : at + SLICE])
    return tuple(found)


def one_exhibit(session: Session, space: SpaceId, file: FileId) -> ExhibitRow:
    """One exhibit.

    Raises:
        NotFoundError: no such exhibit here.
    """
    found = _slice(session, space, (file,))
    if not found:
        raise NotFoundError("There is no such exhibit in this space.")
    return found[0]


def last_stated(session: Session, space: SpaceId) -> dict[str, str]:
    """The case number and authority of the newest own exhibit, which the next one shares mostly."""
    stated = dict(evidence.last_stated(session.stores.space(space)))
    return {name: stated[name] for name in ("case", "authority") if name in stated}


@dataclass(frozen=True, slots=True)
class _Beside:
    """What stands in other tables about the exhibits of a slice."""

    name_of: Callable[[UserId], str]
    verified: dict[bytes, dict[bytes, int]] = field(default_factory=lambda: defaultdict(dict))
    permitted: dict[bytes, list[PermissionRecord]] = field(
        default_factory=lambda: defaultdict(list)
    )
    _met: dict[Any, Any] = field(default_factory=dict)

    def same(self, one: T) -> T:
        """What is equal of many exhibits is kept once: who they are from and for, and facts.

        A window keeps a row of each of a hundred thousand.
        """
        known: T = self._met.setdefault(one, one)
        return known


def _slice(session: Session, space: SpaceId, wanted: Sequence[FileId]) -> list[ExhibitRow]:
    sp = session.stores.space(space)
    records = {record.file: record for record in evidence.among(sp, wanted)}
    beside = _Beside(cache(session.name_of))
    for file, user, at in evidence.verified_among(sp, wanted):
        beside.verified[file][user] = at
    for one in permissions.among(sp, wanted):
        beside.permitted[one.file].append(one)
    known = reviews.among(sp, wanted)
    return [
        _reviewed(_row(session, sp, space, records[file], beside), known.get(file))
        for file in wanted
        if file in records
    ]


def _reviewed(row: ExhibitRow, known: ReviewRecord | None) -> ExhibitRow:
    """With what this person made of it, if there is something."""
    if known is None:
        return row
    return replace(row, review=known.state, tags=known.tags, note=known.note)


def _row(
    session: Session, sp: Connection, space: SpaceId, record: ExhibitRecord, beside: _Beside
) -> ExhibitRow:
    same, author = beside.same, UserId(beside.same(record.author_user))
    state = ExhibitState(record.state)
    done = record.sealed_total
    if state not in {ExhibitState.VERIFIED, ExhibitState.ON_SERVER}:
        sent, here = chunks.counts(sp, record.file)
        done = min(record.sealed_total, (sent if record.mine else here) * PART_BYTES)
    return ExhibitRow(
        file=FileId(record.file),
        space=space,
        message=MessageId(record.message) if record.message else None,
        name=record.name,
        mime=same(record.mime),
        exhibit=record.exhibit,
        size=record.size,
        sha256=record.sha256.hex(),
        author=author,
        author_name=beside.name_of(author),
        mine=record.mine,
        state=state,
        done=done,
        total=record.sealed_total,
        rate=session.rates.get((space, FileId(record.file)), 0.0),
        added_at=record.added_at,
        expires_at=record.expires_at,
        recipients=_verified(record, beside),
        source=record.source,
        problem=record.problem,
        facts=tuple(same((same(name), same(value))) for name, value in record.facts),
        in_force=restrictions.in_force(session, sp, record),
        permissions=_permissions(record, beside),
    )


def _verified(record: ExhibitRecord, beside: _Beside) -> tuple[ReceivedBy, ...]:
    at, users = beside.verified.get(record.file, {}), map(beside.same, record.recipients)
    return tuple(
        ReceivedBy(user=UserId(user), name=beside.name_of(UserId(user)), at=at.get(user))
        for user in users
    )


def _permissions(record: ExhibitRecord, beside: _Beside) -> tuple[PermissionRow, ...]:
    found = beside.permitted.get(record.file, []) if record.facts else []
    return tuple(
        PermissionRow(code=one.code, given_by=one.given_by, reference=one.reference, at=one.at)
        for one in found
    )
