"""I28: the receipts of one device, laid side by side from all who had them, show a gap or a fork.

The product keeps the chain and lays nobody's receipts side by side (docs/protocol/60 §3): whoever
does so works as this test does, by the page.
"""

from __future__ import annotations

from crypto import signatures
from jitclient.session import Session
from localstore.connection import transaction
from protocol.ids import SpaceId
from protocol.membership import record_hash
from protocol.receipts import Receipt
from tests.jitclient.office import Office

TEAM = ("ana", "bruno", "carla")


def _kept(session: Session, space: SpaceId) -> list[bytes]:
    """The signed receipts of all kinds of delivery that one member holds."""
    sp = session.stores.space(space)
    found = sp.execute("SELECT receipt FROM delivery WHERE receipt != x''").fetchall()
    return [bytes(row[0]) for row in found]


def _of_bruno(office: Office, space: SpaceId) -> list[tuple[int, bytes, bytes]]:
    """His receipts, from whoever holds them: number, hash of the one before, own hash."""
    entry = office.people["bruno"].listed.devices[0]
    chain = []
    for name in ("ana", "carla"):
        for data in office.on(name, _kept, space):
            if signatures.peek(data, Receipt).device != entry.device:
                continue
            one = signatures.verify(data, entry.signing, Receipt, signer=entry.device)
            chain.append((one.device_seq, one.prev, record_hash(signatures.parse(data).body)))
    return sorted(chain)


def faults(chain: list[tuple[int, bytes, bytes]]) -> set[str]:
    """What is wrong with a chain, as 60 §3 says how to read it."""
    found, before = set(), (0, bytes(32))
    for number, prev, own in chain:
        if number == before[0]:
            found.add("fork")
        elif number != before[0] + 1:
            found.add("gap")
        elif prev != before[1]:
            found.add("fork")
        before = (number, own)
    return found


def _worked(office: Office) -> SpaceId:
    office.join(*TEAM)
    space = office.open_space(*TEAM)
    for turn in range(3):
        for name in ("ana", "carla"):
            office.write(name, space, f"{name} {turn}")
            office.exchange(space, *TEAM, rounds=2)
        office.restart("bruno")
    office.exchange(space, *TEAM, rounds=2)
    return space


def test_i28_a_gap_in_a_devices_receipts_is_found_and_a_whole_chain_has_none(
    office: Office,
) -> None:
    space = _worked(office)
    chain = _of_bruno(office, space)

    assert len(chain) == 6
    assert faults(chain) == set()
    for missing in range(len(chain) - 1):
        assert "gap" in faults(chain[:missing] + chain[missing + 1 :])


def test_i28_a_device_that_was_put_back_and_signs_anew_shows_a_fork(office: Office) -> None:
    space = _worked(office)
    number, head = office.on("bruno", _end, space)
    office.write("ana", space, "once")
    office.exchange(space, *TEAM, rounds=2)
    office.on("bruno", _put_back, space, number, head)
    office.write("carla", space, "twice")
    office.exchange(space, *TEAM, rounds=2)

    assert faults(_of_bruno(office, space)) == {"fork"}


def _end(session: Session, space: SpaceId) -> tuple[int, bytes]:
    row = session.stores.space(space).execute("SELECT seq, head FROM receipt_chain").fetchall()[0]
    return int(row[0]), bytes(row[1])


def _put_back(session: Session, space: SpaceId, number: int, head: bytes) -> None:
    sp = session.stores.space(space)
    with transaction(sp):
        sp.execute("UPDATE receipt_chain SET seq = ?, head = ?", (number, head))
