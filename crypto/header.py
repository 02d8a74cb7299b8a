"""The header of a ratchet message: which fields it has, and how long it is before it is opened.

    HDR = ratchet key 32 || PN 4 || N 4 || flags 2 [|| encapsulation key 1184, or ciphertext 1088]

The first byte of a message, its form, says which of the three it is; it is bound by the associated
data and repeated in the sealed flags. Spec: docs/protocol/30-ratchet.md §3.
"""

from __future__ import annotations

import struct
from enum import IntEnum
from typing import Final, NamedTuple

from crypto import sealing
from crypto.keys import KEM_CIPHERTEXT_BYTES, KEM_PUBLIC_BYTES
from protocol.errors import MalformedError

_HEADER: Final = struct.Struct(">32sIIH")


class Form(IntEnum):
    """What a header carries for the ML-KEM step; all headers of a chain have one form."""

    PLAIN = 0
    PROPOSAL = 1  # a fresh encapsulation key
    ANSWER = 2  # a ciphertext for the key that the peer proposed


_KEM_BYTES: Final = {
    Form.PLAIN: 0,
    Form.PROPOSAL: KEM_PUBLIC_BYTES,
    Form.ANSWER: KEM_CIPHERTEXT_BYTES,
}
_SEALED_BYTES: Final = {
    form: _HEADER.size + size + sealing.OVERHEAD_BYTES for form, size in _KEM_BYTES.items()
}
_FORM_BYTES: Final = {form: bytes([form]) for form in Form}
_FORMS: Final = {byte: form for form, byte in _FORM_BYTES.items()}


class Header(NamedTuple):
    """What stands in an opened header; `kem` is empty in a plain one."""

    ratchet_key: bytes
    previous_length: int
    number: int
    form: Form
    kem: bytes

    def pack(self) -> bytes:
        """The bytes to be sealed."""
        head = _HEADER.pack(self.ratchet_key, self.previous_length, self.number, self.form)
        return head + self.kem


class Parts(NamedTuple):
    """A message cut up, nothing in it believed yet."""

    form: Form
    sealed_header: bytes
    sealed_payload: bytes


def join(form: Form, sealed_header: bytes, sealed_payload: bytes) -> bytes:
    """A message from its parts."""
    return _FORM_BYTES[form] + sealed_header + sealed_payload


def split(message: bytes) -> Parts:
    """Cut a message where its form says.

    Raises:
        MalformedError: an unknown form, or too short for its form.
    """
    form = _FORMS.get(message[:1])
    if form is None:
        raise MalformedError("A message needs a newer version of this program.")
    end = 1 + _SEALED_BYTES[form]
    if len(message) < end + sealing.OVERHEAD_BYTES:
        raise MalformedError("A ratchet message is cut short.")
    return Parts(form, message[1:end], message[end:])


def read(form: Form, plain: bytes) -> Header:
    """Read an opened header of a message of this form, whose length `split` has settled.

    Raises:
        MalformedError: other flags than the form demands.
    """
    ratchet_key, previous_length, number, flags = _HEADER.unpack_from(plain)
    if flags != form:
        raise MalformedError("A message needs a newer version of this program.")
    return Header(ratchet_key, previous_length, number, form, plain[_HEADER.size :])
