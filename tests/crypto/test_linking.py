"""Linking a device: the code covers both ends, and only the right answer opens."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from crypto import devicelist, linking, sealing
from crypto.keys import IdentityKey
from protocol import codec, textline
from protocol import linking as records
from protocol.errors import (
    BadInputError,
    ForgedError,
    JitError,
    KeySubstitutedError,
    MalformedError,
)
from protocol.ids import DeviceId
from protocol.invitation import Invitation
from protocol.linking import LinkGrant, LinkOffer, LinkRequest, OwnDevice, SealedGrant
from protocol.roles import Party
from tests.support.entropy import Seeded
from tests.support.people import NOW, Person, make_person

ANA, LAPTOP, MALLORY = make_person("ana"), make_person("laptop"), make_person("mallory")
ENTROPY = Seeded(b"linking")
EPHEMERAL = IdentityKey.generate(ENTROPY)


def offer(of: Person = ANA, ephemeral: IdentityKey = EPHEMERAL) -> LinkOffer:
    return LinkOffer(
        version=1,
        name="Ana Lima",
        address="localhost:8443",
        certificate=bytes(32),
        store_key=bytes(32),
        user=of.user,
        user_key=of.user_key,
        slot=b"slot-of-a-moment",
        ephemeral=ephemeral.public,
        expires=NOW + 900,
    )


def asked(by: Person = LAPTOP, name: str = "Laptop") -> linking.Asked:
    return linking.ask(offer(), by.device, (by.dsk.public, by.dik.public), name, ENTROPY)


def grant_for(one: linking.Asked, of: Person = ANA, device: Person = LAPTOP) -> LinkGrant:
    signed = devicelist.add_device(
        of.signed_list,
        of.usk,
        DeviceId(one.request.keys.device),
        device.dsk.public,
        device.dik.public,
    )
    return LinkGrant(
        version=1,
        user_root=of.root,
        name="Ana Lima",
        authority="Procuradoria-Geral",
        country="PT",
        party=Party.MEMBER_STATE,
        device_list=signed,
        devices=(OwnDevice(version=1, device=of.device, name="Desk"),),
    )


def sealed(one: linking.Asked, given_: LinkGrant, key: IdentityKey = EPHEMERAL) -> bytes:
    return linking.grant(offer(), key, one.request.keys, given_, ENTROPY)


def test_both_ends_show_one_code_and_the_grant_opens() -> None:
    one = asked()
    keys, name = linking.read_request(offer(), EPHEMERAL, codec.encode(one.request))

    typed = linking.code(one.offer, one.request.keys)
    opened = linking.open_grant(one, sealed(one, grant_for(one)))

    assert name == "Laptop"
    assert linking.same_code(typed, offer(), keys)
    assert len(typed.replace("-", "")) == linking.CODE_CHARS
    assert opened.user_root == ANA.root


def test_a_code_may_be_typed_in_any_spacing_and_with_look_alikes() -> None:
    one = asked()
    typed = linking.code(one.offer, one.request.keys)
    sloppy = typed.lower().replace("-", "  ").replace("0", "o").replace("1", "l")

    assert linking.same_code(sloppy, one.offer, one.request.keys)


def test_keys_that_the_store_exchanged_have_another_code() -> None:
    one, other = asked(), asked(MALLORY)
    typed = linking.code(one.offer, one.request.keys)

    assert not linking.same_code(typed, offer(), other.request.keys)
    for field, value in (
        ("ephemeral", other.request.keys.ephemeral),
        ("kem", other.request.keys.kem),
        ("signing", MALLORY.dsk.public),
        ("identity", MALLORY.dik.public),
        ("device", MALLORY.device),
    ):
        exchanged = replace(one.request.keys, **{field: value})
        assert not linking.same_code(typed, offer(), exchanged)


def test_an_altered_offer_has_another_code() -> None:
    one = asked()
    typed = linking.code(one.offer, one.request.keys)

    for field, value in (
        ("address", "elsewhere:8443"),
        ("certificate", b"\x01" * 32),
        ("user_key", MALLORY.user_key),
        ("ephemeral", MALLORY.dik.public),
        ("name", "Ana Lime"),
    ):
        altered = replace(offer(), **{field: value})
        assert not linking.same_code(typed, altered, one.request.keys)


def test_a_line_of_another_type_is_no_offer_and_no_code() -> None:
    invitation = Invitation(
        version=1,
        address="localhost:8443",
        certificate=bytes(32),
        store_key=bytes(32),
        user=ANA.user,
        code=bytes(16),
    )
    line = textline.to_line(textline.INVITE, invitation)

    with pytest.raises(BadInputError, match="invitation"):
        records.from_text(line)
    for typed in (line, records.to_text(offer()), "", "0000-0000-0000-000U", "0" * 17):
        assert not linking.is_code(typed)


def test_an_altered_line_is_refused() -> None:
    line = records.to_text(offer())
    assert records.from_text(line) == offer()

    with pytest.raises(BadInputError):
        records.from_text(line[:-4] + ("AAAA" if line[-4:] != "AAAA" else "BBBB"))


def test_a_grant_of_another_person_is_refused() -> None:
    one = asked()

    with pytest.raises(ForgedError, match="another person"):
        linking.open_grant(one, sealed(one, grant_for(one, MALLORY)))


def test_a_root_that_is_not_the_persons_is_refused() -> None:
    one = asked()
    wrong = replace(grant_for(one), user_root=MALLORY.root)

    with pytest.raises(ForgedError, match="keys of another person"):
        linking.open_grant(one, sealed(one, wrong))


def test_a_list_under_another_user_key_is_refused() -> None:
    """It has the right person's id, lists this device, and the root is right."""
    one = asked()
    signed = devicelist.first_list(
        ANA.user, MALLORY.usk, LAPTOP.device, LAPTOP.dsk.public, LAPTOP.dik.public
    )

    with pytest.raises(KeySubstitutedError):
        linking.open_grant(one, sealed(one, replace(grant_for(one), device_list=signed)))


