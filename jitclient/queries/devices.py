"""Devices as rows: one's own with their names, a member's as the log names them."""

from __future__ import annotations

from collections.abc import Sequence

from crypto import devicelist
from jitclient import knowing, spacewise
from jitclient.announcing import own_list
from jitclient.deviceviews import DeviceRow, KeyChangeRow
from jitclient.foundation.text import visible
from jitclient.ownlist import print_of, unknown
from jitclient.session import WIPED_STATES, Session
from localstore import owndevices, people, spaces
from protocol.api.accounts import OwnDeviceRow
from protocol.devicelist import DeviceEntry
from protocol.errors import NotFoundError, RefusedError
from protocol.ids import DeviceId, SpaceId, UserId

UNKNOWN = "not known here"


def own(
    session: Session, at_store: Sequence[OwnDeviceRow] = (), newest: bytes = b""
) -> tuple[DeviceRow, ...]:
    """One's own devices, this one first, revoked ones last.

    Args:
        session: whose.
        at_store: when each signed in last, as the store says; empty when it is out of reach.
        newest: the store's newest list of this person: a device in it that this one does not know
            of is shown as such. Empty when it is out of reach.
    """
    mine = own_list(session)
    if mine is None:
        return ()
    names = owndevices.own_devices(session.stores.device)
    seen = {row.device: row.last_seen for row in at_store}

    def row(device: bytes, entry: DeviceEntry | None, name: str | None = None) -> DeviceRow:
        known = names.get(device)
        return DeviceRow(
            device=DeviceId(device),
            name=name or (visible(known.name) if known else ""),
            this=device == session.device,
            added_at=known.added_at if known else None,
            last_seen=seen.get(device),
            revoked=entry is None,
            fingerprint=print_of(entry) if entry else "",
        )

    rows = [row(entry.device, entry) for entry in mine.devices]
    rows += [row(entry.device, entry, UNKNOWN) for entry in _strange(session, newest)]
    rows += [row(device, None) for device in mine.revoked]
    return tuple(sorted(rows, key=lambda r: (not r.this, r.revoked, r.name.casefold(), r.device)))


def _strange(session: Session, newest: bytes) -> list[DeviceEntry]:
    mine = own_list(session)
    me = people.person(session.stores.device, session.user)
    if not newest or mine is None or me is None:
        return []
    try:
        shown = devicelist.read_list(newest, session.user, user_key=me.user_key)
    except RefusedError:
        return []  # nothing that is not signed by the person is shown as hers
    gone = set(mine.revoked)
    return [entry for entry in unknown(mine, shown) if entry.device not in gone]


def of_member(session: Session, space: SpaceId, user: UserId) -> tuple[DeviceRow, ...]:
    """Every device that a member ever had in a space, those that are gone last.

    Raises:
        NotFoundError: never a member.
    """
    log = session.log(space)
    if log.member_or_former(user) is None:
        raise NotFoundError("This person is not a member of the space.")
    names = owndevices.own_devices(session.stores.device) if user == session.user else {}
    rows = []
    for device, (owner, entry) in log.ever.items():
        if owner != user:
            continue
        known = names.get(device)
        rows.append(
            DeviceRow(
                device=device,
                name=visible(known.name) if known else "",
                this=device == session.device,
                added_at=None,
                last_seen=None,
                revoked=log.device(user, device) is None,
                fingerprint=print_of(entry),
            )
        )
    return tuple(sorted(rows, key=lambda r: (r.revoked, r.device)))


def key_changes(session: Session) -> tuple[KeyChangeRow, ...]:
    """Members with a new key about which nobody has decided here.

    Those let in again, oldest first; then for each space who was added by a strange key.
    """
    rows = []
    for change in people.undecided(session.stores.device):
        user = UserId(change.user)
        rows.append(
            KeyChangeRow(
                user=user,
                name=session.name_of(user),
                by=session.name_of(UserId(change.by)),
                at=change.at,
                spaces=_spaces_with(session, user, change.new_key),
            )
        )
    for record in spaces.spaces(session.stores.device):
        if record.state in WIPED_STATES or record.log_seq < 0:
            continue
        space = SpaceId(record.space)
        rows += [
            KeyChangeRow(
                user=member.user,
                name=session.name_of(member.user),
                by=session.name_of(UserId(entry.actor_user)),
                at=entry.claimed_at,
                spaces=(space,),
            )
            for member, entry in spacewise.attempt(session, space, knowing.strange_members) or ()
        ]
    return tuple(rows)


def _spaces_with(session: Session, user: UserId, user_key: bytes) -> tuple[SpaceId, ...]:
    found = []
    for record in spaces.spaces(session.stores.device):
        if record.state in WIPED_STATES or record.log_seq < 0:
            continue
        member = session.log(SpaceId(record.space)).roster.members.get(user)
        if member is not None and member.user_key == user_key:
            found.append(SpaceId(record.space))
    return tuple(found)
