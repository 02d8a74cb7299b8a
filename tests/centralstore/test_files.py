from __future__ import annotations

from pathlib import Path

import pytest

from crypto import partleaf, signatures
from protocol.api import paths
from protocol.api.accounts import ServerReply
from protocol.api.files import EraseReason, FileReply, FileState
from protocol.api.spaces import StoredReply
from protocol.limits import MAX_PART_BYTES, RETENTION_SECONDS
from protocol.receipts import StoreReceipt
from protocol.roles import Party, Role
from tests.centralstore.client import enrolled, read, refused, wire
from tests.centralstore.exhibits import Exhibit
from tests.centralstore.team import team_of
from tests.support.store import StoreHandle


def objects(store: StoreHandle) -> list[Path]:
    return store.kept()


def gone(store: StoreHandle) -> bool:
    """Whether all parts leave the disk; the sweeper runs behind the answer."""
    return store.keeps(0)


def test_a_file_goes_up_and_comes_down_unchanged(store: StoreHandle) -> None:
    team, (al, bea) = team_of(store, "al", "bea")
    exhibit = Exhibit(team.space, al, (bea,))
    announced = read(exhibit.announce(), FileReply)
    assert (announced.state, announced.stored) == (FileState.RECEIVING, ())
    for index in (2, 0):
        assert exhibit.put(index).status_code == 204
    assert exhibit.state().stored == (0, 2)
    assert refused(exhibit.complete()) == (409, "parts-missing")
    assert refused(exhibit.get(0, bea)) == (409, "parts-missing")
    exhibit.put(1)

    receipt = read(exhibit.complete(), StoredReply).receipt

    with wire(store) as http:
        key = read(http.get(paths.SERVER), ServerReply).store_key
    stated = signatures.verify_store(receipt, key, StoreReceipt)
    assert (stated.item, stated.subject) == (exhibit.id, exhibit.root)
    assert read(exhibit.complete(), StoredReply).receipt == receipt
    for index, part in enumerate(exhibit.parts):
        answer = exhibit.get(index, bea)
        assert answer.content == part
        assert answer.headers[paths.PART_DIGEST_HEADER] == partleaf.leaf(part).hex()


def test_a_part_that_changed_on_the_way_is_refused_and_leaves_nothing(store: StoreHandle) -> None:
    team, (al, bea) = team_of(store, "al2", "bea2")
    exhibit = Exhibit(team.space, al, (bea,))
    exhibit.announce()
    before = len(objects(store))

    answer = exhibit.put(0, digest=partleaf.leaf(b"other"))

    assert refused(answer) == (422, "part-corrupted")
    assert exhibit.state().stored == ()
    assert len(objects(store)) == before


def test_a_part_may_be_repeated_but_never_exchanged(store: StoreHandle) -> None:
    team, (al, bea) = team_of(store, "al3", "bea3")
    exhibit = Exhibit(team.space, al, (bea,))
    exhibit.announce()
    assert exhibit.put(1).status_code == 204
    before = len(objects(store))

    assert exhibit.put(1).status_code == 204
    assert refused(exhibit.put(1, data=b"other bytes")) == (409, "conflict")
    assert len(objects(store)) == before


def test_a_part_too_long_and_one_that_does_not_exist_are_refused(store: StoreHandle) -> None:
    team, (al, bea) = team_of(store, "al4", "bea4")
    exhibit = Exhibit(team.space, al, (bea,))
    exhibit.announce()

    assert refused(exhibit.put(0, data=bytes(MAX_PART_BYTES + 1))) == (413, "limit-exceeded")
    assert refused(exhibit.put(0, data=b"")) == (400, "malformed")
    path = paths.part(team.space, exhibit.id, 3)
    headers = {paths.PART_DIGEST_HEADER: partleaf.leaf(b"x").hex()}
    assert refused(al.ask("PUT", path, content=b"x", headers=headers)) == (400, "bad-input")
    assert refused(al.ask("PUT", paths.part(team.space, exhibit.id, 0), content=b"x")) == (
        400,
        "malformed",
    )


