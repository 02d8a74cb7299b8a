"""Makes `people.json`: a membership log, device lists, lines to copy, safety number, words, vault.

Run by hand where one of them changes: `python -m tests.vectors.make_people`. ML-DSA signatures are
hedged, so every run makes other, equally good ones; all else follows from seeds.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from msgspec.structs import replace

from crypto import devicelist, fingerprint, linking, membership, recovery, vault, words
from crypto.keys import IdentityKey
from crypto.signatures import SigningKey
from jitclient import wordlist
from protocol import codec, textline
from protocol.ids import DeviceId
from protocol.invitation import Invitation
from protocol.linking import LinkGrant, LinkOffer, OwnDevice
from protocol.membership import Cut, EntryKind, Roster, key_digest
from protocol.recovery import RecoveryLine
from protocol.roles import Party, Role
from protocol.verification import VerifyCode
from tests.support.entropy import Seeded
from tests.support.people import ALICE, BOB, CAROL, NOW, Person, entry, genesis, make_person
from tests.vectors.make_formats import hexed

DORA: Final = make_person("dora")
PATH: Final = Path(__file__).with_name("people.json")
WHERE: Final[dict[str, Any]] = {
    "version": 1,
    "address": "store.example:8443",
    "certificate": b"f" * 32,
    "store_key": b"k" * 32,
    "user": ALICE.user,
}
OFFERED: Final = IdentityKey.generate(Seeded(b"offer"))


def _log() -> dict[str, Any]:
    """Alice opens a space, adds three, changes, shares, designates, renews, removes and closes."""
    signed, roster = membership.create(genesis(ALICE), ALICE.dsk)
    entries = [signed]
    root = Seeded(b"renewed").token(32)
    usk, dsk = recovery.user_key(root), SigningKey.generate(Seeded(b"renewed dsk"))
    device, dik = DeviceId(b"device-of-bob-2-"), IdentityKey.generate(Seeded(b"renewed dik"))
    renewed = devicelist.first_list(BOB.user, usk, device, dsk.public, dik.public)
    later = devicelist.add_device(
        ALICE.signed_list, ALICE.usk, DeviceId(b"device-of-alice2"), dsk.public, dik.public
    )

    def write(kind: EntryKind, subject: Person | None = None, **changed: Any) -> Roster:
        base = entry(roster, ALICE, kind, subject=subject)
        signed, after = membership.append(roster, replace(base, **changed), ALICE.dsk)
        entries.append(signed)
        return after

    member = {"party": Party.MEMBER_STATE, "role": Role.INVESTIGATOR}
    roster = write(EntryKind.ADD, BOB, **member)
    roster = write(EntryKind.ADD, CAROL, party=Party.EPPO, role=Role.PROSECUTOR)
    roster = write(EntryKind.ROLE, BOB, role=Role.SECONDED)
    roster = write(EntryKind.HISTORY, CAROL, since=1)
    roster = write(EntryKind.POLICY, verified_only=True)
    roster = write(EntryKind.ADD, DORA, party=Party.THIRD_COUNTRY, role=Role.THIRD_COUNTRY)
    roster = write(EntryKind.CONTROLLER, DORA, user_key=ALICE.user_key, note=b"n" * 72)
    cut = Cut(version=1, device=BOB.device, sender_seq=4, head=b"c" * 32)
    renewal = {
        "user_key": key_digest(codec.encode(usk.public)),
        "list_seq": 1,
        "list_head": devicelist.list_head(renewed),
    }
    roster = write(EntryKind.REKEY, BOB, cut=(cut,), **renewal)
    last = Cut(version=1, device=device, sender_seq=0, head=bytes(32))
    roster = write(EntryKind.REMOVE, BOB, cut=(last,), note=b"n" * 72)
    roster = write(EntryKind.CLOSE, note=b"n" * 72)
    return {
        "entries": [one.hex() for one in entries],
        "lists": [one.signed_list.hex() for one in (ALICE, BOB, CAROL, DORA)],
        "renewed": renewed.hex(),
        "second_list": later.hex(),
        "members": {
            user.hex(): [one.role.value, one.party.value] for user, one in roster.members.items()
        },
        "controllers": {
            user.hex(): [[d.controller.hex(), d.since] for d in known]
            for user, known in roster.designated.items()
        },
        **hexed(space=roster.space, head=roster.head),
    }


def _offer() -> LinkOffer:
    return LinkOffer(
        **WHERE,
        name="Ana Lima",
        user_key=ALICE.user_key,
        slot=b"s" * 16,
        ephemeral=OFFERED.public,
        expires=NOW,
    )


def _link() -> dict[str, Any]:
    """A device asks to be linked; the grant holds root and list."""
    device, signing = DeviceId(b"device-of-alice2"), SigningKey.generate(Seeded(b"link dsk"))
    identity = IdentityKey.generate(Seeded(b"link dik")).public
    offer = _offer()
    asked = linking.ask(
        offer, device, (signing.public, identity), "Laptop in Brüssel", Seeded(b"asked")
    )
    later = devicelist.add_device(ALICE.signed_list, ALICE.usk, device, signing.public, identity)
    names = (OwnDevice(version=1, device=device, name="Laptop in Brüssel"),)
    given = LinkGrant(
        version=1,
        user_root=ALICE.root,
        device_list=later,
        devices=names,
        name="Ana Lima",
        authority="Parquet de Lyon",
        country="FR",
        party=Party.MEMBER_STATE,
    )
    sealed = linking.grant(offer, OFFERED, asked.request.keys, given, Seeded(b"grant"))
    return {
        "name": "Laptop in Brüssel",
        "code": linking.code(offer, asked.request.keys),
        **hexed(
            offer=codec.encode(offer),
            offer_secret=OFFERED.dump(),
            request=codec.encode(asked.request),
            request_secret=asked.ephemeral.dump(),
            kem_seed=asked.kem.dump(),
            grant=codec.encode(given),
            sealed=sealed,
        ),
    }


def _people() -> dict[str, Any]:
    keys = [codec.encode(person.usk.public) for person in (ALICE, BOB)]
    prints = [
        fingerprint.fingerprint(person.user, key)
        for person, key in zip((ALICE, BOB), keys, strict=True)
    ]
    lines = {
        textline.INVITE: Invitation(**WHERE, code=b"o" * 16),
        textline.LINK: _offer(),
        textline.VERIFY: VerifyCode(
            version=1,
            shower=ALICE.user,
            shower_key=prints[0],
            reader=BOB.user,
            reader_key=prints[1],
        ),
        textline.RECOVER: RecoveryLine(**WHERE, user_key=ALICE.user_key),
    }
    return {
        "safety": {
            "users": [ALICE.user.hex(), BOB.user.hex()],
            "keys": [key.hex() for key in keys],
            "fingerprints": [one.hex() for one in prints],
            "number": fingerprint.number_of(*prints),
        },
        "lines": {
            prefix: [codec.encode(one).hex(), textline.to_line(prefix, one)]
            for prefix, one in lines.items()
        },
        "root": {
            **hexed(root=ALICE.root, ed=ALICE.usk.public.ed, mldsa=ALICE.usk.public.mldsa),
            "words": list(words.encode(ALICE.root, wordlist.listed())),
        },
    }


def _vault() -> dict[str, Any]:
    entropy = Seeded(b"vault")
    master, salt = vault.new_master(entropy), vault.new_salt(entropy)
    keyring, profile = entropy.token(32), entropy.token(16)
    passphrase = "Caf\u00e9 \u00c5ngstr\u00f6m 12"
    keys = vault.Keys(passphrase=passphrase, keyring=keyring, root=ALICE.root)
    sealed = vault.seal(master, keys, profile, entropy, salt=salt)
    return {
        "passphrase": passphrase,
        "ops": vault.FLOOR.ops,
        "memory": vault.FLOOR.memory,
        "subkeys": {label: vault.subkey(master, label).hex() for label in ("device", "spaces")},
        **hexed(
            master=master,
            keyring=keyring,
            root=ALICE.root,
            profile=profile,
            salt=salt,
            bytes=sealed,
        ),
    }


def make() -> dict[str, Any]:
    """All of them."""
    return {"log": _log(), "people": _people(), "vault": _vault(), "link": _link()}


if __name__ == "__main__":
    PATH.write_text(json.dumps(make(), indent=1, ensure_ascii=False) + "\n")
