"""People with keys, devices and lists, made from a name; and spaces they open."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from crypto import devicelist, handshake, recovery, signatures
from crypto.keys import IdentityKey, KemKey
from crypto.signatures import SigningKey
from protocol import codec
from protocol.api.accounts import Bundle, OneTimeKemKey, OneTimePrekey
from protocol.devicelist import DeviceList
from protocol.ids import DeviceId, SpaceId, UserId
from protocol.membership import (
    Cut,
    Entry,
    EntryKind,
    Genesis,
    Roster,
    agreement_digest,
    key_digest,
)
from protocol.prekeys import OneTimeKem, SignedPrekeys
from protocol.roles import Party, Role
from tests.support.entropy import Seeded

SPACE = SpaceId(b"space-of-testing")
NOW = 1_800_000_000


@dataclass(frozen=True, kw_only=True)
class Person:
    """A person with one device."""

    name: str
    user: UserId
    device: DeviceId
    root: bytes
    usk: SigningKey
    dsk: SigningKey
    dik: IdentityKey
    spk: IdentityKey
    opk: IdentityKey
    kem: KemKey
    once: KemKey
    signed_list: bytes

    @property
    def listed(self) -> DeviceList:
        return devicelist.read_list(self.signed_list, self.user)

    @property
    def user_key(self) -> bytes:
        return key_digest(codec.encode(self.usk.public))

    @property
    def own(self) -> handshake.Own:
        return handshake.Own(
            user=self.user, device=self.device, signing=self.dsk.public, identity=self.dik
        )

    @property
    def peer(self) -> handshake.Peer:
        return handshake.Peer(
            user=self.user,
            device=self.device,
            signing=self.dsk.public,
            identity=self.dik.public,
        )

    def bundle(self, *, one_time: bool = True, expires: int = NOW + 1000) -> Bundle:
        """What the store would hand out for this device."""
        prekeys = SignedPrekeys(
            version=1,
            device=self.device,
            spk_id=1,
            spk=self.spk.public,
            kem_id=2,
            kem=self.kem.public,
            created=NOW - 1000,
            expires=expires,
        )
        signed = signatures.sign(self.dsk, self.device, prekeys)
        if not one_time:
            return Bundle(device=self.device, signed=signed, one_time=None, kem=None)
        once = OneTimeKem(version=1, device=self.device, kem_id=3, kem=self.once.public)
        return Bundle(
            device=self.device,
            signed=signed,
            one_time=OneTimePrekey(id=4, key=self.opk.public),
            kem=OneTimeKemKey(
                id=3, key=self.once.public, signature=signatures.sign_once(self.dsk, once)
            ),
        )


def make_person(name: str) -> Person:
    """The same name gives the same person."""
    entropy = Seeded(name.encode())
    user = UserId(hashlib.blake2b(b"user" + name.encode(), digest_size=16).digest())
    device = DeviceId(hashlib.blake2b(b"device" + name.encode(), digest_size=16).digest())
    root, dsk = recovery.new_root(entropy), SigningKey.generate(entropy)
    usk = recovery.user_key(root)
    dik = IdentityKey.generate(entropy)
    return Person(
        name=name,
        user=user,
        device=device,
        root=root,
        usk=usk,
        dsk=dsk,
        dik=dik,
        spk=IdentityKey.generate(entropy),
        opk=IdentityKey.generate(entropy),
        kem=KemKey.generate(entropy),
        once=KemKey.generate(entropy),
        signed_list=devicelist.first_list(user, usk, device, dsk.public, dik.public),
    )


ALICE = make_person("alice")
BOB = make_person("bob")
CAROL = make_person("carol")
MALLORY = make_person("mallory")


def lists(*people: Person) -> dict[UserId, DeviceList]:
    """Their device lists, as `follow` takes them."""
    return {person.user: person.listed for person in people}


def genesis(creator: Person, party: Party = Party.MEMBER_STATE) -> Genesis:
    """A genesis by `creator`."""
    return Genesis(
        version=1,
        suite=1,
        agreement=agreement_digest("JIT 12/2026"),
        signed_on="2026-01-02",
        retention_days=0,
        verified_only=False,
        party=party,
        actor_user=creator.user,
        actor_device=creator.device,
        user_key=creator.user_key,
        list_seq=creator.listed.seq,
        list_head=devicelist.list_head(creator.signed_list),
        card=bytes(72),
        claimed_at=NOW,
    )


def entry(
    roster: Roster,
    actor: Person,
    kind: EntryKind,
    *,
    subject: Person | None = None,
    role: Role | None = None,
    party: Party | None = None,
    cut: tuple[Cut, ...] = (),
) -> Entry:
    """The next entry after `roster`; an ADD names the subject's keys."""
    names_keys = kind is EntryKind.ADD and subject is not None
    return Entry(
        version=1,
        space=roster.space,
        seq=roster.seq + 1,
        prev=roster.head,
        kind=kind,
        actor_user=actor.user,
        actor_device=actor.device,
        subject=None if subject is None else subject.user,
        role=role,
        party=party,
        user_key=subject.user_key if names_keys and subject else None,
        list_seq=subject.listed.seq if names_keys and subject else None,
        list_head=(devicelist.list_head(subject.signed_list) if names_keys and subject else None),
        since=None,
        verified_only=None,
        cut=cut,
        note=b"",
        claimed_at=NOW,
    )
