"""Messages: one body for all, one key message for each, and chains that show gaps."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import message, ratchet, sealing
from crypto.message import SealedBody
from protocol.envelope import KeyMsg
from protocol.errors import BugError, ForgedError, LimitExceededError, RefusedError
from protocol.ids import MessageId, SpaceId
from protocol.limits import BODY_BUCKETS, MAX_SEALED_BODY_BYTES, MAX_TITLE_CHARS
from tests.crypto import second
from tests.support.entropy import Seeded
from tests.support.people import NOW, SPACE
from tests.support.sessions import meet

ID = MessageId(b"message-id-16-by")
OTHER = MessageId(b"another-id-16-by")
SEALED = message.seal_body(SPACE, ID, b"the words", Seeded(1))
CARD_KEY = b"c" * 32
KEY_MSG = KeyMsg(
    space=SPACE,
    message=ID,
    sender_seq=7,
    prev_own=b"p" * 32,
    pair_seq=5,
    log_seq=3,
    log_head=b"h" * 32,
    content_key=SEALED.content_key,
    body_digest=SEALED.digest,
    body_length=len(SEALED.body),
)


def _open(sealed: SealedBody, space: SpaceId = SPACE, name: MessageId = ID) -> bytes:
    return message.open_body(space, name, sealed.body, sealed.content_key, sealed.digest)


@given(st.binary(max_size=5000))
def test_a_body_opens_as_it_was_sealed_and_its_length_is_one_of_few(body: bytes) -> None:
    sealed = message.seal_body(SPACE, ID, body, Seeded(2))

    assert _open(sealed) == body
    assert len(sealed.body) - 72 in BODY_BUCKETS
    assert len(sealed.body) <= MAX_SEALED_BODY_BYTES


@pytest.mark.parametrize("size", [0, 191, 192, 511, 512, 65_534, 65_535])
def test_bodies_at_the_edges_of_the_buckets_open(size: int) -> None:
    body = b"\x00" * size

    assert _open(message.seal_body(SPACE, ID, body, Seeded(3))) == body


def test_a_body_too_long_for_a_message_is_refused() -> None:
    with pytest.raises(LimitExceededError):
        message.seal_body(SPACE, ID, bytes(65_536), Seeded(3))


@given(place=st.integers(0, len(SEALED.body) - 1), flip=st.integers(1, 255))
def test_one_flipped_byte_is_refused_even_if_the_digest_is_made_to_fit(
    place: int, flip: int
) -> None:
    altered = bytearray(SEALED.body)
    altered[place] ^= flip
    body = bytes(altered)

    with pytest.raises(ForgedError):
        _open(replace(SEALED, body=body))
    with pytest.raises(ForgedError):
        _open(replace(SEALED, body=body, digest=message.body_digest(body)))


def test_a_body_moved_to_another_space_or_message_does_not_open() -> None:
    with pytest.raises(ForgedError):
        _open(SEALED, space=SpaceId(b"another space..."))
    with pytest.raises(ForgedError):
        _open(SEALED, name=OTHER)


def test_the_layout_of_a_body_is_the_specified_one() -> None:
    commitment, rest = SEALED.body[:32], SEALED.body[32:]
    bound = hashlib.blake2b(
        SPACE + ID, digest_size=32, key=SEALED.content_key, person=b"jitc1bodycommit"
    ).digest()
    plain = second.xchacha_open(SEALED.content_key, rest, b"jitc/v1/body" + SPACE + ID + commitment)

    assert commitment == bound
    assert plain == b"the words\x80" + bytes(192 - 10)


def test_one_ciphertext_has_one_key_only() -> None:
    with pytest.raises(ForgedError, match="another key"):
        _open(replace(SEALED, content_key=b"k" * 32))


def test_another_body_than_the_digest_names_is_refused() -> None:
    other = message.seal_body(SPACE, ID, b"other words", Seeded(4))

    with pytest.raises(ForgedError, match="another body"):
        _open(replace(other, digest=SEALED.digest))


def test_a_body_beyond_its_bound_is_not_looked_at() -> None:
    long = SEALED.body + bytes(MAX_SEALED_BODY_BYTES)
    digest = hashlib.blake2b(long, digest_size=32, person=b"jitc1body").digest()

    with pytest.raises(ForgedError, match="another body"):
        _open(replace(SEALED, body=long, digest=digest))


def test_each_message_has_a_key_of_its_own() -> None:
    entropy = Seeded(5)
    keys = {message.seal_body(SPACE, ID, b"same", entropy).content_key for _ in range(20)}

    assert len(keys) == 20
    assert SEALED.content_key.hex() not in repr(SEALED)


@pytest.mark.parametrize(
    "padded",
    [
        b"",
        bytes(192),
        b"x" * 192,
        b"x\x80" + bytes(189),
        b"x\x80" + bytes(510),
        b"x\x81" + bytes(190),
        b"x" * 70_000 + b"\x80",
    ],
)
def test_only_our_own_padding_is_accepted(padded: bytes) -> None:
    assert sealing.pad(b"x", BODY_BUCKETS) == b"x\x80" + bytes(190)
    with pytest.raises(ForgedError):
        sealing.unpad(padded, BODY_BUCKETS)


# --- key messages --------------------------------------------------------------------------------


def test_a_key_message_reaches_the_other_end_in_315_bytes() -> None:
    alice, bob = meet()
    sealed = message.seal_key(alice.session, KEY_MSG, alice.entropy, now=NOW)
    session, opened = message.open_key(bob.session, sealed.body, now=NOW)

    assert opened == KEY_MSG
    assert len(sealed.body) == 315
    with pytest.raises(RefusedError):
        message.open_key(session, sealed.body, now=NOW)


def test_a_payload_that_is_no_key_message_is_refused() -> None:
    alice, bob = meet()
    packed = KEY_MSG.pack()
    for payload in (
        b"",
        packed,
        sealing.pad(packed[:-1], (192,)),
        sealing.pad(b"\x02" + packed[1:], (192,)),
        sealing.pad(packed[:-1] + b"\x01", (192,)),
        packed + bytes(192 - len(packed)),
    ):
        sealed = ratchet.seal(alice.session, payload, alice.entropy, now=NOW)
        with pytest.raises(RefusedError):
            message.open_key(bob.session, sealed.body, now=NOW)


def test_a_key_message_with_a_field_of_another_length_is_our_mistake() -> None:
    alice, _ = meet()

    with pytest.raises(BugError):
        message.seal_key(
            alice.session, replace(KEY_MSG, content_key=b"k" * 31), alice.entropy, now=NOW
        )


# --- chains and notes ----------------------------------------------------------------------------


def test_a_chain_names_every_message_and_their_order() -> None:
    first = message.chain_head(bytes(32), ID, SEALED.digest)
    second = message.chain_head(first, OTHER, SEALED.digest)
    swapped = message.chain_head(
        message.chain_head(bytes(32), OTHER, SEALED.digest), ID, SEALED.digest
    )

    assert len({first, second, swapped, message.chain_head(bytes(32), OTHER, SEALED.digest)}) == 4


@given(st.binary(max_size=message.MAX_NOTE_BYTES))
def test_a_note_opens_in_its_place_only(text: bytes) -> None:
    sealed = message.seal_note(CARD_KEY, b"card", text, Seeded(6))

    assert message.open_note(CARD_KEY, b"card", sealed) == text
    assert 72 <= len(sealed) <= 2048
    for key, context in ((CARD_KEY, b"note"), (b"d" * 32, b"card"), (CARD_KEY, b"")):
        with pytest.raises(ForgedError):
            message.open_note(key, context, sealed)


@pytest.mark.parametrize("size", [0, 1, 23, 24, 39, 40])
def test_a_sealed_item_cut_short_is_refused(size: int) -> None:
    with pytest.raises(ForgedError):
        message.open_note(CARD_KEY, b"card", bytes(size))
    short = bytes(size)
    with pytest.raises(ForgedError):
        message.open_body(SPACE, ID, short, CARD_KEY, message.body_digest(short))


def test_the_longest_card_in_any_script_fits_the_genesis() -> None:
    longest = "\U0001d54f".encode() * MAX_TITLE_CHARS * 2

    assert len(message.seal_note(CARD_KEY, b"card", longest + bytes(20), Seeded(7))) <= 2048
    with pytest.raises(LimitExceededError):
        message.seal_note(CARD_KEY, b"card", bytes(message.MAX_NOTE_BYTES + 1), Seeded(7))
