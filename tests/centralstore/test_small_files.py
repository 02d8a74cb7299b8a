"""Several small files in one request: nothing that one by one is refused, and the same traces."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence

import httpx
import pytest

from centralstore.policy import Act
from crypto import merkle, partleaf, signatures
from protocol.api import paths
from protocol.api.accounts import ServerReply
from protocol.api.files import FileState
from protocol.api.smallfiles import (
    FetchSmallReply,
    FetchSmallRequest,
    ProveSmallRequest,
    SmallFile,
    StoreSmallReply,
    StoreSmallRequest,
)
from protocol.limits import MAX_TOGETHER_BYTES
from protocol.receipts import DownloadProof, StoreReceipt
from tests.centralstore.client import Device, enrolled, read, refused, wire
from tests.centralstore.exhibits import Exhibit
from tests.centralstore.team import Team, team_of
from tests.centralstore.test_accesslog import log
from tests.centralstore.test_files import gone, objects
from tests.centralstore.test_limits import configure
from tests.support.people import NOW
from tests.support.store import StoreHandle


def small(team: Team, al: Device, bea: Device, count: int = 3) -> list[Exhibit]:
    return [Exhibit(team.space, al, (bea,), count=1) for _ in range(count)]


def as_asked(one: Exhibit, **changes: object) -> SmallFile:
    fields: dict[str, object] = {
        "file": one.id,
        "recipients": tuple(to.person.user for to in one.recipients),
        "part": one.parts[0],
        "root": one.root,
    }
    return SmallFile(**{**fields, **changes})  # type: ignore[arg-type]


def put(files: Sequence[Exhibit | SmallFile], by: Exhibit) -> httpx.Response:
    asked = tuple(one if isinstance(one, SmallFile) else as_asked(one) for one in files)
    return by.uploader.ask("POST", paths.small_files(by.space), StoreSmallRequest(files=asked))


def get(files: Sequence[Exhibit], by: Device) -> httpx.Response:
    request = FetchSmallRequest(files=tuple(one.id for one in files))
    return by.ask("POST", paths.small_parts(files[0].space), request)


def proof(one: Exhibit, by: Device, root: bytes | None = None) -> bytes:
    stated = DownloadProof(
        version=1,
        space=one.space,
        file=one.id,
        root=root or one.root,
        device=by.person.device,
        claimed_at=NOW,
    )
    return signatures.sign(by.person.dsk, by.person.device, stated)


def prove(one: Exhibit, by: Device, *proofs: bytes) -> httpx.Response:
    return by.ask("POST", paths.small_proofs(one.space), ProveSmallRequest(proofs=proofs))


def test_they_go_up_come_down_and_are_erased_as_if_each_had_gone_alone(
    own_store: StoreHandle,
) -> None:
    team, (al, bea) = team_of(own_store, "al", "bea")
    files = small(team, al, bea)

    receipts = read(put(files, files[0]), StoreSmallReply).receipts

    with wire(own_store) as http:
        key = read(http.get(paths.SERVER), ServerReply).store_key
    stated = [signatures.verify_store(one, key, StoreReceipt) for one in receipts]
    assert [(one.item, one.subject) for one in stated] == [(one.id, one.root) for one in files]
    wanted = [files[2], files[0], files[1]]
    assert read(get(wanted, bea), FetchSmallReply).parts == tuple(w.parts[0] for w in wanted)
    assert files[0].get(0, bea).content == files[0].parts[0]
    assert prove(files[0], bea, *(proof(one, bea) for one in files)).status_code == 204
    assert {one.state().state for one in files} == {FileState.ERASED}
    assert gone(own_store)


def test_the_access_log_has_the_rows_of_each_file_and_no_others(own_store: StoreHandle) -> None:
    team, (al, bea) = team_of(own_store, "al", "bea")
    files = small(team, al, bea)
    put(files, files[0])
    get(files, bea)
    prove(files[0], bea, *(proof(one, bea) for one in files))

    ids = {file.id for file in files}
    lines = [one for one in log(own_store) if one.subject in ids and one.user]  # no sweeper's

    each = (Act.ANNOUNCE_FILE, Act.PUT_PART, Act.COMPLETE_FILE, Act.GET_PART, Act.PROVE_FILE)
    done = Counter((line.subject, line.operation) for line in lines if line.result == "ok")
    assert done == {(file.id, act.value): 1 for file in files for act in each}
    assert not [line for line in log(own_store) if line.operation.startswith("small.")]


def test_a_request_that_is_repeated_answers_the_same_and_keeps_nothing_twice(
    own_store: StoreHandle,
) -> None:
    team, (al, bea) = team_of(own_store, "al", "bea")
    files = small(team, al, bea)
    first = read(put(files, files[0]), StoreSmallReply)
    before = len(objects(own_store))

    assert read(put(files, files[0]), StoreSmallReply) == first
    assert len(objects(own_store)) == before


def test_what_an_earlier_attempt_left_half_done_is_completed(own_store: StoreHandle) -> None:
    team, (al, bea) = team_of(own_store, "al", "bea")
    files = small(team, al, bea)
    files[0].announce()
    files[1].announce()
    assert files[1].put(0).status_code == 204

    assert put(files, files[0]).is_success

    assert {one.state().state for one in files} == {FileState.COMPLETE}
    assert len(objects(own_store)) == len(files)


@pytest.mark.parametrize("wrong", ["part", "root", "recipients"])
def test_one_that_is_refused_refuses_them_all_and_leaves_nothing(
    own_store: StoreHandle, wrong: str
) -> None:
    team, (al, bea) = team_of(own_store, "al", "bea")
    eve = enrolled(own_store, "eve")
    files = small(team, al, bea)
    lie = {"part": os.urandom(1000), "root": bytes(32), "recipients": (eve.person.user,)}[wrong]

    answer = put([files[0], as_asked(files[1], **{wrong: lie}), files[2]], files[0])

    assert refused(answer)[0] in {403, 422}
    assert objects(own_store) == []
    assert refused(al.ask("GET", files[0].path)) == (404, "not-found")
    told = [line for line in log(own_store) if line.operation == "small.store"]
    assert [(line.user, line.result) for line in told] == [(al.person.user, refused(answer)[1])]


def test_other_bytes_never_take_the_place_of_what_is_stored(own_store: StoreHandle) -> None:
    team, (al, bea) = team_of(own_store, "al", "bea")
    half, whole = small(team, al, bea, 2)
    half.announce()
    half.put(0)
    put([whole], whole)
    other = os.urandom(len(half.parts[0]))
    leaf = merkle.root([partleaf.leaf(other)])

    for one in (half, whole):
        assert refused(put([as_asked(one, part=other, root=leaf)], one)) == (409, "conflict")
    assert put([half], half).is_success
    assert read(get([half, whole], bea), FetchSmallReply).parts == (half.parts[0], whole.parts[0])


def test_strangers_and_those_it_is_not_for_get_and_prove_nothing(own_store: StoreHandle) -> None:
    team, (al, bea, cy) = team_of(own_store, "al", "bea", "cy")
    eve = enrolled(own_store, "eve")
    files = small(team, al, bea)
    mine = Exhibit(team.space, al, (bea, cy), count=1)
    put([*files, mine], mine)

    for who in (eve, cy):
        assert refused(get([mine, *files], who)) == (404, "not-found")
        answer = prove(mine, who, proof(mine, who), proof(files[0], who))
        assert refused(answer) == (404, "not-found")
    assert refused(put([Exhibit(team.space, eve, (bea,), count=1)], Exhibit(team.space, eve, ())))
    assert mine.state().verified_by == ()


def test_a_proof_about_another_root_or_of_another_device_proves_none(
    own_store: StoreHandle,
) -> None:
    team, (al, bea, cy) = team_of(own_store, "al", "bea", "cy")
    files = [Exhibit(team.space, al, (bea, cy), count=1) for _ in range(2)]
    put(files, files[0])
    good = proof(files[0], bea)

    for bad in (proof(files[1], bea, root=bytes(32)), proof(files[1], cy)):
        assert refused(prove(files[0], bea, good, bad)) == (403, "forged")
    assert [one.state().verified_by for one in files] == [(), ()]


def test_a_file_twice_many_parts_or_too_many_bytes_are_refused(own_store: StoreHandle) -> None:
    team, (al, bea) = team_of(own_store, "al", "bea")
    one, large = small(team, al, bea, 1)[0], Exhibit(team.space, al, (bea,), count=2).upload()
    parts = [os.urandom(MAX_TOGETHER_BYTES // 2 + 1) for _ in range(2)]
    heavy = [
        as_asked(each, part=part, root=merkle.root([partleaf.leaf(part)]))
        for each, part in zip(small(team, al, bea, 2), parts, strict=True)
    ]

    assert refused(put([one, one], one)) == (400, "malformed")
    assert refused(put(heavy, one))[1] == "limit-exceeded"
    assert put([one], one).is_success
    assert refused(get([one, one], bea)) == (400, "malformed")
    assert refused(get([large], bea))[1] == "limit-exceeded"
    assert refused(prove(one, bea, proof(one, bea), proof(one, bea))) == (400, "malformed")


def test_each_file_counts_as_a_request(own_store: StoreHandle) -> None:
    team, (al, bea) = team_of(own_store, "al", "bea")
    configure(own_store, device_rate=1, device_burst=20)
    assert al.ask("GET", paths.DEVICES).is_success
    many = small(team, al, bea, 30)

    assert refused(put(many, many[0])) == (429, "store-busy")

    assert objects(own_store) == []
    assert own_store.clock is not None
    own_store.clock.advance(60)
    assert put(many[:3], many[0]).is_success
