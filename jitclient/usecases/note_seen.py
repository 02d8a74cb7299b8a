"""A person has seen something: a conversation up to here, an alarm, a list on paper."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from jitclient import carrying_out
from jitclient.forks import FORK
from jitclient.place import place
from jitclient.session import Session
from localstore import alarms, custody, devices, messages, outside, spaces
from localstore.connection import transaction
from protocol.errors import LogForkError
from protocol.ids import SpaceId


async def mark_read(session: Session, space: SpaceId) -> None:
    """Everything in the conversation was seen."""
    await session.run(_mark_read, session, space)


def _mark_read(session: Session, space: SpaceId) -> None:
    sp = session.stores.space(space)
    with transaction(sp):
        messages.mark_read(sp)
    with transaction(session.stores.device):
        spaces.update_space(session.stores.device, space, unread=0)


async def list_printed(session: Session, space: SpaceId, path: Path, count: int) -> None:
    """A hand-over list left this program as this file."""
    await session.run(_printed, session, space, path, count)


def _printed(session: Session, space: SpaceId, path: Path, count: int) -> None:
    at = place(session, space)
    with transaction(at.sp):
        me, detail = session.identity.name, f"{count} exhibits"
        custody.append(at.sp, "list-printed", me, path.name, detail, at.now)
        outside.note(at.sp, [replace(carrying_out.planned(path, "list"), made_at=at.now)])


async def dismiss_alarm(session: Session, alarm: int) -> None:
    """A person has read an alarm and dealt with it; sending in a forked space starts again."""
    await session.run(_dismiss, session, alarm)


def _dismiss(session: Session, alarm: int) -> None:
    db = session.stores.device
    row = next((a for a in alarms.alarms(db) if a.alarm == alarm), None)
    with transaction(db):
        alarms.dismiss(db, alarm)
        if row is not None and row.code == LogForkError.code and row.space is not None:
            devices.set_setting(db, FORK + row.space.hex(), "")
