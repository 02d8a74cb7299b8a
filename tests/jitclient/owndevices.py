"""What a person does about her own devices, in the office."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol, TypeVar

from crypto import devicelist
from jitclient import announcing
from jitclient.session import Session
from jitclient.usecases import renew_member
from localstore import owndevices
from localstore.connection import transaction
from localstore.owndevices import PendingList
from protocol.devicelist import DeviceEntry
from protocol.ids import DeviceId, SpaceId, UserId
from tests.support.people import Person, make_person

T = TypeVar("T")


class OwnDevices(Protocol):
    """The part of `Office` that links and revokes; the rest of it is asked for below."""

    people: dict[str, Person]
    newest: dict[UserId, bytes]

    def on(self, name: str, function: Callable[..., T], *args: object, **named: object) -> T:
        """See `Office.on`."""
        ...

    def open(self, name: str, who: Person) -> None:
        """See `Office.open`."""
        ...

    def put_list(self, user: UserId, signed: bytes) -> None:
        """See `Office.put_list`."""
        ...

    def introduce(self, name: str, other: str) -> None:
        """See `Office.introduce`."""
        ...

    def append(self, admin: str, space: SpaceId, signed: bytes) -> None:
        """See `Office.append`."""
        ...

    # --- one's own devices -------------------------------------------------------------------

    def link(self, name: str, other: str) -> None:
        """Give the person of device `name` another device, and announce it where that stands."""
        owner, fresh = self.people[name], make_person(other)
        signed = devicelist.add_device(
            self.newest[owner.user], owner.usk, fresh.device, fresh.dsk.public, fresh.dik.public
        )
        self.change_devices(name, signed)
        who = replace(fresh, name=owner.name, user=owner.user, root=owner.root, usk=owner.usk)
        self.open(other, replace(who, signed_list=signed))
        for known in [n for n, p in self.people.items() if p.user != owner.user]:
            self.introduce(other, known)
        self.announce(name)

    def revoke(self, name: str, other: str) -> None:
        """Let device `name` revoke another one of its person, and announce it."""
        owner = self.people[name]
        signed = devicelist.revoke_device(
            self.newest[owner.user], owner.usk, self.people[other].device
        )
        self.change_devices(name, signed)
        self.announce(name)

    def reinvite(self, name: str, other: str) -> None:
        """Let the person of `name`, who lost every device, enrol again as device `other`."""
        lost, fresh = self.people[name], make_person(other)
        signed = devicelist.first_list(
            lost.user, fresh.usk, fresh.device, fresh.dsk.public, fresh.dik.public
        )
        who = replace(fresh, name=lost.name, user=lost.user, signed_list=signed)
        self._begin_again(lost, other, who)

    def restore(self, name: str, other: str) -> None:
        """Let the person of `name` come back on device `other` with a recovery sheet."""
        lost, fresh = self.people[name], make_person(other)
        entry = DeviceEntry(
            version=1,
            device=fresh.device,
            signing=fresh.dsk.public,
            identity=fresh.dik.public,
            added_seq=1,
        )
        signed = devicelist.restore_device(self.newest[lost.user], lost.usk, entry, [lost.device])
        keys = replace(fresh, name=lost.name, user=lost.user, root=lost.root, usk=lost.usk)
        self._begin_again(lost, other, replace(keys, signed_list=signed))

    def _begin_again(self, lost: Person, other: str, who: Person) -> None:
        self.put_list(who.user, who.signed_list)
        self.open(other, who)
        for known in [n for n, p in self.people.items() if p.user != lost.user]:
            self.introduce(other, known)

    def renew(self, admin: str, space: SpaceId, name: str) -> None:
        """Let an administrator put the newest devices of a person into a log."""
        user = self.people[name].user
        signed = self.on(admin, renew_member._renewal, space, user, self.newest[user])
        self.append(admin, space, signed)

    def change_devices(self, name: str, signed: bytes) -> None:
        """Save a person's next list at one device; nothing is handed in yet."""
        self.on(name, _set_pending, signed)

    def announce(self, name: str) -> None:
        """Hand in what waits, then say so in every space that names an older list."""
        pending = self.on(name, lambda s: owndevices.pending(s.stores.device))
        if pending is not None:
            self.put_list(self.people[name].user, pending.signed)
            self.on(name, announcing._handed_in, pending)
        for space in self.on(name, announcing._due):
            entry = self.on(name, announcing._entry, space)
            assert entry is not None
            self.append(name, space, entry)

    def device(self, name: str) -> DeviceId:
        """The id of a device."""
        return self.people[name].device


def _set_pending(session: Session, signed: bytes) -> None:
    with transaction(session.stores.device):
        owndevices.set_pending(
            session.stores.device, PendingList(signed=signed, slot=b"", grant_=b"")
        )
