"""Two logs of one space: what showed it is kept, and proves it to anybody with the file alone."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from crypto import forkproof, signatures
from crypto.forkproof import Fork
from jitclient import forks, sealing
from jitclient.__main__ import main
from jitclient.place import place
from jitclient.session import Session
from jitclient.usecases import prove_fork, share_history
from localstore.connection import transaction
from protocol import codec
from protocol.content import Receipts, Text
from protocol.errors import (
    CannotCreateError,
    LogForkError,
    MalformedError,
    NoInputError,
    NotFoundError,
    RefusedError,
)
from protocol.forks import MAX_PROOF_BYTES, ForkProof
from protocol.ids import SpaceId
from protocol.membership import Entry, entry_hash
from protocol.receipts import Receipt, ReceiptKind
from tests.jitclient.office import Office
from tests.support.people import Person

PAIR = ("ana", "bruno")


def _two_entries(office: Office) -> tuple[SpaceId, bytes]:
    """Ana signs two entries for one place; Bruno has the first, then the store shows the other."""
    office.join(*PAIR)
    space = office.open_space(*PAIR)
    first, second = (
        office.on("ana", share_history.policy, space, verified_only=value)
        for value in (True, False)
    )
    office.append("ana", space, first)
    office.exchange(space, *PAIR)
    office.follow("bruno", space, [second])
    return space, second


def _proof(office: Office, space: SpaceId) -> bytes:
    return office.on("bruno", forks.proof, space)


def test_two_entries_for_one_place_are_a_proof_for_anybody(office: Office, tmp_path: Path) -> None:
    space, _ = _two_entries(office)
    assert office.alarms("bruno") == ["log-fork"]
    with pytest.raises(LogForkError):
        office.on("bruno", sealing.refuse_fork, space)

    path = asyncio.run(prove_fork.export(office.sessions["bruno"], space, tmp_path / "p.fork"))
    fork = prove_fork.check(path)
    assert isinstance(fork, Fork)

    ana = office.people["ana"]
    assert (fork.space, fork.seq) == (space, 2)
    assert [(w.user, w.device, w.what) for w in (fork.first, fork.second)] == [
        (ana.user, ana.device, "entry")
    ] * 2
    assert fork.first.head != fork.second.head
    with pytest.raises(CannotCreateError):
        asyncio.run(prove_fork.export(office.sessions["bruno"], space, path))


def test_an_entry_that_follows_another_past_is_a_proof(office: Office) -> None:
    office.join(*PAIR)
    space = office.open_space(*PAIR)
    other = office.on("ana", share_history.policy, space, verified_only=False)
    office.append("ana", space, office.on("ana", share_history.policy, space, verified_only=True))
    office.exchange(space, *PAIR)
    later = office.on("ana", _after, space, other)

    office.follow("bruno", space, [later])

    fork = forkproof.check(_proof(office, space))
    assert (fork.seq, fork.first.what, fork.second.what) == (2, "entry", "entry")


def _after(session: Session, space: SpaceId, other: bytes) -> bytes:
    """The entry after `other`, as a member signs it who was shown that one."""
    entry = signatures.peek(other, Entry)
    later = msgspec.structs.replace(
        entry, seq=entry.seq + 1, prev=entry_hash(signatures.parse(other).body)
    )
    return signatures.sign(session.signing, session.device, later)


def _receipt(session: Session, space: SpaceId, *, by: Person) -> bytes:
    """A receipt of a device that was shown another log than everybody else."""
    receipt = Receipt(
        version=1,
        kind=ReceiptKind.DELIVERED,
        space=space,
        message=b"m" * 16,
        subject=bytes(32),
        sha256=None,
        device=session.device,
        device_seq=9,
        prev=bytes(32),
        log_seq=1,
        log_head=b"h" * 32,
        remaining="",
        claimed_at=session.clock.now(),
        nonce=bytes(16),
    )
    return signatures.sign(by.dsk, by.device, receipt)


def _send(session: Session, space: SpaceId, signed: bytes) -> None:
    at = place(session, space)
    with transaction(at.sp):
        content = Receipts(version=1, receipts=(signed,))
        sealing.compose(at, sealing.Draft(content=content, kind="receipts"))


def test_a_signed_receipt_under_another_log_is_a_proof(office: Office) -> None:
    office.join(*PAIR)
    space = office.open_space(*PAIR)
    signed = office.on("ana", _receipt, space, by=office.people["ana"])
    office.on("ana", _send, space, signed)
    office.post("ana", space)

    office.deliver("bruno")

    assert office.alarms("bruno") == ["log-fork"]
    fork = forkproof.check(_proof(office, space))
    assert (fork.seq, fork.first.what, fork.second.what) == (1, "entry", "receipt")
    assert fork.second.head == b"h" * 32


def test_a_head_in_a_message_convinces_its_reader_only(office: Office) -> None:
    office.join(*PAIR)
    space = office.open_space(*PAIR)
    with pytest.raises(NotFoundError, match="No fork"):
        _proof(office, space)
    office.on("ana", _write_under, space, b"h" * 32)
    office.post("ana", space)

    office.deliver("bruno")

    assert office.alarms("bruno") == ["log-fork"]
    with pytest.raises(NotFoundError, match="nobody else"):
        _proof(office, space)


def _write_under(session: Session, space: SpaceId, head: bytes) -> None:
    log = session.log(space)
    session.logs[space] = replace(log, roster=replace(log.roster, head=head))
    at = place(session, space)
    with transaction(at.sp):
        content = Text(version=1, text="Under another log.", reply_to=None, mentions=())
        sealing.compose(at, sealing.Draft(content=content, kind="text"))
    session.logs[space] = log


# --- what is no proof ----------------------------------------------------------------------------


def test_i29_a_proof_that_was_changed_anywhere_proves_nothing(office: Office) -> None:
    space, _ = _two_entries(office)
    data = _proof(office, space)

    for at in range(0, len(data), 97):
        changed = bytearray(data)
        changed[at] ^= 1
        with pytest.raises(RefusedError):
            forkproof.check(bytes(changed))


def _changed(office: Office, space: SpaceId, what: str) -> bytes:
    proof = codec.decode(ForkProof, _proof(office, space), limit=MAX_PROOF_BYTES)
    change = msgspec.structs.replace
    bruno = office.people["bruno"]
    match what:
        case "the same statement twice":
            proof = change(proof, second=proof.first)
        case "another space":
            proof = change(proof, space=b"s" * 16)
        case "another place":
            proof = change(proof, seq=proof.seq + 1)
        case "the list of somebody else":
            second = change(proof.second, user=bruno.user, devices=bruno.signed_list)
            proof = change(proof, second=second)
        case _:
            second = change(proof.second, signed=bruno.signed_list)
            proof = change(proof, second=second)
    return codec.encode(proof)


@pytest.mark.parametrize(
    "what",
    [
        "the same statement twice",
        "another space",
        "another place",
        "the list of somebody else",
        "no statement about a log",
    ],
)
def test_what_does_not_contradict_is_no_fork(office: Office, what: str) -> None:
    space, _ = _two_entries(office)

    with pytest.raises(RefusedError):
        forkproof.check(_changed(office, space, what))


def test_a_statement_signed_by_nobody_of_the_list_is_no_proof(office: Office) -> None:
    office.join(*PAIR)
    space = office.open_space(*PAIR)
    signed = office.on("ana", _receipt, space, by=office.people["bruno"])
    office.on("ana", _send, space, signed)
    office.post("ana", space)

    office.deliver("bruno")

    assert office.alarms("bruno") == ["forged"]
    with pytest.raises(NotFoundError):
        _proof(office, space)


def test_the_command_checks_a_file_and_says_what_it_does_not_prove(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    space, _ = _two_entries(office)
    path = tmp_path / "proof"
    path.write_bytes(_proof(office, space))

    assert main(["check-proof", str(path)]) == 0
    said = capsys.readouterr().out
    assert space.hex() in said
    assert office.people["ana"].user.hex() in said
    assert "compare the digits" in said

    path.write_bytes(b"no proof")
    assert main(["check-proof", str(path)]) == MalformedError.exit_status
    with pytest.raises(NoInputError):
        prove_fork.check(tmp_path / "nothing here")
