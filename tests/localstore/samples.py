"""Records to store; every text and key carries MARK, so that a search can find it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from localstore import chains, custody, evidence, messages, outbox, sessions
from localstore.connection import Connection, transaction
from localstore.devices import Identity
from localstore.evidence import ExhibitRecord
from localstore.messages import MessageRecord
from localstore.outbox import OutboxRecord
from localstore.spaces import SpaceRecord

KEY: Final = bytes(range(64))
OTHER_KEY: Final = bytes(range(1, 65))
MARK: Final = "Zeugenaussage-4711"
SPACE: Final = bytes([0xA5]) * 16
ALICE: Final = bytes([1]) * 16
BOB: Final = bytes([2]) * 16
PHONE: Final = bytes([3]) * 16
LAPTOP: Final = bytes([4]) * 16


def number_id(number: int) -> bytes:
    """A 16-byte id made of a number."""
    return number.to_bytes(16, "big")


def text(number: int, **changes: Any) -> MessageRecord:
    """The `number`-th message of this device."""
    record = MessageRecord(
        message=number_id(number),
        author_user=ALICE,
        author_device=LAPTOP,
        sender_seq=number,
        lamport=number,
        log_seq=0,
        kind="text",
        text=f"{MARK} {number}",
        reply_to=None,
        file=None,
        audience=(ALICE, BOB),
        state="saved",
        claimed_at=100,
        received_at=100,
        on_server_at=None,
        store_receipt=b"",
        body_digest=bytes(32),
        missing_before=0,
        problem="",
        unread=False,
    )
    return replace(record, **changes)


def outgoing(number: int) -> OutboxRecord:
    """The `number`-th message as it waits in the outbox."""
    return OutboxRecord(
        message=number_id(number),
        body=MARK.encode() * 20,
        content_key=bytes([number % 256]) * 32,
        key_msg=bytes(190),
        next_try=0,
        tries=0,
        state="waiting",
    )


def exhibit(**changes: Any) -> ExhibitRecord:
    """An exhibit of this person's."""
    record = ExhibitRecord(
        file=number_id(9),
        message=None,
        manifest=b"",
        file_key=MARK.encode().ljust(32, b"k"),
        salt=bytes(24),
        name=f"{MARK}.pdf",
        mime="application/pdf",
        exhibit="A-1",
        size=10,
        sha256=b"",
        author_user=ALICE,
        mine=True,
        state="sealing",
        sealed_total=100,
        parts=1,
        source=f"/home/someone/{MARK}.pdf",
        source_stat="1:2:3",
        recipients=(BOB,),
        added_at=5,
        expires_at=None,
        problem="",
        announced=False,
        root=b"",
    )
    return replace(record, **changes)


def space_record(**changes: Any) -> SpaceRecord:
    """An open space."""
    record = SpaceRecord(
        space=SPACE,
        state="open",
        database_key=KEY,
        title=MARK,
        agreement="JIT-1",
        signed_on="2026-01-01",
        opened_at=1,
        deadline=None,
        log_seq=0,
        log_head=bytes(32),
        closed_by=None,
        close_reason="",
        unread=0,
        last_activity=1,
        wipe_phase="",
    )
    return replace(record, **changes)


def identity() -> Identity:
    """Whose profile it is."""
    return Identity(
        user=ALICE,
        device=LAPTOP,
        user_root=MARK.encode().ljust(32, b"u"),
        signing_seed=MARK.encode().ljust(64, b"s"),
        identity_seed=MARK.encode().ljust(32, b"i"),
        name=MARK,
        authority="Staatsanwaltschaft",
        country="DE",
        party="member-state",
        store_address="127.0.0.1:8443",
        store_certificate=bytes(32),
        store_key=bytes(32),
        enrolled_at=1,
    )


def put(sp: Connection, *records: MessageRecord | ExhibitRecord) -> None:
    """Store records in one act."""
    with transaction(sp):
        for record in records:
            if isinstance(record, MessageRecord):
                messages.add_message(sp, record)
            else:
                evidence.add_exhibit(sp, record)


def send(sp: Connection, number: int) -> None:
    """Everything that sending a message changes, as one act."""
    with transaction(sp):
        seq, prev = chains.next_own(sp)
        messages.add_message(sp, text(number, sender_seq=seq, lamport=chains.next_lamport(sp)))
        chains.advance_own(sp, seq, bytes([(prev[0] + 1) % 256]) * 32)
        messages.expect(sp, number_id(number), [BOB])
        outbox.add_outgoing(sp, outgoing(number), [(BOB, PHONE)])
        known = sessions.sessions(sp, PHONE)
        sessions.next_pair_out(sp, PHONE)
        state = MARK.encode() * 50 + bytes([number % 256])
        sessions.save_session(
            sp, PHONE, known[0].number if known else None, state, number, received=False
        )
        outbox.save_envelope(sp, number_id(number), PHONE, bytes([number % 256]) * 700)
        custody.append(sp, "sent", "Alice", MARK, str(number), number)


def sends_that_happened(sp: Connection) -> tuple[int, list[str]]:
    """How many acts of `send` are in the database, and what contradicts that number."""
    stored = len(messages.messages(sp, 10_000))
    waiting = outbox.ready(sp, 0, limit=10_000)
    state = sessions.sessions(sp, PHONE)
    found = {
        "own chain": chains.next_own(sp)[0] - 1,
        "outbox": len(waiting),
        "envelopes": sum(len(envelopes) for _, envelopes in waiting),
        "deliveries": sum(len(messages.deliveries(sp, number_id(n + 1))) for n in range(stored)),
        "session": state[0].sent if state else 0,
        "session state": state[0].state[-1] + (stored - stored % 256) if state else 0,
        "custody": len(custody.events(sp)),
        "clock": chains.next_lamport(sp) - 1,
    }
    return stored, [f"{what} says {n}, not {stored}" for what, n in found.items() if n != stored]
