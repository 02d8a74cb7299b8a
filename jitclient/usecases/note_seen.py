"""A person has seen something: a conversation up to here, an alarm."""

from __future__ import annotations

from jitclient.forks import FORK
from jitclient.session import Session
from localstore import alarms, devices, messages, spaces
from localstore.connection import transaction
from protocol.errors import LogForkError
from protocol.ids import SpaceId


async def mark_read(session: Session, space: SpaceId) -> None:
    """Everything in the conversation was seen. While the disk refuses it stays unread."""
    if not session.disk:
        await session.run(_mark_read, session, space)


def _mark_read(session: Session, space: SpaceId) -> None:
    sp = session.stores.space(space)
    with transaction(sp):
        messages.mark_read(sp)
    with transaction(session.stores.device):
        spaces.update_space(session.stores.device, space, unread=0)


async def dismiss_alarm(session: Session, alarm: int) -> None:
    """A person has read an alarm and dealt with it; sending in a forked space starts again."""
    await session.run(_dismiss, session, alarm)


async def recall_alarm(session: Session, alarm: int) -> None:
    """An alarm was dismissed by mistake: it stands again, and what it held back is held back."""
    await session.run(_recall, session, alarm)


def _recall(session: Session, alarm: int) -> None:
    db = session.stores.device
    row = next((a for a in alarms.alarms(db, dismissed=True) if a.alarm == alarm), None)
    if row is None:
        return
    with transaction(db):
        alarms.recall(db, alarm)
        if row.code == LogForkError.code and row.space is not None:
            devices.set_setting(db, FORK + row.space.hex(), row.sentence)


def _dismiss(session: Session, alarm: int) -> None:
    db = session.stores.device
    row = next((a for a in alarms.alarms(db) if a.alarm == alarm), None)
    with transaction(db):
        alarms.dismiss(db, alarm)
        if row is not None and row.code == LogForkError.code and row.space is not None:
            devices.set_setting(db, FORK + row.space.hex(), "")
