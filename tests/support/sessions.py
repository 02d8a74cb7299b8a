"""Two ends of a ratchet session that have met."""

from __future__ import annotations

from dataclasses import dataclass

from crypto import chains, handshake, ratchet, sealing
from crypto.handshake import Init
from protocol.envelope import EnvelopeKind
from tests.support.entropy import Seeded
from tests.support.people import ALICE, BOB, NOW, SPACE, Person


@dataclass
class End:
    """One end; `send` and `receive` keep the session the way a caller does."""

    session: ratchet.Session
    entropy: Seeded

    def send(self, payload: bytes, now: int = NOW) -> bytes:
        """Seal; the ratchet message without an INIT header."""
        sealed = ratchet.seal(self.session, payload, self.entropy, now=now)
        self.session = sealed.session
        if sealed.kind is EnvelopeKind.INIT:
            return Init.unpack(sealed.body).message
        return sealed.body

    def receive(self, message: bytes, now: int = NOW) -> bytes:
        """Open; on failure the session stays."""
        opened = ratchet.open_message(self.session, message, now=now)
        self.session = opened.session
        return opened.payload


def start(
    first: Person = ALICE, second: Person = BOB, seed: int = 0, *, one_time: bool = True
) -> tuple[End, Init]:
    """The initiator's end after its first payload `hello`, and what it sent."""
    entropy = Seeded(b"first" + seed.to_bytes(8, "big"))
    bundle = handshake.read_bundle(second.bundle(one_time=one_time), second.peer, now=NOW)
    session = handshake.initiate(
        space=SPACE, own=first.own, peer=second.peer, bundle=bundle, entropy=entropy
    )
    sealed = ratchet.seal(session, b"hello", entropy, now=NOW)
    return End(sealed.session, entropy), Init.unpack(sealed.body)


def answer(init: Init, first: Person = ALICE, second: Person = BOB, seed: int = 0) -> End:
    """The responder's end before it opens `init.message`."""
    session = handshake.accept(
        space=SPACE,
        own=second.own,
        peer=first.peer,
        init=init,
        spk=second.spk,
        opk=None if init.opk_id is None else second.opk,
        kem=second.once if init.kem_id == 3 else second.kem,
    )
    return End(session, Seeded(b"second" + seed.to_bytes(8, "big")))


def meet(seed: int = 0) -> tuple[End, End]:
    """Two ends that have each opened one message of the other."""
    initiator, init = start(seed=seed)
    responder = answer(init, seed=seed)
    assert responder.receive(init.message) == b"hello"
    assert initiator.receive(responder.send(b"welcome")) == b"welcome"
    return initiator, responder


def chosen_header(
    sender: End, header: bytes, payload: bytes = b"x", *, form: bytes = b"\x00"
) -> bytes:
    """A message with a header of our choosing, by somebody who knows the sender's state."""
    state = sender.session.state
    assert state.send_header is not None
    assert state.send_chain is not None
    label = b"\x01" if state.initiator else b"\x02"
    associated = b"jitc/v1/dr/ad" + state.binding + label + form
    entropy = Seeded(b"chosen")
    sealed_header = sealing.seal(state.send_header, header, associated, entropy)
    message_key, _ = chains.chain_step(state.send_chain)
    key = chains.sealing_key(message_key)
    return form + sealed_header + sealing.seal(key, payload, associated + sealed_header, entropy)


def open_first(init: Init, **changed: object) -> bytes:
    """Bob answers with something of his view exchanged, and opens the first message."""
    view: dict[str, object] = {
        "space": SPACE,
        "own": BOB.own,
        "peer": ALICE.peer,
        "init": init,
        "spk": BOB.spk,
        "opk": BOB.opk,
        "kem": BOB.once,
    }
    session = handshake.accept(**{**view, **changed})  # type: ignore[arg-type]
    return ratchet.open_message(session, init.message, now=NOW).payload
