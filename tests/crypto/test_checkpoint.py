"""The signed head of the access log."""

from __future__ import annotations

import base64
import hashlib

import nacl.signing
import pytest

from crypto import checkpoint
from crypto.checkpoint import Checkpoint
from crypto.signatures import StoreKey
from protocol.accesslog import MAX_CHECKPOINT_CHARS
from protocol.errors import ForgedError, LimitExceededError, MalformedError
from tests.support.entropy import Seeded

KEY = StoreKey.generate(Seeded(b"checkpoints"))
OTHER = StoreKey.generate(Seeded(b"another store"))
HEAD = Checkpoint(size=20852163, root=bytes(range(32)))
NOTE = checkpoint.sign(KEY, HEAD)


def test_a_note_is_read_as_it_was_signed() -> None:
    assert checkpoint.verify(NOTE, KEY.public) == HEAD


def test_the_note_is_what_c2sp_says_it_is() -> None:
    """Written down anew: origin, size, root, empty line, signature with its key hash."""
    text, _, signature = NOTE.partition("\n\n")
    name, size, root = text.split("\n")
    assert name == "jitstore/log/" + hashlib.sha256(KEY.public).hexdigest()[:32]
    assert (size, base64.b64decode(root)) == ("20852163", bytes(range(32)))
    dash, signer, blob = signature.removesuffix("\n").split(" ")
    assert (dash, signer) == ("—", name)
    raw = base64.b64decode(blob)
    assert raw[:4] == hashlib.sha256(name.encode() + b"\n\x01" + KEY.public).digest()[:4]
    nacl.signing.VerifyKey(KEY.public).verify((text + "\n").encode(), raw[4:])


@pytest.mark.parametrize("place", range(len(NOTE)))
def test_a_note_altered_anywhere_is_refused(place: int) -> None:
    for other in {"A", "1", "\n", " "} - {NOTE[place]}:
        with pytest.raises((ForgedError, MalformedError)):
            checkpoint.verify(NOTE[:place] + other + NOTE[place + 1 :], KEY.public)


def test_a_note_beyond_its_length_is_refused_before_it_is_read() -> None:
    with pytest.raises(LimitExceededError):
        checkpoint.verify(NOTE + " " * MAX_CHECKPOINT_CHARS, KEY.public)


@pytest.mark.parametrize("digit", ["\N{SUPERSCRIPT TWO}", "\N{ARABIC-INDIC DIGIT TWO}"])
def test_a_size_in_other_digits_is_no_number(digit: str) -> None:
    with pytest.raises(MalformedError, match="not a number"):
        checkpoint.verify(NOTE.replace("20852163", digit), KEY.public)


def test_the_note_of_another_store_is_refused_by_name() -> None:
    with pytest.raises(ForgedError, match="another store"):
        checkpoint.verify(checkpoint.sign(OTHER, HEAD), KEY.public)


def test_a_note_under_another_key_is_refused() -> None:
    """The right name and key hash, signed by somebody else."""
    text, _, line = NOTE.partition("\n\n")
    forged = OTHER.ed_sign((text + "\n").encode())
    name = line.split(" ")[1]
    key_hash = base64.b64decode(line.split(" ")[2])[:4]
    note = f"{text}\n\n— {name} {base64.b64encode(key_hash + forged).decode()}\n"

    with pytest.raises(ForgedError, match="Ed25519"):
        checkpoint.verify(note, KEY.public)


@pytest.mark.parametrize(
    "text",
    ["", NOTE + "\n", NOTE.removesuffix("\n"), NOTE.replace("\n", "\r"), "x" * 10_000]
    + [NOTE.replace("20852163", size) for size in ("", "-1", "020852163", "1e3", "٣", "9" * 19)],
)
def test_what_is_no_checkpoint_is_malformed(text: str) -> None:
    with pytest.raises(MalformedError):
        checkpoint.verify(text, KEY.public)


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_root_is_32_bytes_even_when_signed(length: int) -> None:
    with pytest.raises(MalformedError, match="32 bytes"):
        checkpoint.verify(checkpoint.sign(KEY, Checkpoint(1, bytes(length))), KEY.public)


def test_a_note_is_nothing_else_this_key_signs() -> None:
    """Receipts are signed over `jitc/v1/sig/…`; a note never begins so."""
    assert not NOTE.startswith("jitc/v1/sig/")
