"""A person has seen something: a conversation up to here, or an alarm."""

from __future__ import annotations

from jitclient.session import Session
from localstore import alarms, messages, spaces
from localstore.connection import transaction
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


async def dismiss_alarm(session: Session, alarm: int) -> None:
    """A person has read an alarm and dealt with it."""
    await session.run(_dismiss, session, alarm)


def _dismiss(session: Session, alarm: int) -> None:
    with transaction(session.stores.device):
        alarms.dismiss(session.stores.device, alarm)
