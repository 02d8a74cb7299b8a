"""What stands before the passphrase: from a folder to a desk, in every way there is."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from crypto import entropy as sources
from jitclient import carrierlock, networking
from jitclient.desk import Desk
from jitclient.deviceviews import Joining
from jitclient.foundation.clock import Clock, SystemClock
from jitclient.unlocking import enrolled
from jitclient.usecases import enrol, join_person, recovery, restore, unlock
from jitclient.usecases.join_person import NewDevice
from jitclient.usecases.restore import Wish
from localstore import keychain
from protocol.invitation import from_text


@dataclass(frozen=True, slots=True)
class InvitationPreview:
    """What an invitation says before anything is done with it."""

    address: str
    fingerprint: str  # SHA-256 of the store's certificate, hex


class Linking:
    """A device that asks to be linked. Nothing is kept before `accept`."""

    def __init__(self, device: NewDevice, clock: Clock) -> None:
        self._device, self._clock = device, clock

    @property
    def code(self) -> str:
        """What is typed at the other device: four groups of four."""
        return self._device.code

    async def wait(self) -> Joining:
        """Until the other device has answered: whom this one would join.

        Raises:
            LinkEndedError: withdrawn, or the time is over.
            StoreUnreachableError: it may be called again.
            RefusedError: the answer was not made for this device.
        """
        while not await self._device.answered():
            pass  # each question stays open at the store for a while
        return self._device.joining()

    async def accept(self, passphrase: str) -> Desk:
        """Join, after the person said yes to what `wait` returned."""
        return Desk(await self._device.join(passphrase, self._clock))

    async def cancel(self) -> None:
        """Give up: the keys go with this object, and the offer runs out by itself."""
        self._device.forget()


class DoorKeeper:
    """One profile folder before it is unlocked; the network is used as machine and profile say.

    Raises:
        ConfigurationError: a file of settings says what cannot be meant.
    """

    def __init__(self, profile_dir: Path, *, clock: Clock | None = None) -> None:
        self.profile_dir = profile_dir
        self.settings = networking.apply(profile_dir)
        self._clock = clock or SystemClock()

    def enrolled(self) -> bool:
        """Whether somebody is enrolled in this profile."""
        return enrolled(self.profile_dir)

    def carrying(self) -> bool:
        """Whether transfers go on while the profile is locked; see `carrier`."""
        return carrierlock.carrying(self.profile_dir)

    def read_invitation(self, text: str) -> InvitationPreview:
        """Read an invitation without using it.

        Raises:
            InvitationError: malformed or altered.
        """
        invitation = from_text(text)
        return InvitationPreview(invitation.address, invitation.certificate.hex())

    async def check_keyring(self) -> bool:
        """Whether the system keeps a keyring this program trusts."""
        return await asyncio.to_thread(keychain.available)

    async def enrol(self, invitation: str, passphrase: str) -> Desk:
        """Enrol this device; see `usecases.enrol`."""
        session = await enrol.enrol(
            self.profile_dir,
            invitation,
            passphrase,
            clock=self._clock,
            entropy=sources.SYSTEM,
        )
        return Desk(session)

    async def go_on(self, passphrase: str) -> Desk:
        """Go on with an enrolment that was cut off; see `usecases.enrol`."""
        session = await enrol.go_on(
            self.profile_dir, passphrase, clock=self._clock, entropy=sources.SYSTEM
        )
        return Desk(session)

    async def unlock(self, passphrase: str) -> Desk:
        """Unlock this profile; see `usecases.unlock`."""
        session = await unlock.unlock(
            self.profile_dir, passphrase, clock=self._clock, entropy=sources.SYSTEM
        )
        return Desk(session)

    def read_link(self, line: str) -> Joining:
        """Read the line of another device without using it; see `usecases.join_person`."""
        return join_person.preview(line)

    async def link(self, line: str, name: str) -> Linking:
        """Ask to become a further device of somebody; see `usecases.join_person`.

        Raises:
            BadInputError: not such a line, or no name; AlreadyEnrolledError: not an empty profile.
            LinkEndedError: the offer is over; StoreUnreachableError, StoreIdentityError.
        """
        device = join_person.NewDevice(self.profile_dir, line, name, sources.SYSTEM)
        await device.ask()
        return Linking(device, self._clock)

    def read_sheet(self, line: str, words: str, *, others_lost: bool) -> Wish:
        """Read a recovery sheet without using it; see `usecases.restore`."""
        return restore.read_sheet(line, words, others_lost=others_lost)

    async def restore(self, wish: Wish, passphrase: str) -> Desk:
        """Become oneself again in this empty profile; see `usecases.restore`."""
        session = await restore.restore(
            self.profile_dir, wish, passphrase, clock=self._clock, entropy=sources.SYSTEM
        )
        return Desk(session)

    async def open_with_words(self, words: str, passphrase: str) -> Desk:
        """Open this profile with its recovery words; see `usecases.recovery`."""
        session = await recovery.open_with_words(
            self.profile_dir, words, passphrase, clock=self._clock, entropy=sources.SYSTEM
        )
        return Desk(session)
