"""Makes `handshake.json`: one session from the handshake through several steps of the ratchet.

Run once, by hand: `python -m tests.vectors.make_handshake`. The encapsulation cannot be seeded, so
its secret and ciphertext are kept in the file and everything else follows from them. Running it
again makes other, equally good vectors; do that only together with a change of the protocol.
"""

from __future__ import annotations

import json
from pathlib import Path

from crypto import handshake, ratchet
from crypto.handshake import Init
from crypto.keys import IdentityKey, encapsulate
from protocol.envelope import EnvelopeKind
from tests.support.entropy import Seeded
from tests.support.people import ALICE, BOB, NOW, SPACE, Person

PATH = Path(__file__).with_name("handshake.json")
SCHEDULE = "aababbaab"


def _public(person: Person) -> dict[str, str]:
    return {
        "user": person.user.hex(),
        "device": person.device.hex(),
        "dsk_ed": person.dsk.public.ed.hex(),
        "dsk_mldsa": person.dsk.public.mldsa.hex(),
        "dik_secret": person.dik.dump().hex(),
    }


def make() -> dict[str, object]:
    """A complete run, with every secret in it."""
    bundle = handshake.read_bundle(BOB.bundle(), BOB.peer, now=NOW)
    ephemeral = IdentityKey.generate(Seeded(b"ephemeral"))
    secret, ciphertext = encapsulate(bundle.kem)
    fresh = handshake._Fresh(ephemeral, secret, ciphertext)
    sessions = {"a": handshake._begin(SPACE, ALICE.own, BOB.peer, bundle, fresh)}
    entropies = {"a": Seeded(b"vector a"), "b": Seeded(b"vector b")}
    messages = []
    for turn, who in enumerate(SCHEDULE):
        payload = f"message {turn}".encode() + bytes(turn)
        sealed = ratchet.seal(sessions[who], payload, entropies[who])
        sessions[who] = sealed.session
        own = sealed.session.state.own
        messages.append(
            {
                "from": who,
                "payload": payload.hex(),
                "body": sealed.body.hex(),
                "ratchet_secret": "" if own is None else own.hex(),
            }
        )
        to, body = "b" if who == "a" else "a", sealed.body
        if sealed.kind is EnvelopeKind.INIT:
            init = Init.unpack(sealed.body)
            body = init.message
            if to not in sessions:
                sessions[to] = handshake.accept(
                    space=SPACE,
                    own=BOB.own,
                    peer=ALICE.peer,
                    init=init,
                    spk=BOB.spk,
                    opk=BOB.opk,
                    kem=BOB.once,
                )
        sessions[to] = ratchet.open_message(sessions[to], body, now=NOW).session
    return {
        "spec": "docs/protocol/20-identities.md §7, 30-ratchet.md",
        "space": SPACE.hex(),
        "a": _public(ALICE),
        "b": {
            **_public(BOB),
            "spk_secret": BOB.spk.dump().hex(),
            "opk_secret": BOB.opk.dump().hex(),
            "kem_seed": BOB.once.dump().hex(),
        },
        "ids": {"spk": bundle.spk_id, "opk": bundle.opk_id, "kem": bundle.kem_id},
        "ephemeral_secret": ephemeral.dump().hex(),
        "kem_secret": secret.hex(),
        "ciphertext": ciphertext.hex(),
        "binding": sessions["a"].state.binding.hex(),
        "messages": messages,
        "final_root": {who: session.state.root.hex() for who, session in sessions.items()},
    }


if __name__ == "__main__":
    PATH.write_text(json.dumps(make(), indent=1) + "\n")
