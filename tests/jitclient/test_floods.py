"""A member floods: receipts, session starts, requests to send again. Bounded, and told once."""

from __future__ import annotations

import pytest

from crypto import signatures
from jitclient import receipts, sealing
from jitclient.place import Place, place
from jitclient.sealing import Draft
from jitclient.session import Session
from localstore import custody, evidence, messages, sessions
from localstore.connection import transaction
from localstore.evidence import ExhibitRecord
from protocol.content import Receipts
from protocol.ids import FileId, MessageId, SpaceId
from protocol.limits import SESSION_REFRESH_MESSAGES
from protocol.manifest import Manifest
from protocol.membership import record_hash
from protocol.receipts import Receipt, ReceiptKind
from tests.jitclient.office import Office
from tests.jitclient.test_pairs import _used
from tests.jitclient.two import pair

TRACES = {"envelope_seen", "link"}
"""What every message leaves, whatever it says, until it can come no more (housekeeping)."""


def counted(office: Office, name: str, space: SpaceId) -> dict[str, int]:
    """How many rows each table of a space has."""

    def count(session: Session) -> dict[str, int]:
        sp = session.stores.space(space)
        names = sp.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {t: int(sp.execute(f"SELECT count(*) FROM {t}").fetchall()[0][0]) for (t,) in names}

    return office.on(name, count)


def grown(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    """Which tables grew, and by how much."""
    return {t: after[t] - before[t] for t in after if after[t] > before[t]}


def flood(
    office: Office, space: SpaceId, count: int, kind: ReceiptKind, subject: bytes, **more: object
) -> None:
    """Bruno sends Ana messages full of receipts about one thing."""

    def write(session: Session) -> None:
        at = place(session, space)
        with transaction(at.sp):
            for number in range(count):
                batch = tuple(
                    _receipt(at, kind, subject, number * receipts.BATCH + i, **more)
                    for i in range(receipts.BATCH)
                )
                content = Receipts(version=1, receipts=batch)
                audience = (office.people["ana"].user,)
                sealing.compose(at, Draft(content=content, kind="receipts", audience=audience))

    office.on("bruno", write)


def _receipt(at: Place, kind: ReceiptKind, subject: bytes, number: int, **more: object) -> bytes:
    fields: dict[str, object] = {"message": bytes(16), "sha256": None, **more}
    made = Receipt(
        version=1,
        kind=kind,
        space=at.space,
        subject=subject,
        device=at.session.device,
        device_seq=1_000 + number,
        prev=bytes(32),
        log_seq=at.log.roster.seq,
        log_head=at.log.roster.head,
        remaining="",
        claimed_at=at.now + number,
        nonce=number.to_bytes(16),
        **fields,  # type: ignore[arg-type]
    )
    return signatures.sign(at.session.signing, at.session.device, made)


def test_a_flood_of_receipts_changes_what_one_would_and_is_answered_by_nothing(
    office: Office,
) -> None:
    space = pair(office)
    message = office.write("ana", space, "Thursday.")
    office.exchange(space, "ana", "bruno", rounds=3)
    digest = office.on("ana", _digest, space, message)
    before = counted(office, "ana", space)
    flood(office, space, 30, ReceiptKind.DELIVERED, digest, message=message)
    flood(office, space, 10, ReceiptKind.DELIVERED, bytes(32), message=b"unknown message.")
    office.post("bruno", space)

    office.deliver("ana")

    rows = grown(before, counted(office, "ana", space))
    assert rows.keys() <= TRACES, rows
    assert all(count == 40 for count in rows.values()), rows
    assert office.alarms("ana") == []
    assert office.post("ana", space) == 0


def _digest(session: Session, space: SpaceId, message: bytes) -> bytes:
    row = messages.message(session.stores.space(space), message)
    assert row is not None
    return row.body_digest


@pytest.mark.parametrize(
    ("kind", "most"), [(ReceiptKind.VERIFIED, 1), (ReceiptKind.EXPORTED, receipts.MAX_TOLD)]
)
def test_receipts_about_an_exhibit_fill_no_custody_log_and_are_told_once(
    office: Office, kind: ReceiptKind, most: int
) -> None:
    space = pair(office)
    subject = office.on("ana", _add_exhibit, space)
    before = counted(office, "ana", space)
    flood(office, space, 20, kind, subject, sha256=b"h" * 32)
    office.post("bruno", space)

    office.deliver("ana")

    log = office.on("ana", lambda s: custody.events(s.stores.space(space)))
    told = [e for e in log if e.actor == "Bruno"]
    assert most - receipts.BATCH < len(told) <= most
    rows = grown(before, counted(office, "ana", space))
    assert rows.keys() <= {*TRACES, "custody", "custody_of", "exhibit_verified"}, rows
    assert office.alarms("ana") == ([] if most == 1 else ["too-many-receipts"])
    office.write("bruno", space, "and on")
    office.exchange(space, "bruno", "ana")
    assert office.texts("ana", space)[-1] == "and on"


def _add_exhibit(session: Session, space: SpaceId) -> bytes:
    """An exhibit of Ana's own, as if handed over; the record hash of its manifest."""
    at = place(session, space)
    manifest = Manifest(
        version=1,
        file=b"f" * 16,
        space=space,
        name="disk.img",
        mime="",
        suite=1,
        exhibit="E-1",
        facts=(),
        size=1,
        padded=1,
        parts=1,
        salt=b"s" * 24,
        commitment=b"c" * 32,
        root=b"r" * 32,
        sha256=b"h" * 32,
        log_seq=at.log.roster.seq,
        log_head=at.log.roster.head,
        claimed_at=at.now,
    )
    signed = signatures.sign(session.signing, session.device, manifest)
    record = ExhibitRecord(
        file=FileId(b"f" * 16),
        message=MessageId(b"m" * 16),
        manifest=signed,
        file_key=b"k" * 32,
        salt=b"s" * 24,
        name="disk.img",
        mime="",
        exhibit="E-1",
        size=1,
        sha256=b"h" * 32,
        author_user=session.user,
        mine=True,
        state="on-server",
        sealed_total=1,
        parts=1,
        source="",
        source_stat="",
        recipients=(),
        added_at=at.now,
        expires_at=None,
        problem="",
        announced=True,
        root=b"r" * 32,
        exported_to="",
    )
    with transaction(at.sp):
        evidence.add_exhibit(at.sp, record)
    return record_hash(signatures.parse(signed).body)


def test_a_flood_of_session_starts_keeps_few_sessions_and_is_told_once(office: Office) -> None:
    space = pair(office)
    office.clock.at += 2 * sessions.STARTS_SECONDS
    before = counted(office, "bruno", space)
    for number in range(sessions.MAX_STARTS + 10):
        _used(office, "ana", space, "bruno", sealed=SESSION_REFRESH_MESSAGES)
        office.bundles("ana", space)
        office.write("ana", space, f"Number {number}.")
        office.post("ana", space)

    office.deliver("bruno")

    rows = grown(before, counted(office, "bruno", space))
    assert rows.get("session", 0) <= sessions.MAX_SESSIONS - 1
    assert office.alarms("bruno") == ["too-many-starts"]
    taken = len(office.texts("bruno", space)) - 2
    assert taken == sessions.MAX_STARTS, "what came beyond the bound was refused"
