"""The proof of a fork: what each kind of statement says; both must be signed, and differ."""

from __future__ import annotations

import msgspec
import pytest

from crypto import forkproof, membership, signatures
from protocol import codec
from protocol.errors import ForgedError, MalformedError, RefusedError
from protocol.forks import ForkProof, Statement
from protocol.ids import SpaceId
from protocol.membership import EntryKind, Roster, entry_hash
from protocol.receipts import Receipt, ReceiptKind
from tests.support.people import NOW, Person, entry, genesis, make_person

ANA, BRUNO = make_person("ana"), make_person("bruno")


def _opened() -> tuple[bytes, Roster]:
    return membership.create(genesis(ANA), ANA.dsk)


def _policy(roster: Roster, *, verified_only: bool) -> bytes:
    record = entry(roster, ANA, EntryKind.POLICY)
    record = msgspec.structs.replace(record, verified_only=verified_only)
    return membership.append(roster, record, ANA.dsk)[0]


def _receipt(space: SpaceId, seq: int, head: bytes) -> Receipt:
    return Receipt(
        version=1,
        kind=ReceiptKind.DELIVERED,
        space=space,
        message=b"m" * 16,
        subject=bytes(32),
        sha256=None,
        device=BRUNO.device,
        device_seq=1,
        prev=bytes(32),
        log_seq=seq,
        log_head=head,
        remaining="",
        claimed_at=NOW,
        nonce=bytes(16),
    )


def _statement(who: Person, signed: bytes) -> Statement:
    return Statement(version=1, user=who.user, devices=who.signed_list, signed=signed)


def _proof(space: SpaceId, seq: int, first: Statement, second: Statement) -> bytes:
    return codec.encode(ForkProof(version=1, space=space, seq=seq, first=first, second=second))


def test_every_statement_names_the_heads_it_stands_for() -> None:
    signed, roster = _opened()
    policy = _policy(roster, verified_only=True)
    receipt = signatures.sign(BRUNO.dsk, BRUNO.device, _receipt(roster.space, 7, b"h" * 32))

    assert forkproof.heads_of(signed) == ("genesis", roster.space, {0: roster.head})
    head = entry_hash(signatures.parse(policy).body)
    assert forkproof.heads_of(policy) == ("entry", roster.space, {1: head, 0: roster.head})
    assert forkproof.heads_of(receipt) == ("receipt", roster.space, {7: b"h" * 32})
    with pytest.raises(MalformedError):
        forkproof.heads_of(ANA.signed_list)


def test_two_entries_for_one_place_prove_a_fork_and_name_their_signer() -> None:
    _, roster = _opened()
    sides = [_statement(ANA, _policy(roster, verified_only=value)) for value in (True, False)]

    fork = forkproof.check(_proof(roster.space, 1, *sides))

    assert (fork.space, fork.seq) == (roster.space, 1)
    assert {fork.first.user, fork.second.user} == {ANA.user}
    assert fork.first.head != fork.second.head
    assert len(fork.first.digits) == 30


def test_a_genesis_and_a_receipt_prove_a_fork() -> None:
    signed, roster = _opened()
    receipt = signatures.sign(BRUNO.dsk, BRUNO.device, _receipt(roster.space, 0, b"h" * 32))
    proof = _proof(roster.space, 0, _statement(ANA, signed), _statement(BRUNO, receipt))

    fork = forkproof.check(proof)

    assert (fork.first.what, fork.second.what) == ("genesis", "receipt")
    assert fork.second.user == BRUNO.user


def test_the_same_log_twice_is_no_fork() -> None:
    signed, roster = _opened()
    receipt = signatures.sign(BRUNO.dsk, BRUNO.device, _receipt(roster.space, 0, roster.head))
    proof = _proof(roster.space, 0, _statement(ANA, signed), _statement(BRUNO, receipt))

    with pytest.raises(RefusedError, match="same log"):
        forkproof.check(proof)


@pytest.mark.parametrize("seq", [1, 2])
def test_a_statement_about_another_place_or_space_is_no_proof(seq: int) -> None:
    signed, roster = _opened()
    space = roster.space if seq == 1 else SpaceId(b"s" * 16)
    receipt = signatures.sign(BRUNO.dsk, BRUNO.device, _receipt(space, seq - 1, b"h" * 32))
    proof = _proof(space, seq % 2, _statement(ANA, signed), _statement(BRUNO, receipt))

    with pytest.raises(RefusedError, match="another space or another place"):
        forkproof.check(proof)


def test_a_statement_must_be_signed_by_the_device_it_names_with_the_list_beside_it() -> None:
    signed, roster = _opened()
    first = _statement(ANA, signed)
    record = _receipt(roster.space, 0, b"h" * 32)
    by_ana = signatures.sign(ANA.dsk, BRUNO.device, record)
    for_ana = signatures.sign(ANA.dsk, ANA.device, record)
    named = msgspec.structs.replace(record, device=ANA.device)
    honest = signatures.sign(ANA.dsk, ANA.device, named)

    for second in (
        _statement(BRUNO, by_ana),  # another key than the list names
        _statement(ANA, by_ana),  # a device that the list does not name
        _statement(ANA, for_ana),  # a receipt in the name of another device
    ):
        with pytest.raises(ForgedError):
            forkproof.check(_proof(roster.space, 0, first, second))
    assert forkproof.check(_proof(roster.space, 0, first, _statement(ANA, honest))).seq == 0


def test_a_statement_about_another_space_at_the_same_place_is_no_proof() -> None:
    signed, _ = _opened()
    other = SpaceId(b"s" * 16)
    receipt = signatures.sign(BRUNO.dsk, BRUNO.device, _receipt(other, 0, b"h" * 32))
    proof = _proof(other, 0, _statement(ANA, signed), _statement(BRUNO, receipt))

    with pytest.raises(RefusedError, match="another space or another place"):
        forkproof.check(proof)
