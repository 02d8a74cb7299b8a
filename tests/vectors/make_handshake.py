"""Makes `handshake.json`: one session, from the handshake through ratchet steps of every form.

Run once, by hand: `python -m tests.vectors.make_handshake`. Encapsulation cannot be seeded, so its
secrets and ciphertexts are kept in the file and everything else follows from them. Running it
again makes other, equally good vectors; do that only together with a change of the protocol.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest

from crypto import handshake, ratchet
from crypto import keys as agreement
from crypto.handshake import Init
from crypto.keys import IdentityKey
from tests.support.entropy import Seeded
from tests.support.people import ALICE, BOB, NOW, SPACE, Person

PATH: Final = Path(__file__).with_name("handshake.json")
DAY: Final = 86_400

# Who seals, how many days after the start; a number opens that message, counted from 0. First DH
# steps alone, in order; then a step by age with its answer, each chain's second message first;
# then, after fifty messages, a step by count.
SCHEDULE: Final[tuple[tuple[str, int] | int, ...]] = (
    *((who, 0) for who in "aa"), 0, 1, ("b", 0), 2, ("a", 0), 3, ("b", 0), ("b", 0), 5, 4,
    ("a", 8), ("a", 8), 7, ("b", 8), ("b", 8), 9, 6, 8, ("a", 8), 10,
    *(step for turn in range(26) for step in (("b", 8), 11 + 2 * turn, ("a", 8), 12 + 2 * turn)),
)  # fmt: skip


def _public(person: Person) -> dict[str, str]:
    return {
        "user": person.user.hex(),
        "device": person.device.hex(),
        "dsk_ed": person.dsk.public.ed.hex(),
        "dsk_mldsa": person.dsk.public.mldsa.hex(),
        "dik_secret": person.dik.dump().hex(),
    }


class _Run:
    """The run and what it writes down."""

    def __init__(self) -> None:
        bundle = handshake.read_bundle(BOB.bundle(), BOB.peer, now=NOW)
        self.ids = {"spk": bundle.spk_id, "opk": bundle.opk_id, "kem": bundle.kem_id}
        self.ephemeral = IdentityKey.generate(Seeded(b"ephemeral"))
        self.secret, self.ciphertext = agreement.encapsulate(bundle.kem)
        fresh = handshake._Fresh(self.ephemeral, self.secret, self.ciphertext)
        first = handshake._begin(SPACE, ALICE.own, BOB.peer, bundle, fresh)
        self.sessions = {"a": first}
        self.entropies = {"a": Seeded(b"vector a"), "b": Seeded(b"vector b")}
        self.messages: list[dict[str, object]] = []
        self.drawn: dict[bytes, bytes] = {}
        pytest.MonkeyPatch().setattr(ratchet, "encapsulate", self._encapsulate)

    def _encapsulate(self, public: bytes) -> tuple[bytes, bytes]:
        secret, ciphertext = agreement.encapsulate(public)
        self.drawn[ciphertext] = secret
        return secret, ciphertext

    def seal(self, who: str, days: int) -> None:
        now = NOW + days * DAY
        payload = f"message {len(self.messages)}".encode() + bytes(len(self.messages) % 9)
        sealed = ratchet.seal(self.sessions[who], payload, self.entropies[who], now=now)
        self.sessions[who] = sealed.session
        state = sealed.session.state
        written: dict[str, object] = {
            "from": who,
            "now": now,
            "payload": payload.hex(),
            "body": sealed.body.hex(),
            "ratchet_secret": (state.own or b"").hex(),
        }
        if state.own_kem is not None:
            written["kem_seed"] = state.own_kem.hex()
        if state.answer is not None:
            written["kem_secret"] = self.drawn[state.answer].hex()
            written["kem_ciphertext"] = state.answer.hex()
        self.messages.append(written)

    def open(self, number: int) -> None:
        message = self.messages[number]
        to, now = "b" if message["from"] == "a" else "a", message["now"]
        body = bytes.fromhex(str(message["body"]))
        assert isinstance(now, int)
        if len(body) > 1133 and number < 2:
            init = Init.unpack(body)
            body = init.message
            if to not in self.sessions:
                self.sessions[to] = handshake.accept(
                    space=SPACE,
                    own=BOB.own,
                    peer=ALICE.peer,
                    init=init,
                    spk=BOB.spk,
                    opk=BOB.opk,
                    kem=BOB.once,
                )
        self.sessions[to] = ratchet.open_message(self.sessions[to], body, now=now).session


def make() -> dict[str, object]:
    """A complete run, with every secret in it."""
    run = _Run()
    steps: list[str | int] = []
    for step in SCHEDULE:
        if isinstance(step, int):
            run.open(step)
            steps.append(step)
        else:
            run.seal(*step)
            steps.append("seal")
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
        "ids": run.ids,
        "ephemeral_secret": run.ephemeral.dump().hex(),
        "kem_secret": run.secret.hex(),
        "ciphertext": run.ciphertext.hex(),
        "binding": run.sessions["a"].state.binding.hex(),
        "messages": run.messages,
        "steps": steps,
        "final_root": {who: session.state.root.hex() for who, session in run.sessions.items()},
    }


if __name__ == "__main__":
    PATH.write_text(json.dumps(make(), indent=1) + "\n")
