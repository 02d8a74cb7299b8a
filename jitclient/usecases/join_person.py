"""Becoming a further device of somebody, at the new device: ask, show the code, join.

Nothing is on the disk before the person has said yes to what the other device answered; then the
profile is made at once, whole. Spec: docs/protocol/21-linking.md.
"""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import Final

from crypto import fingerprint, linking, recovery
from crypto.entropy import Entropy
from crypto.keys import IdentityKey
from crypto.linking import Asked
from crypto.signatures import SigningKey
from jitclient import newprofile
from jitclient.deviceviews import Joining
from jitclient.errors import LinkEndedError
from jitclient.foundation.clock import Clock
from jitclient.foundation.text import check_line, visible
from jitclient.newprofile import Beginning
from jitclient.session import Session
from jitclient.unlocking import close_session, enrolled
from jitclient.usecases.enrol import STORE_TIMEOUT, check_passphrase
from localstore import owndevices
from localstore.connection import transaction
from localstore.devices import Identity
from localstore.owndevices import OwnDevice
from localstore.profile import Profile
from protocol import codec
from protocol import linking as records
from protocol.errors import AlreadyEnrolledError, NotFoundError
from protocol.ids import DeviceId, UserId
from protocol.limits import MAX_DEVICE_NAME_CHARS
from protocol.linking import LinkGrant
from sync.api import StoreApi
from sync.transport import Transport

LOOK_SECONDS: Final = 10
"""The store may keep one question open for so long; below STORE_TIMEOUT."""
SHOWN_GROUPS: Final = 3


def preview(line: str) -> Joining:
    """Whom a line would join, before anything is sent.

    Raises:
        BadInputError: not a line that links a device.
    """
    offer = records.from_text(line)
    name = visible(offer.name)
    return Joining(name=name, authority="", store=offer.address, fingerprint="", code="")


class NewDevice:
    """Keys of a device that asks to be linked, in memory until `join`."""

    def __init__(self, folder: Path, line: str, name: str, entropy: Entropy) -> None:
        if enrolled(folder):
            raise AlreadyEnrolledError("This profile belongs to somebody already.")
        self.offer = records.from_text(line)
        self.name = check_line(name, "The name of the device", limit=MAX_DEVICE_NAME_CHARS)
        self._folder, self._entropy = folder, entropy
        self._signing = SigningKey.generate(entropy)
        self._identity = IdentityKey.generate(entropy)
        self._device = DeviceId(entropy.token(16))
        public = (self._signing.public, self._identity.public)
        self._asked: Asked = linking.ask(self.offer, self._device, public, self.name, entropy)
        self._granted: LinkGrant | None = None

    @property
    def code(self) -> str:
        """What the person types at the other device."""
        return linking.code(self.offer, self._asked.request.keys)

    async def ask(self) -> None:
        """Leave the request in the slot.

        Raises:
            LinkEndedError: the slot is gone, or another device asked first.
            StoreUnreachableError, StoreIdentityError.
        """
        async with self._transport() as transport:
            try:
                await StoreApi(transport, None).links.request(
                    self.offer.slot, codec.encode(self._asked.request)
                )
            except NotFoundError as error:
                raise LinkEndedError("This offer is over. Make a new one.") from error

    async def answered(self) -> bool:
        """Ask the store once, for up to LOOK_SECONDS, whether the other device has answered.

        Raises:
            LinkEndedError: withdrawn, or the time is over.
            ForgedError, MalformedError: the answer was not made for this device.
        """
        if self._granted is not None:
            return True
        async with self._transport() as transport:
            try:
                left = await StoreApi(transport, None).links.look(
                    self.offer.slot, after=1, wait=LOOK_SECONDS
                )
            except NotFoundError as error:
                raise LinkEndedError("The other device withdrew, or its time is over.") from error
        if not left.grant:
            return False
        self._granted = linking.open_grant(self._asked, left.grant)
        return True

    def joining(self) -> Joining:
        """Whom this device would join, by the answer."""
        given = self._answer()
        key = codec.encode(recovery.user_key(given.user_root).public)
        digits = fingerprint.half(UserId(self.offer.user), key)
        groups = fingerprint.grouped(digits).split()
        return Joining(
            name=visible(given.name),
            authority=visible(given.authority),
            store=self.offer.address,
            fingerprint=" ".join(groups[:SHOWN_GROUPS]),
            code=self.code,
        )

    async def join(self, passphrase: str, clock: Clock) -> Session:
        """Make the profile; returns the unlocked session. The next round does the rest.

        Raises:
            BadInputError: the passphrase is too short.
            AlreadyEnrolledError: the profile belongs to somebody meanwhile.
            DiskError: full or failing; nothing was made, and it can be tried again.
        """
        check_passphrase(passphrase)
        given = self._answer()
        return await asyncio.to_thread(self._make, given, passphrase, clock)

    def forget(self) -> None:
        """Drop an answer that came; the keys go with this object."""
        self._granted = None

    def _make(self, given: LinkGrant, passphrase: str, clock: Clock) -> Session:
        profile = Profile(self._folder)
        try:
            if profile.load_vault() is not None:
                raise AlreadyEnrolledError("This profile belongs to somebody already.")
            session = newprofile.begin(
                profile,
                passphrase,
                "",  # nothing is pending: the store has the list already
                partial(self._beginning, given, clock),
                clock=clock,
                entropy=self._entropy,
            )
        except BaseException:
            profile.close()
            raise
        try:
            session.database.call(partial(_save_names, session, given, self.name))
        except BaseException:
            close_session(session)
            raise
        return session

    def _beginning(self, given: LinkGrant, clock: Clock) -> Beginning:
        offer = self.offer
        identity = Identity(
            user=offer.user,
            device=self._device,
            user_root=given.user_root,
            signing_seed=self._signing.dump(),
            identity_seed=self._identity.dump(),
            name=given.name,
            authority=given.authority,
            country=given.country,
            party=given.party.value,
            store_address=offer.address,
            store_certificate=offer.certificate,
            store_key=offer.store_key,
            enrolled_at=clock.now(),
        )
        return Beginning(identity=identity, list_=given.device_list)

    def _answer(self) -> LinkGrant:
        if self._granted is None:
            raise LinkEndedError("The other device has not answered yet.")
        return self._granted

    def _transport(self) -> Transport:
        return Transport(self.offer.address, self.offer.certificate, timeout=STORE_TIMEOUT)


def _save_names(session: Session, given: LinkGrant, name: str) -> None:
    db = session.stores.device
    now = session.clock.now()
    with transaction(db):
        for one in given.devices:
            owndevices.rename(db, one.device, visible(one.name))
        owndevices.save_device(
            db, OwnDevice(device=session.device, name=visible(name), added_at=now)
        )