def test_a_wrong_root_completes_nothing(store: StoreHandle) -> None:
    team, (al, bea) = team_of(store, "al5", "bea5")
    exhibit = Exhibit(team.space, al, (bea,), count=1)
    exhibit.announce()
    exhibit.put(0)

    assert refused(exhibit.complete(root=bytes(32))) == (422, "hash-mismatch")
    assert exhibit.state().state is FileState.RECEIVING


def test_announcing_twice_is_the_same_file_and_other_terms_are_another(store: StoreHandle) -> None:
    team, (al, bea, cy) = team_of(store, "al6", "bea6", "cy6")
    exhibit = Exhibit(team.space, al, (bea,))

    assert exhibit.announce().content == exhibit.announce().content
    wider = exhibit.announce(recipients=(bea.person.user, cy.person.user))
    assert refused(wider) == (409, "conflict")
    assert refused(Exhibit(team.space, al, (bea,)).announce(sealed_bytes=7)) == (400, "bad-input")


def test_only_who_may_upload_announces_and_only_members_receive(store: StoreHandle) -> None:
    team, (al, bea) = team_of(store, "al7", "bea7")
    us, eve = enrolled(store, "us7", "US", "third-country"), enrolled(store, "eve7")
    team.add(us, Role.THIRD_COUNTRY, Party.THIRD_COUNTRY)

    assert refused(Exhibit(team.space, us, (al,)).announce()) == (403, "no-permission")
    assert refused(Exhibit(team.space, al, (bea, eve)).announce()) == (403, "no-permission")
    assert refused(Exhibit(team.space, eve, (al,)).announce()) == (404, "not-found")
    assert Exhibit(team.space, al, (us,)).announce().is_success


def test_only_recipients_and_the_uploader_know_a_file(store: StoreHandle) -> None:
    team, (al, bea, cy) = team_of(store, "al8", "bea8", "cy8")
    exhibit = Exhibit(team.space, al, (bea,), count=1).upload()

    hidden = cy.ask("GET", exhibit.path)
    nothing = cy.ask("GET", paths.file(team.space, type(exhibit.id)(bytes(16))))

    assert refused(hidden) == refused(nothing) == (404, "not-found")
    assert hidden.content == nothing.content
    assert refused(exhibit.get(0, cy)) == (404, "not-found")
    assert refused(exhibit.prove(cy)) == (404, "not-found")
    assert refused(exhibit.put(0, by=bea)) == (404, "not-found")
    assert refused(exhibit.withdraw(bea)) == (404, "not-found")


def test_the_last_proof_erases_for_good_and_leaves_a_tombstone(own_store: StoreHandle) -> None:
    team, (al, bea, cy) = team_of(own_store, "al9", "bea9", "cy9")
    exhibit = Exhibit(team.space, al, (bea, cy)).upload()
    assert len(objects(own_store)) == 3

    assert refused(exhibit.prove(bea, root=bytes(32))) == (403, "forged")
    assert read(exhibit.prove(bea), FileReply).state is FileState.COMPLETE
    assert exhibit.get(0, cy).is_success
    last = read(exhibit.prove(cy), FileReply)

    assert (last.state, last.erase_reason) == (FileState.ERASED, EraseReason.VERIFIED)
    assert set(last.verified_by) == {bea.person.user, cy.person.user}
    assert gone(own_store)
    assert refused(exhibit.get(0, cy)) == (410, "erased")
    assert refused(exhibit.put(0)) == (410, "erased")
    assert exhibit.prove(cy).is_success
    assert exhibit.state(bea).state is FileState.ERASED


def test_a_file_is_gone_28_days_after_its_first_byte(own_store: StoreHandle) -> None:
    team, (al, bea) = team_of(own_store, "al10", "bea10")
    whole = Exhibit(team.space, al, (bea,), count=1).upload()
    partial = Exhibit(team.space, al, (bea,))
    partial.announce()
    partial.put(0)
    assert own_store.clock is not None

    own_store.clock.advance(RETENTION_SECONDS - 60)
    own_store.restart()
    al.sign_in()
    assert whole.state().state is FileState.COMPLETE
    own_store.clock.advance(61)
    own_store.restart()
    al.sign_in()

    assert gone(own_store)
    for exhibit in (whole, partial):
        state = exhibit.state()
        assert (state.state, state.erase_reason) == (FileState.ERASED, EraseReason.EXPIRED)