def test_a_grant_that_lists_this_device_with_other_keys_is_refused() -> None:
    one = asked()
    swapped = grant_for(one, device=MALLORY)
    without = replace(grant_for(one), device_list=ANA.signed_list)

    for given_ in (swapped, without):
        with pytest.raises(ForgedError, match="own keys"):
            linking.open_grant(one, sealed(one, given_))


def test_a_replayed_grant_does_not_open_for_another_request() -> None:
    first, second = asked(), asked()
    recorded = sealed(first, grant_for(first))

    with pytest.raises(ForgedError):
        linking.open_grant(second, recorded)


def test_a_grant_sealed_with_another_ephemeral_key_does_not_open() -> None:
    one = asked()
    with pytest.raises(ForgedError):
        linking.open_grant(one, sealed(one, grant_for(one), MALLORY.dik))


def test_pieces_for_another_slot_are_refused() -> None:
    one = asked()
    other = replace(one.request, slot=b"another moment's")
    with pytest.raises(MalformedError):
        linking.read_request(offer(), EPHEMERAL, codec.encode(other))
    grant = codec.decode(SealedGrant, sealed(one, grant_for(one)))
    with pytest.raises(MalformedError):
        linking.open_grant(one, codec.encode(replace(grant, slot=b"another moment's")))


def test_a_request_with_unfit_keys_is_refused() -> None:
    one = asked()
    for field, value in (
        ("identity", bytes(32)),
        ("ephemeral", bytes(32)),
        ("kem", b"\xff" * 1184),
    ):
        keys = replace(one.request.keys, **{field: value})
        data = codec.encode(replace(one.request, keys=keys))
        with pytest.raises((MalformedError, ForgedError)):
            linking.read_request(offer(), EPHEMERAL, data)


def resealed(one: linking.Asked, name: bytes = b"Laptop", **changed: object) -> bytes:
    """The request with other keys or another name, sealed as its maker could."""
    keys = replace(one.request.keys, **changed)
    shared = EPHEMERAL.agree(one.request.keys.ephemeral)
    key = linking._name_key(shared, offer(), keys)
    sealed_name = sealing.seal(key, name, offer().slot, ENTROPY)
    return codec.encode(replace(one.request, keys=keys, name=sealed_name))


def test_a_request_whose_maker_chose_unfit_keys_is_refused() -> None:
    one = asked()
    weak = replace(one.request.keys.signing, ed=bytes(32))
    for unfit in ({"identity": bytes(32)}, {"kem": b"\xff" * 1184}, {"signing": weak}):
        with pytest.raises(MalformedError):
            linking.read_request(offer(), EPHEMERAL, resealed(one, **unfit))


@pytest.mark.parametrize("name", [b"\xff\xfe", b"x" * 61])
def test_a_name_is_text_and_not_too_long(name: bytes) -> None:
    one = asked()

    assert linking.read_request(offer(), EPHEMERAL, resealed(one))[1] == "Laptop"
    with pytest.raises(MalformedError):
        linking.read_request(offer(), EPHEMERAL, resealed(one, name))


@settings(max_examples=60, deadline=None)
@given(at=st.integers(0, 2**16), flip=st.integers(1, 255))
def test_no_altered_byte_of_a_request_or_a_grant_passes(at: int, flip: int) -> None:
    one = asked()
    typed = linking.code(one.offer, one.request.keys)
    request = bytearray(codec.encode(one.request))
    request[at % len(request)] ^= flip
    grant = bytearray(sealed(one, grant_for(one)))
    grant[at % len(grant)] ^= flip

    try:
        keys, _ = linking.read_request(offer(), EPHEMERAL, bytes(request))
    except JitError:
        pass
    else:
        assert not linking.same_code(typed, offer(), keys)
    with pytest.raises(JitError):
        linking.open_grant(one, bytes(grant))


def test_nothing_secret_is_printed() -> None:
    one = asked()
    assert ANA.root.hex() not in repr(grant_for(one))
    assert repr(one.kem) == "KemKey(<redacted>)"
    assert codec.decode(LinkRequest, codec.encode(one.request)) == one.request
