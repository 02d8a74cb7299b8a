"""The part of the desk that is about devices: one's own, those of members, and changed keys."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from jitclient.deviceviews import DeviceRow, KeyChangeRow, KeyOffer, LinkCandidate, LinkOfferView
from jitclient.errors import LinkEndedError
from jitclient.foundation.text import check_line, visible
from jitclient.link import Link
from jitclient.ownlist import print_of_keys
from jitclient.queries import devices as device_rows
from jitclient.session import Session
from jitclient.usecases import decide_key, link_device, renew_member, revoke_device, take_key
from jitclient.usecases.link_device import Offering
from localstore import owndevices
from localstore.connection import transaction
from protocol.api.accounts import OwnDeviceRow
from protocol.errors import StoreUnreachableError
from protocol.ids import DeviceId, SpaceId, UserId
from protocol.limits import MAX_DEVICE_NAME_CHARS
from sync.api import StoreApi


class DeviceDesk:
    """Devices of one unlocked profile. `Desk` is one."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._link = Link(session)
        self.api: StoreApi = self._link.api
        self._offering: Offering | None = None

    async def devices(self) -> tuple[DeviceRow, ...]:
        """One's own devices; when each was seen last only while the store is in reach."""
        at_store: Sequence[OwnDeviceRow] = ()
        newest = b""
        with contextlib.suppress(StoreUnreachableError):
            at_store = await self.api.own_devices()
            newest = await self.api.device_list(self._session.user)
        return await self._session.run(device_rows.own, self._session, at_store, newest)

    async def member_devices(self, space: SpaceId, user: UserId) -> tuple[DeviceRow, ...]:
        """The devices of a member as the log of a space names them, gone ones last."""
        return await self._session.run(device_rows.of_member, self._session, space, user)

    async def rename_device(self, device: DeviceId, name: str) -> None:
        """Call an own device something else, at this one.

        Raises:
            BadInputError: no name, or too long.
        """
        line = check_line(name, "The name of the device", limit=MAX_DEVICE_NAME_CHARS)
        await self._session.run(_rename, self._session, device, line)

    async def revoke_device(self, device: DeviceId, passphrase: str, reason: str) -> None:
        """Revoke an own device; see `usecases.revoke_device`."""
        await revoke_device.revoke_device(
            self._session, self.api, self._link.refresh, device, passphrase, reason
        )

    # --- linking ---------------------------------------------------------------------------------

    async def offer_link(self, passphrase: str) -> LinkOfferView:
        """Offer to link a device; an earlier offer ends. See `usecases.link_device`."""
        self._offering = await link_device.offer(self._session, self.api, passphrase)
        return LinkOfferView(
            line=link_device.line(self._offering), expires_at=self._offering.offer.expires
        )

    async def link_candidate(self) -> LinkCandidate | None:
        """Ask the store once whether a device wants to be linked.

        Raises:
            LinkEndedError: there is no offer, or its time is over.
        """
        offering = self._standing()
        if not await link_device.candidate(self._session, self.api, offering):
            return None
        keys = offering.keys
        print_ = print_of_keys(keys.signing, keys.identity) if keys else ""
        return LinkCandidate(
            name=visible(offering.name), fingerprint=print_, code_length=link_device.CODE_CHARS
        )

    async def approve_link(self, code: str) -> DeviceRow:
        """Link the device that shows `code`; see `usecases.link_device`."""
        offering = self._standing()
        try:
            device = await link_device.approve(
                self._session, self.api, self._link.refresh, offering, code
            )
        except LinkEndedError:
            self._offering = None
            raise
        self._offering = None
        rows = await self._session.run(device_rows.own, self._session)
        return next(row for row in rows if row.device == device)

    async def withdraw_link(self) -> None:
        """End the offer, if there is one."""
        offering, self._offering = self._offering, None
        if offering is not None:
            await link_device.withdraw(self.api, offering)

    def _standing(self) -> Offering:
        if self._offering is None:
            raise LinkEndedError("There is no offer to link a device. Make one.")
        return self._offering

    # --- renewed keys ----------------------------------------------------------------------------

    async def renew_member(self, space: SpaceId, user: UserId) -> None:
        """Let a member in again with new devices; see `usecases.renew_member`."""
        await renew_member.renew_member(self._session, self.api, self._link.refresh, space, user)

    async def key_changes(self) -> tuple[KeyChangeRow, ...]:
        """Members whose key was replaced and about whom nobody has decided here."""
        return await self._session.run(device_rows.key_changes, self._session)

    async def decide_key(self, user: UserId) -> None:
        """Go on with somebody's new key without comparing; see `usecases.decide_key`."""
        await decide_key.decide_key(self._session, user)
        self._link.nudge()

    async def offered_key(self, user: UserId) -> KeyOffer:
        """The key the store shows in place of the one known; see `usecases.take_key`."""
        return await take_key.offered_key(self._session, self.api, user)

    async def take_key(self, user: UserId, new_key: bytes, digits: str | None = None) -> KeyOffer:
        """Go on with that key, compared or not; see `usecases.take_key`."""
        return await take_key.take_key(self._session, self.api, user, new_key, digits)


def _rename(session: Session, device: DeviceId, name: str) -> None:
    with transaction(session.stores.device):
        owndevices.rename(session.stores.device, device, name)