def test_withdrawing_erases_at_once(own_store: StoreHandle) -> None:
    team, (al, bea) = team_of(own_store, "al11", "bea11")
    exhibit = Exhibit(team.space, al, (bea,)).upload()

    for _ in range(2):
        assert read(exhibit.withdraw(), FileReply).erase_reason is EraseReason.WITHDRAWN
    assert gone(own_store)
    assert refused(exhibit.get(0, bea)) == (410, "erased")
    assert refused(exhibit.prove(bea)) == (410, "erased")


def test_somebody_removed_no_longer_keeps_a_file_waiting_and_his_uploads_go(
    own_store: StoreHandle,
) -> None:
    team, (al, bea, cy) = team_of(own_store, "al12", "bea12", "cy12")
    exhibit = Exhibit(team.space, al, (bea, cy), count=1).upload()
    unfinished = Exhibit(team.space, cy, (al,))
    unfinished.announce()
    unfinished.put(0)
    exhibit.prove(bea)

    team.remove(cy)

    assert exhibit.state().erase_reason is EraseReason.VERIFIED
    assert refused(unfinished.put(1)) == (404, "not-found")
    assert unfinished.state(al).erase_reason is EraseReason.WITHDRAWN
    assert gone(own_store)


def test_somebody_added_later_never_delays_erasing(own_store: StoreHandle) -> None:
    team, (al, bea) = team_of(own_store, "al13", "bea13")
    exhibit = Exhibit(team.space, al, (bea,), count=1).upload()
    team.add(enrolled(own_store, "late13"))

    assert read(exhibit.prove(bea), FileReply).state is FileState.ERASED


def test_closing_erases_every_file(own_store: StoreHandle) -> None:
    team, (al, bea) = team_of(own_store, "al14", "bea14")
    whole = Exhibit(team.space, al, (bea,), count=1).upload()
    partial = Exhibit(team.space, al, (bea,))
    partial.announce()
    partial.put(0)

    team.close()

    assert gone(own_store)
    assert whole.state(bea).erase_reason is EraseReason.CLOSED
    assert refused(partial.put(1)) == (409, "space-closed")
    assert refused(whole.get(0, bea)) == (410, "erased")


def test_parts_acknowledged_before_a_kill_are_there_after_it(own_store: StoreHandle) -> None:
    team, (al, bea) = team_of(own_store, "al15", "bea15")
    exhibit = Exhibit(team.space, al, (bea,))
    exhibit.announce()
    exhibit.put(0)
    exhibit.put(2)

    own_store.restart()
    al.sign_in()
    bea.sign_in()

    assert exhibit.state().stored == (0, 2)
    exhibit.put(1)
    assert exhibit.complete().is_success
    assert [exhibit.get(n, bea).content for n in range(3)] == exhibit.parts


def test_erasing_interrupted_by_a_kill_ends_in_erased(own_store: StoreHandle) -> None:
    team, (al, bea) = team_of(own_store, "al16", "bea16")
    exhibit = Exhibit(team.space, al, (bea,)).upload()
    stray = objects(own_store)[0].parent / "9-interrupted"

    stray.write_bytes(b"left by a write that was cut short")
    exhibit.withdraw()
    own_store.restart()

    assert gone(own_store)


@pytest.mark.parametrize("number", ["-1", "x", "99999999999999999999"])
def test_a_part_number_is_a_number(store: StoreHandle, number: str) -> None:
    team, (al, bea) = team_of(store, f"al17{number}", f"bea17{number}")
    exhibit = Exhibit(team.space, al, (bea,), count=1)
    exhibit.announce()

    assert refused(al.ask("PUT", f"{exhibit.path}/parts/{number}", content=b"x"))[0] == 404
