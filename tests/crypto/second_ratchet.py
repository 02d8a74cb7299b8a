"""The ratchet a second time, written from docs/protocol/30-ratchet.md alone; imports no `crypto`.

It keeps its state openly in fields and takes every random value as an argument, so that a frozen
run can be read and written again byte for byte.
"""

from __future__ import annotations

import hmac
import struct
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag

from tests.crypto import second

_KEM_BYTES = {0: 0, 1: 1184, 2: 1088}


def _root(root: bytes, secret: bytes) -> tuple[bytes, bytes, bytes]:
    out = second.hkdf(root, secret, b"jitc/v1/dr/root\x00", 96)
    return out[:32], out[32:64], out[64:]


def _message_key(chain: bytes) -> bytes:
    message_key = hmac.digest(chain, b"\x01", "sha256")
    return second.hkdf_expand(message_key, b"jitc/v1/dr/msg\x00", 32)


def _next(chain: bytes) -> bytes:
    return hmac.digest(chain, b"\x02", "sha256")


@dataclass
class Ratchet:
    """One end (§1)."""

    binding: bytes
    initiator: bool
    root: bytes
    own: bytes = b""  # X25519 secret; empty between the peer's step and ours
    peer: bytes = b""  # X25519 public
    send_header: bytes = b""
    next_send_header: bytes = b""
    receive_header: bytes = b""
    next_receive_header: bytes = b""
    send_chain: bytes = b""
    receive_chain: bytes = b""
    sent: int = 0
    received: int = 0
    previous: int = 0
    seed: bytes = b""  # of the key that our chain proposes
    form: int = 0
    carried: bytes = b""
    to_answer: bytes = b""
    kept: dict[tuple[bytes, int], bytes] = field(default_factory=dict)

    @property
    def due(self) -> bool:
        """Whether our next message begins a chain."""
        return not self.send_chain

    def begin(self, own: bytes, *, seed: bytes = b"", ss: bytes = b"", ct: bytes = b"") -> None:
        """Begin a chain (§4): answer what was proposed, or propose (`seed`), or neither."""
        assert bool(ct) == bool(self.to_answer)
        assert not (seed and ct)
        self.own, self.seed, self.to_answer = own, seed, b""
        self.form = 1 if seed else 2 if ct else 0
        self.carried = second.kem_public(seed) if seed else ct
        secret = second.x25519(own, self.peer) + ss
        self.root, self.send_chain, self.next_send_header = _root(self.root, secret)

    def write(self, payload: bytes, header_nonce: bytes, nonce: bytes) -> bytes:
        """The next message (§3)."""
        header = second.public_of(self.own)
        header += struct.pack(">IIH", self.previous, self.sent, self.form) + self.carried
        associated = self._associated(from_initiator=self.initiator, form=self.form)
        sealed_header = second.xchacha_seal(self.send_header, header_nonce, header, associated)
        key = _message_key(self.send_chain)
        self.send_chain, self.sent = _next(self.send_chain), self.sent + 1
        sealed = second.xchacha_seal(key, nonce, payload, associated + sealed_header)
        return bytes([self.form]) + sealed_header + sealed

    def read(self, message: bytes) -> bytes:
        """The payload of a message, in whatever order they come (§3, §5); each once."""
        form = message[0]
        associated = self._associated(from_initiator=not self.initiator, form=form)
        end = 1 + 24 + 42 + _KEM_BYTES[form] + 16
        sealed_header, sealed = message[1:end], message[end:]
        header_key, header = self._find(sealed_header, associated)
        ratchet_key, previous, number, flags = struct.unpack_from(">32sIIH", header)
        assert flags == form
        if (header_key, number) in self.kept:
            key = self.kept.pop((header_key, number))
        else:
            if header_key == self.next_receive_header:
                self._skip(previous)
                self._step(ratchet_key, form, header[42:])
            assert number >= self.received
            self._skip(number)
            key = _message_key(self.receive_chain)
            self.receive_chain, self.received = _next(self.receive_chain), number + 1
        return second.xchacha_open(key, sealed, associated + sealed_header)

    def _associated(self, *, from_initiator: bool, form: int) -> bytes:
        direction = b"\x01" if from_initiator else b"\x02"
        return b"jitc/v1/dr/ad" + self.binding + direction + bytes([form])

    def _find(self, sealed_header: bytes, associated: bytes) -> tuple[bytes, bytes]:
        known = [self.receive_header, self.next_receive_header, *(key for key, _ in self.kept)]
        for key in filter(None, known):
            try:
                return key, second.xchacha_open(key, sealed_header, associated)
            except InvalidTag:
                continue
        raise AssertionError("no header key fits")

    def _skip(self, until: int) -> None:
        while self.receive_chain and self.received < until:
            self.kept[self.receive_header, self.received] = _message_key(self.receive_chain)
            self.receive_chain, self.received = _next(self.receive_chain), self.received + 1

    def _step(self, ratchet_key: bytes, form: int, kem: bytes) -> None:
        assert self.own
        assert bool(self.seed) == (form == 2)
        secret = second.x25519(self.own, ratchet_key)
        if form == 2:
            secret += second.decapsulate(self.seed, kem)
        self.send_header, self.receive_header = self.next_send_header, self.next_receive_header
        self.root, self.receive_chain, self.next_receive_header = _root(self.root, secret)
        self.previous, self.sent, self.received = self.sent, 0, 0
        self.own, self.seed, self.send_chain, self.peer = b"", b"", b"", ratchet_key
        self.to_answer = kem if form == 1 else b""
