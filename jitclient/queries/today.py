"""What waits for this person over all spaces: small questions, one space at a time."""

from __future__ import annotations

from typing import Final

from jitclient import spacewise
from jitclient.foundation.text import visible
from jitclient.queries.devices import key_changes
from jitclient.recipients import trust_of
from jitclient.session import WIPED_STATES, Session
from jitclient.todayviews import DAY, WARNED_AT, NeedKind, NeedRow, warned
from jitclient.views import Trust
from localstore import ending, evidence, mentions, spaces
from localstore.spaces import SpaceRecord
from protocol.ids import SpaceId
from protocol.limits import RETENTION_SECONDS

WARNED_DAYS: Final = 14
"""How long before the local copies go it is said first."""
OWED_DAYS: Final = 28
"""How long a device that has not confirmed a wipe is named here; its space names it for good."""
_BROKEN: Final = ("failed", "corrupted")


def at_large(session: Session) -> list[NeedRow]:
    """What device.db alone knows: unread messages, deadlines, keys, receipts that are owed."""
    now = session.clock.now()
    found = _keys(session)
    for record in spaces.spaces(session.stores.device):
        if record.state in WIPED_STATES:
            found += _owed(session, record, now)
            continue
        if record.unread:
            found.append(_need(NeedKind.UNREAD, record, count=record.unread))
        if record.deadline is not None and record.deadline - now < (WARNED_DAYS + 1) * DAY:
            found.append(_need(NeedKind.DEADLINE, record, at=record.deadline))
    return found


def inside(session: Session, space: SpaceId) -> list[NeedRow]:
    """What the space itself knows: transfers that stand still, members never compared with."""
    return spacewise.attempt(session, space, _inside) or []


def _inside(session: Session, space: SpaceId) -> list[NeedRow]:
    record = spaces.space(session.stores.device, space)
    if record is None:
        return []
    found = []
    sp = session.stores.space(space)
    if mentioned := mentions.unread_of_me(sp):
        found.append(_need(NeedKind.MENTION, record, count=mentioned))
    standing = evidence.count_standing(sp)
    if broken := sum(standing.get(one, 0) for one in _BROKEN):
        found.append(_need(NeedKind.BROKEN, record, count=broken))
    if paused := standing.get("paused", 0):
        found.append(_need(NeedKind.PAUSED, record, count=paused))
    leaving = _leaving(session, space)
    if leaving:
        found.append(_need(NeedKind.ERASURE, record, count=len(leaving), at=leaving[0]))
    roster = session.log(space).roster
    unsure = [
        session.name_of(one.user)
        for one in roster.members.values()
        if trust_of(session, one.user, one.user_key) is Trust.UNVERIFIED
    ]
    if unsure and session.user in roster.members:
        names = tuple(sorted(unsure))
        found.append(_need(NeedKind.UNVERIFIED, record, count=len(unsure), names=names))
    return found


def warnings(session: Session) -> int:
    """How many warnings are due that the store erases what is not here yet, over all spaces."""
    now = session.clock.now()
    return sum(
        warned(at, now)
        for space in spacewise.at_work(session)
        for at in spacewise.attempt(session, space, _leaving) or ()
    )


def _leaving(session: Session, space: SpaceId) -> list[int]:
    now = session.clock.now()
    first = RETENTION_SECONDS - WARNED_AT[0] * DAY
    return ending.leaving(session.stores.space(space), now, now + first)


def _keys(session: Session) -> list[NeedRow]:
    found = []
    for change in key_changes(session):
        for space in change.spaces[:1]:  # one decision serves all of them
            record = spaces.space(session.stores.device, space)
            if record is not None:
                found.append(_need(NeedKind.KEY, record, at=change.at, names=(change.name,)))
    return found


def _owed(session: Session, record: SpaceRecord, now: int) -> list[NeedRow]:
    ended = record.closed_at
    if ended is None or now - ended > OWED_DAYS * DAY:
        return []
    db = session.stores.device
    have = {one.device for one in spaces.wipes(db, record.space)}
    missing = [one for one in spaces.closed_devices(db, record.space) if one.device not in have]
    if not missing:
        return []
    names = tuple(sorted({visible(one.name) for one in missing}))
    need = NeedKind.UNCONFIRMED
    return [_need(need, record, count=len(missing), at=ended, names=names)]


def _need(
    kind: NeedKind,
    record: SpaceRecord,
    *,
    count: int = 1,
    at: int = 0,
    names: tuple[str, ...] = (),
) -> NeedRow:
    return NeedRow(
        kind=kind,
        space=SpaceId(record.space),
        title=record.title,
        count=count,
        at=at,
        names=names,
    )
