"""What a person does about her own devices, in the office."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol, TypeVar

from crypto import devicelist
from jitclient import announcing
from jitclient.session import Session
from localstore import owndevices
from localstore.connection import transaction
from localstore.owndevices import PendingList
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
