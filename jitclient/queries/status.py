"""The state of this device in one row."""

from __future__ import annotations

from jitclient import logwatch
from jitclient.posting import waiting
from jitclient.queries.spaces import all_spaces
from jitclient.session import Session
from jitclient.usecases import recovery
from jitclient.views import AccessLogRow, AlarmRow, Connection, Status
from localstore import alarms
from protocol.ids import SpaceId


def status(
    session: Session, *, connection: Connection, last_sync: int | None, problem: str
) -> Status:
    """Connection, queue, retention and alarms not yet dismissed."""
    messages, transfers = waiting(session)
    return Status(
        me=session.me(),
        connection=connection,
        last_sync=last_sync,
        waiting_messages=messages,
        waiting_transfers=transfers,
        spaces=all_spaces(session),
        alarms=tuple(
            AlarmRow(
                alarm=a.alarm,
                space=SpaceId(a.space) if a.space else None,
                code=a.code,
                sentence=a.sentence,
                at=a.at,
            )
            for a in alarms.alarms(session.stores.device)
        ),
        keyring=session.keyring,
        problem=problem,
        sheet_at=recovery.confirmed_at(session),
    )


def access_log(session: Session) -> AccessLogRow:
    """What this device remembers of the store's access log."""
    return logwatch.kept(session)
