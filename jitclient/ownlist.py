"""One's own device list before it is changed: what to build on, and what must not be built on.

Spec: docs/protocol/41-membership.md §4.
"""

from __future__ import annotations

from crypto import devicelist, fingerprint, recovery
from crypto.signatures import SigningKey
from jitclient.announcing import own_list
from jitclient.errors import UnknownDeviceError
from jitclient.session import Session
from localstore import people
from protocol import codec
from protocol.devicelist import DeviceEntry, DeviceList
from protocol.errors import DamagedStoreError, LogForkError, LogRollbackError, RefusedError
from protocol.ids import DeviceId, UserId
from protocol.records import SigningPublic
from sync.api import StoreApi


def user_key(session: Session) -> SigningKey:
    """The person's signing key, made from the root for one signature."""
    return recovery.user_key(session.identity.user_root)


def print_of(entry: DeviceEntry) -> str:
    """The fingerprint of a device, as both ends of a linking show it."""
    return print_of_keys(entry.signing, entry.identity)


def print_of_keys(signing: SigningPublic, identity: bytes) -> str:
    """The same, of keys that stand in no list yet."""
    return fingerprint.of_device(codec.encode(signing), identity)


async def newest(session: Session, api: StoreApi, *, without: DeviceId | None = None) -> bytes:
    """The list to build the next one on: the store's newest, if this device may stand by it.

    It may not hold a device that this one does not know of, but for `without`, which is about to
    be revoked: a device that was revoked and kept the user root could have put it there.

    Raises:
        UnknownDeviceError: it holds such a device.
        LogRollbackError, LogForkError, KeySubstitutedError: it is not this person's newest.
        StoreUnreachableError.
    """
    signed = await api.device_list(session.user)
    try:
        return await session.run(_checked, session, signed, without)
    except RefusedError as error:
        await session.run(session.alarm, None, error, key="own-devices")
        raise


def _checked(session: Session, signed: bytes, without: DeviceId | None) -> bytes:
    mine = own_list(session)
    me = people.person(session.stores.device, session.user)
    if mine is None or me is None:
        raise DamagedStoreError("The profile's database holds no device list.")
    shown = devicelist.read_list(signed, UserId(session.user), user_key=me.user_key)
    if shown.seq < mine.seq:
        raise LogRollbackError("The store shows an older list of your devices than this one knows.")
    if shown.seq == mine.seq and shown != mine:
        raise LogForkError("The store shows another list of your devices than this one knows.")
    if not set(mine.revoked) <= set(shown.revoked):
        raise LogForkError("The store shows a list of your devices that forgets a revocation.")
    strange = [e for e in unknown(mine, shown) if e.device != without]
    if strange:
        raise UnknownDeviceError(
            f"The store shows a device of yours that this one does not know of "
            f"({print_of(strange[0])}). If you linked it at another device just now, synchronise "
            "there and here, and try again. If not, revoke it."
        )
    return signed


def unknown(mine: DeviceList, shown: DeviceList) -> list[DeviceEntry]:
    """Devices of a list that the one known here does not have."""
    known = {entry.device for entry in mine.devices}
    return [entry for entry in shown.devices if entry.device not in known]
