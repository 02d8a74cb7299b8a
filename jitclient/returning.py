"""Handing back to the store what a restore lost of a space's membership log.

The store's log is shorter than the one verified here, and is its beginning: then what is missing
there is offered, signed by whoever wrote it, once for each place the store went back to. A log that
is not the beginning of ours is a fork, and is told as one. That the store went back is an alarm of
its own (`following.listed`). Spec: docs/protocol/73-backup.md §5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from crypto import signatures
from jitclient import following, spacewise
from jitclient.session import Session
from localstore import spacelog, spaces
from protocol.api.spaces import SpaceSummary
from protocol.errors import (
    ActionNeededError,
    DiskError,
    LogMovedError,
    RefusedError,
    StoreIdentityError,
    TryAgainError,
)
from protocol.ids import SpaceId
from protocol.limits import MAX_LOG_ENTRY_BYTES
from protocol.membership import Entry, Genesis, record_hash
from sync.api import StoreApi

_BATCH_BYTES: Final = 400_000
"""Of entries and lists at once: as base64, with room, within a request's limit."""
_BATCH_ENTRIES: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Entries in order, the last one's number, and the lists they name."""

    entries: tuple[bytes, ...]
    lists: tuple[bytes, ...]
    last: int


async def hand_back(session: Session, api: StoreApi, summaries: Sequence[SpaceSummary]) -> None:
    """Offer the store what it lacks of the spaces it shows too short, or not at all.

    Raises:
        TryAgainError, StoreIdentityError, DiskError: from the connection; the next round goes on.
    """
    for space, seq in await session.run(_shortened, session, summaries):
        try:
            await _offer(session, api, space, seq)
        except LogMovedError:
            pass  # somebody else handed it in, or it is a fork: the next reading tells
        except (TryAgainError, StoreIdentityError, DiskError):
            raise
        except (ActionNeededError, RefusedError):
            pass  # it does not take them: the alarm that it went back says what is to be done
        session.offered.add((space, seq))


def _shortened(session: Session, summaries: Sequence[SpaceSummary]) -> list[tuple[SpaceId, int]]:
    """Spaces and the last entry that the store shows of them, -1 when it shows none."""
    shown = {SpaceId(one.id): one.seq for one in summaries if not one.closed}
    closed = {SpaceId(one.id) for one in summaries if one.closed}
    found = []
    for row in spaces.spaces(session.stores.device):
        space = SpaceId(row.space)
        seq = shown.get(space, -1)
        if row.state == "open" and seq < row.log_seq and row.log_seq > 0 and space not in closed:
            found.append((space, seq))
    return [one for one in found if one not in session.offered]


async def _offer(session: Session, api: StoreApi, space: SpaceId, seq: int) -> None:
    if seq < 0:
        genesis = await session.run(spacewise.attempt, session, space, _own_genesis)
        if genesis is None:
            return  # who opened it can open it again
        await api.create_space(genesis)
        seq = 0
    shown = (await api.log(space, seq)).entries[:1]
    if not await session.run(spacewise.attempt, session, space, _is_ours, seq, shown):
        return
    while batch := await session.run(spacewise.attempt, session, space, _batch, seq + 1):
        reached = (await api.returns.log(space, batch.entries, batch.lists)).seq
        if reached < batch.last:
            return  # it refused the next one
        seq = reached


def _own_genesis(session: Session, space: SpaceId) -> bytes | None:
    (first,) = spacelog.entries(session.stores.space(space))[:1]
    opened_by = signatures.peek(first, Genesis, limit=MAX_LOG_ENTRY_BYTES).actor_device
    return first if opened_by == session.device else None


def _is_ours(session: Session, space: SpaceId, seq: int, shown: Sequence[bytes]) -> bool:
    """Whether the entry that the store ends with is the one here; another is told as a fork."""
    here = spacelog.entries(session.stores.space(space), seq)[:1]
    if not shown or not here:
        return False
    if _body(shown[0]) == _body(here[0]):
        return True
    following.page(session, space, shown, {})
    return False


def _batch(session: Session, space: SpaceId, start: int) -> Batch | None:
    sp = session.stores.space(space)
    entries: list[bytes] = []
    lists: list[bytes] = []
    size = 0
    for data in spacelog.entries(sp, start)[:_BATCH_ENTRIES]:
        entry = signatures.peek(data, Entry, limit=MAX_LOG_ENTRY_BYTES)
        named = None
        if entry.subject is not None and entry.list_head is not None:
            named = spacelog.device_list(sp, entry.subject, entry.list_head)
        size += len(data) + len(named or b"")
        if entries and size > _BATCH_BYTES:
            break
        entries.append(data)
        lists += [] if named is None else [named]
    if not entries:
        return None
    last = start + len(entries) - 1
    return Batch(entries=tuple(entries), lists=tuple(lists), last=last)


def _body(signed: bytes) -> bytes:
    return record_hash(signatures.parse(signed, limit=MAX_LOG_ENTRY_BYTES).body)
