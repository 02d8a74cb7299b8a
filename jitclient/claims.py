"""Claiming bundles: for whom one is wanted, whether it is good, and what is said when it is not.

A device for which no usable bundle can be had holds up nobody else: what is written for it waits
(docs/protocol/40-messages.md §5). Runs on the database thread.
"""

from __future__ import annotations

from crypto import handshake
from crypto.errors import PrekeysExpiredError
from jitclient import healing, knowing, pairs
from jitclient.session import Session
from localstore import sessions
from localstore.connection import Connection, transaction
from protocol import codec
from protocol.api.accounts import Bundle
from protocol.devicelist import DeviceEntry
from protocol.errors import JitError, RefusedError, TryAgainError
from protocol.ids import DeviceId, SpaceId, UserId
from protocol.limits import LINK_SECONDS

_WAITS = (
    "What is written for {name} waits on this device until then; everybody else receives it now."
)


class NoPrekeysError(TryAgainError):
    """The store hands out no keys of a device."""

    code = "no-prekeys"


def wanted(session: Session, space: SpaceId) -> list[tuple[SpaceId, DeviceId]]:
    """Devices of members (one's own others too) with which a session is to be started.

    There is no bundle here yet, and no session, or the one in use is old or used enough to be
    renewed, or something of the device did not open. None of a member by a key that this device
    does not know: nothing is sent to it before a person has decided.
    """
    sp, log = session.stores.space(space), session.log(space)
    if not log.admits(session.user, session.device):
        return []
    keys = {user: member.user_key for user, member in log.roster.members.items()}
    strange = {user for user, key in keys.items() if knowing.is_strange(session, user, key)}
    peers = log.peers(session.device)
    listed = [DeviceId(entry.device) for user, entry in peers if user not in strange]
    return [
        (space, device)
        for device in listed
        if not sessions.has_bundle(sp, device)
        and _start_wanted(sp, device, session.clock.now())
        and sessions.may_claim(sp, device, session.clock.now())
    ]


def _start_wanted(sp: Connection, device: DeviceId, now: int) -> bool:
    known = sessions.sessions(sp, device)
    return not known or pairs.is_due(known[0], now) or healing.reset_wanted(sp, device, now)


def keep(session: Session, space: SpaceId, device: DeviceId, bundle: Bundle) -> None:
    """Check a claimed bundle and keep it; of one that is unfit tell, and ask for none soon."""
    found = _owner(session, space, device)
    if found is None:
        return
    user, entry = found
    name = session.name_of(user)
    try:
        handshake.read_bundle(bundle, pairs.peer(user, entry), now=session.clock.now())
    except PrekeysExpiredError:
        told: JitError = PrekeysExpiredError(
            f"{name} has been away for so long that the keys to start writing with have run out. "
            f"They are renewed when {name} opens the program again. {_WAITS.format(name=name)}"
        )
        _failed(session, space, device, told)
        return
    except RefusedError as error:
        told = type(error)(
            f"The store shows session keys of {name} that are not theirs: "
            f"{error.sentence} Nothing is sealed to them.",
            code=error.reason,
        )
        _failed(session, space, device, told)
        return
    sp = session.stores.space(space)
    with transaction(sp):
        if bundle.one_time is None:
            sessions.count_drained(sp, device)
        sessions.save_bundle(sp, device, codec.encode_json(bundle), session.clock.now())


def refused(session: Session, space: SpaceId, device: DeviceId) -> None:
    """The store would not hand out a bundle at all."""
    found = _owner(session, space, device)
    if found is None:
        return
    if _just_linked(session, space, found):
        return
    name = session.name_of(found[0])
    told = NoPrekeysError(
        f"The store has no keys to start writing to {name} with, or withholds them. It is asked "
        f"again from time to time. {_WAITS.format(name=name)}"
    )
    _failed(session, space, device, told)


def _just_linked(session: Session, space: SpaceId, found: tuple[UserId, DeviceEntry]) -> bool:
    """Whether a further device has had no time yet to publish its keys; nothing is told then."""
    user, entry = found
    if len(session.log(space).devices((user,))) == 1:
        return False
    sp, now = session.stores.space(space), session.clock.now()
    known = sessions.failed_claim(sp, entry.device)
    if known is None:
        with transaction(sp):
            sessions.note_failed_claim(sp, entry.device, now, sessions.JUST_LINKED)
        return True
    return known[1] == sessions.JUST_LINKED and now - known[0] < LINK_SECONDS


def _owner(session: Session, space: SpaceId, device: DeviceId) -> tuple[UserId, DeviceEntry] | None:
    log = session.log(space)
    peers = log.peers(session.device)
    return next(((user, entry) for user, entry in peers if entry.device == device), None)


def _failed(session: Session, space: SpaceId, device: DeviceId, told: JitError) -> None:
    """Tell it, once for each reason, and do not spend another of his one-time keys for a while."""
    sp = session.stores.space(space)
    with transaction(sp):
        new = sessions.note_failed_claim(sp, device, session.clock.now(), told.reason)
    if sessions.sessions(sp, device) and isinstance(told, NoPrekeysError | PrekeysExpiredError):
        return  # the session there is goes on: nothing waits, nobody is accused
    if new or (isinstance(told, RefusedError) and not isinstance(told, PrekeysExpiredError)):
        session.alarm(space, told, key=device.hex())
