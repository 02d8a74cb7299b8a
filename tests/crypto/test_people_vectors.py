"""The frozen membership log, device lists, lines, safety number, words and vault, by both."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from crypto import devicelist, fingerprint, linking, membership, recovery, vault, words
from crypto.keys import IdentityKey, KemKey
from jitclient import wordlist
from protocol import codec, textline
from protocol.devicelist import DeviceList, check_successor
from protocol.ids import UserId
from protocol.invitation import Invitation
from protocol.linking import LinkOffer, LinkRequest
from protocol.membership import Roster
from protocol.records import Record
from protocol.recovery import RecoveryLine
from protocol.verification import VerifyCode
from tests.crypto import second, second_formats, second_records
from tests.crypto.second_formats import blake

PATH = Path(__file__).parent.parent / "vectors" / "people.json"
VECTORS: dict[str, Any] = json.loads(PATH.read_text())
LOG, PEOPLE, VAULT, LINK = (VECTORS[name] for name in ("log", "people", "vault", "link"))
ENTRIES = [bytes.fromhex(one) for one in LOG["entries"]]
ZEROS = bytes(32)


def _raw(vector: dict[str, Any], name: str) -> bytes:
    return bytes.fromhex(vector[name])


# --- the log -------------------------------------------------------------------------------------


def test_ours_follows_the_frozen_log_to_the_frozen_roster() -> None:
    lists = {UserId(one.user): one for one in map(_our_list, LOG["lists"])}
    newer = _our_list(LOG["renewed"])
    roster: Roster = membership.open_log(ENTRIES[0], lists)
    for signed in ENTRIES[1:]:
        renews = second_records.unpack(second_records.unpack(signed)[3])[5] == "rekey"
        roster = membership.follow(roster, signed, lists, newer=(newer,) if renews else ())
        if renews:
            lists[UserId(newer.user)] = newer

    members = {u.hex(): [m.role.value, m.party.value] for u, m in roster.members.items()}
    assert (roster.space, roster.head) == (_raw(LOG, "space"), _raw(LOG, "head"))
    assert members == LOG["members"]
    ((dora, named),) = LOG["controllers"].items()
    assert named == [[(roster.controller(UserId(bytes.fromhex(dora)), 7) or b"").hex(), 7]]
    assert roster.controller(UserId(bytes.fromhex(dora)), 6) is None
    assert roster.closed
    assert roster.verified_only


def _our_list(text: str) -> DeviceList:
    data = bytes.fromhex(text)
    owner = UserId(second_records.decode("signed", data)["signer"])
    return devicelist.read_list(data, owner)


def test_the_second_implementation_follows_the_same_log() -> None:
    lists = dict(map(_second_list, LOG["lists"]))
    admin = second_records.decode("signed", ENTRIES[0])["signer"]
    ((user, listed),) = [(u, one) for u, one in lists.items() if admin in one["keys"]]
    genesis = second_formats.open_signed("genesis", ENTRIES[0], *listed["keys"][admin])
    space = blake(b"jitc1space", genesis["_body"], size=16)
    members = {user.hex(): ["administrator", genesis["party"]]}
    head, kinds = second.record_hash(genesis["_body"]), []
    designated: dict[str, list[list[Any]]] = {}
    for number, signed in enumerate(ENTRIES[1:], start=1):
        entry = second_formats.open_signed("entry", signed, *listed["keys"][admin])
        subject = (entry["subject"] or b"").hex()
        kinds.append(entry["kind"])
        assert (entry["space"], entry["seq"], entry["prev"]) == (space, number, head)
        assert entry["_signer"] == entry["actor_device"] == admin
        if entry["kind"] == "add":
            added = lists[entry["subject"]]
            assert (entry["user_key"], entry["list_head"]) == (added["user_key"], added["head"])
            members[subject] = [entry["role"], entry["party"]]
        elif entry["kind"] == "controller":
            named = {one["user_key"]: user.hex() for user, one in lists.items()}
            designated = {subject: [[named[entry["user_key"]], number]]}
        elif entry["kind"] == "role":
            members[subject][0] = entry["role"]
        elif entry["kind"] == "rekey":
            owner, renewed = _second_list(LOG["renewed"])
            assert (entry["subject"], entry["user_key"]) == (owner, renewed["user_key"])
            assert entry["list_head"] == renewed["head"]
        elif entry["kind"] == "remove":
            del members[subject]
        head = second.record_hash(entry["_body"])

    assert kinds[:5] == ["add", "add", "role", "history", "policy"]
    assert kinds[5:] == ["add", "controller", "rekey", "remove", "close"]
    assert designated == LOG["controllers"]
    assert (space, head) == (_raw(LOG, "space"), _raw(LOG, "head"))
    assert members == LOG["members"]
    assert (genesis["list_head"], genesis["user_key"]) == (listed["head"], listed["user_key"])


def _second_list(text: str) -> tuple[bytes, dict[str, Any]]:
    """User -> hash of the list, digest of the user key, and the keys of each device."""
    data = bytes.fromhex(text)
    body = second_records.decode("signed", data)["body"]
    _, _, ed, mldsa = second_records.decode("device-list", body)["user_key"]
    listed = second_formats.open_signed("device-list", data, ed, mldsa)
    user_key = second.signing_public(ed, mldsa)
    assert listed["_signer"] == listed["user"]
    return listed["user"], {
        "head": second.record_hash(body),
        "user_key": blake(b"jitc1userkey", user_key),
        "keys": {device[2]: (device[3][2], device[3][3]) for device in listed["devices"]},
        "fields": listed,
    }


def test_a_second_device_list_follows_the_first_on_both_sides() -> None:
    user, first = _second_list(LOG["lists"][0])
    owner, later = _second_list(LOG["second_list"])

    assert owner == user
    assert (first["fields"]["seq"], first["fields"]["prev"]) == (1, ZEROS)
    assert (later["fields"]["seq"], later["fields"]["prev"]) == (2, first["head"])
    assert first["keys"].items() <= later["keys"].items()
    check_successor(_our_list(LOG["lists"][0]), _our_list(LOG["second_list"]))


# --- lines, safety number, words -----------------------------------------------------------------

KINDS: dict[str, type[Record]] = {
    "jit-invite:": Invitation,
    "jit-link:": LinkOffer,
    "jit-verify:": VerifyCode,
    "jit-recover:": RecoveryLine,
}


@pytest.mark.parametrize("prefix", list(KINDS))
def test_a_line_is_spelled_alike(prefix: str) -> None:
    record, text = PEOPLE["lines"][prefix]
    ours = textline.from_line(KINDS[prefix], prefix, text)

    assert second_formats.line(prefix, bytes.fromhex(record)) == text
    assert textline.to_line(prefix, ours) == text


def test_every_line_there_is_has_a_vector() -> None:
    assert set(PEOPLE["lines"]) == set(textline._PERSONS) == set(second_formats.PERSONS)


def test_the_safety_number_is_the_same() -> None:
    safety = PEOPLE["safety"]
    users, keys = (list(map(bytes.fromhex, safety[name])) for name in ("users", "keys"))
    prints = [second_formats.fingerprint(*one) for one in zip(users, keys, strict=True)]
    ours = [(UserId(user), key) for user, key in zip(users, keys, strict=True)]

    assert [one[:32].hex() for one in prints] == safety["fingerprints"]
    assert second_formats.safety_number(*prints) == safety["number"]
    assert fingerprint.safety_number(*ours) == safety["number"]


def test_words_and_user_key_follow_from_the_root_alike() -> None:
    root, listed = _raw(PEOPLE["root"], "root"), list(wordlist.listed())
    seeds = second.hkdf(b"", root, b"jitc/v1/root/user-key\x00", 64)
    public = recovery.user_key(root).public

    assert second_formats.words(root, listed) == PEOPLE["root"]["words"]
    assert words.decode(" ".join(PEOPLE["root"]["words"]), listed, root.__eq__) == root
    assert second_formats.publics(seeds) == (public.ed, public.mldsa)
    assert public.ed == _raw(PEOPLE["root"], "ed")


# --- linking -------------------------------------------------------------------------------------


def test_a_device_is_linked_alike_by_code_name_and_grant() -> None:
    offer, request, sealed, grant = (
        _raw(LINK, name) for name in ("offer", "request", "sealed", "grant")
    )
    asked = second_records.decode("link-request", request)
    keys = second_records.pack(asked["keys"])
    both = second.record_hash(offer) + second.record_hash(keys)
    shared = second.x25519(_raw(LINK, "offer_secret"), asked["keys"][5])
    name = second.hkdf(b"", shared, b"jitc/v1/link/name\x00" + both, 32)
    box = second_records.decode("link-sealed", sealed)
    ss = second.decapsulate(_raw(LINK, "kem_seed"), box["kem"])
    context = b"jitc/v1/link/grant\x00" + both + second.record_hash(box["kem"])
    key = second.hkdf(b"", shared + ss, context, 32)

    assert second.public_of(_raw(LINK, "request_secret")) == asked["keys"][5]
    assert second_formats.link_code(both) == LINK["code"]
    assert second.xchacha_open(name, asked["name"], asked["slot"]).decode() == LINK["name"]
    assert second.xchacha_open(key, box["sealed"], box["slot"]) == grant


def test_ours_opens_the_frozen_request_and_grant() -> None:
    offer = codec.decode(LinkOffer, _raw(LINK, "offer"))
    request = codec.decode(LinkRequest, _raw(LINK, "request"))
    own = IdentityKey.load(_raw(LINK, "offer_secret"))
    asked = linking.Asked(
        offer=offer,
        request=request,
        ephemeral=IdentityKey.load(_raw(LINK, "request_secret")),
        kem=KemKey.load(_raw(LINK, "kem_seed")),
    )

    assert linking.read_request(offer, own, _raw(LINK, "request")) == (request.keys, LINK["name"])
    assert linking.same_code(LINK["code"].lower(), offer, request.keys)
    given = linking.open_grant(asked, _raw(LINK, "sealed"))
    assert codec.encode(given) == _raw(LINK, "grant")


# --- the vault -----------------------------------------------------------------------------------


def test_the_vault_opens_with_passphrase_and_root_on_both_sides() -> None:
    data, profile, keyring, root = (
        _raw(VAULT, name) for name in ("bytes", "profile", "keyring", "root")
    )
    master, passphrase = _raw(VAULT, "master"), VAULT["passphrase"]
    decomposed = "Cafe\u0301 A\u030angstro\u0308m 12"

    assert second_formats.open_vault(data, profile, root=root) == master
    assert (
        second_formats.open_vault(data, profile, passphrase=decomposed, keyring=keyring) == master
    )
    assert vault.open_with_root(data, root, profile) == master
    assert vault.open_vault(data, passphrase, keyring, profile) == master
    for label, key in VAULT["subkeys"].items():
        info = b"jitc/v1/vault/" + label.encode() + b"\x00"
        assert second.hkdf(b"", master, info, 32).hex() == key == vault.subkey(master, label).hex()
