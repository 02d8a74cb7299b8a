"""Spaces with members, messages and wipe receipts, as devices would send them."""

from __future__ import annotations

import os
from dataclasses import dataclass

import httpx
import msgspec

from crypto import signatures
from protocol import codec, logrules
from protocol.api import paths
from protocol.api.spaces import AppendRequest, CreateSpaceRequest, PostMessageRequest, WipeRequest
from protocol.envelope import Envelope, EnvelopeKind
from protocol.ids import DeviceId, EnvelopeId, MailboxId, SpaceId, mailbox_id
from protocol.membership import Entry, EntryKind, Roster, agreement_digest
from protocol.receipts import Receipt, ReceiptKind
from protocol.roles import Party, Role
from tests.centralstore.client import Device, enrolled
from tests.support import people
from tests.support.store import StoreHandle


@dataclass
class Team:
    """A space, its administrator, and the roster as its members know it."""

    admin: Device
    roster: Roster

    @property
    def space(self) -> SpaceId:
        return self.roster.space

    def entry(
        self,
        kind: EntryKind,
        subject: Device | None = None,
        role: Role | None = None,
        party: Party | None = None,
        actor: Device | None = None,
    ) -> Entry:
        """The next entry by the administrator (or `actor`)."""
        return people.entry(
            self.roster,
            (actor or self.admin).person,
            kind,
            subject=None if subject is None else subject.person,
            role=role,
            party=party,
        )

    def hand_in(self, entry: Entry, by: Device | None = None) -> httpx.Response:
        """Sign and append; the roster follows when the store took it."""
        device = by or self.admin
        signed = signatures.sign(device.person.dsk, device.person.device, entry)
        answer = device.ask("POST", paths.log(self.space), AppendRequest(entry=signed))
        if answer.is_success:
            self.roster = logrules.extend(self.roster, entry, codec.encode(entry))
        return answer

    def add(
        self, subject: Device, role: Role = Role.INVESTIGATOR, party: Party = Party.MEMBER_STATE
    ) -> httpx.Response:
        return self.hand_in(self.entry(EntryKind.ADD, subject, role, party))

    def remove(self, subject: Device) -> httpx.Response:
        return self.hand_in(self.entry(EntryKind.REMOVE, subject))

    def close(self) -> httpx.Response:
        return self.hand_in(self.entry(EntryKind.CLOSE))


def signed_genesis(device: Device, agreement: str, **changes: object) -> tuple[bytes, Roster]:
    """A genesis by `device`; the roster it would make."""
    made = msgspec.structs.replace(
        people.genesis(device.person), agreement=agreement_digest(agreement), **changes
    )
    roster = logrules.begin(made, codec.encode(made))
    return signatures.sign(device.person.dsk, device.person.device, made), roster


def open_space(device: Device, agreement: str | None = None) -> Team:
    """A space opened by `device`."""
    signed, roster = signed_genesis(device, agreement or os.urandom(8).hex())
    answer = device.ask("POST", paths.SPACES, CreateSpaceRequest(genesis=signed))
    assert answer.status_code == 201, answer.text
    return Team(device, roster)


def team_of(store: StoreHandle, *names: str) -> tuple[Team, tuple[Device, ...]]:
    """A space of the people named, the first its administrator."""
    devices = tuple(enrolled(store, name) for name in names)
    team = open_space(devices[0])
    for device in devices[1:]:
        assert team.add(device).is_success
    return team, devices


def envelope(space: SpaceId, sender: Device, to: Device, body: bytes = b"sealed") -> bytes:
    """One envelope, packed."""
    return Envelope(
        kind=EnvelopeKind.MSG,
        to=MailboxId(mailbox_id(space, to.person.device)),
        sender=mailbox_id(space, sender.person.device),
        id=EnvelopeId(os.urandom(16)),
        body=body,
    ).pack()


def message(
    space: SpaceId, sender: Device, *to: Device, body: bytes = b"sealed body"
) -> PostMessageRequest:
    """A message with one envelope per recipient."""
    return PostMessageRequest(
        message=os.urandom(16),
        body=body,
        envelopes=tuple(envelope(space, sender, one) for one in to),
    )


def wiped(
    team: Team, device: Device, kind: ReceiptKind = ReceiptKind.WIPED, seq: int = 1
) -> WipeRequest:
    """A signed wipe receipt."""
    receipt = Receipt(
        version=1,
        kind=kind,
        space=team.space,
        message=bytes(16),
        subject=team.roster.head,
        sha256=None,
        device=device.person.device,
        device_seq=seq,
        prev=bytes(32),
        log_seq=team.roster.seq,
        log_head=team.roster.head,
        remaining="",
        claimed_at=people.NOW,
        nonce=os.urandom(16),
    )
    signed = signatures.sign(device.person.dsk, device.person.device, receipt)
    return WipeRequest(receipt=signed)


def device_of(device: Device) -> DeviceId:
    """Its id."""
    return device.person.device
