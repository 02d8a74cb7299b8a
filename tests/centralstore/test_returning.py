"""After a restore: lost entries come back from any member, and nothing else comes with them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import replace as change
from pathlib import Path

import httpx
import pytest
from msgspec.structs import replace

from crypto import signatures
from protocol.api import paths
from protocol.api.spaces import LogReply, ReturnRequest, SpacesReply, SpaceSummary
from protocol.membership import Entry, EntryKind
from tests.centralstore.client import Device, enrolled, linked, read, refused
from tests.centralstore.team import Team, team_of
from tests.centralstore.test_device_entries import cut_of, devices_entry
from tests.support.people import Person
from tests.support.store import StoreHandle, made_store, run_jitstore


@dataclass
class Lost:
    """A space at a store that was set back to last night: what came since only members have."""

    store: StoreHandle
    team: Team
    al: Device
    bea: Device
    eva: Device
    laptop: Device
    night: int
    entries: tuple[bytes, ...]
    lists: tuple[bytes, ...]

    def hand_in(self, by: Device, *entries: bytes, lists: tuple[bytes, ...] = ()) -> httpx.Response:
        handed = ReturnRequest(entries=entries, lists=lists)
        return by.ask("POST", paths.returned_log(self.team.space), handed)

    def log(self, of: Device) -> LogReply:
        answer = of.ask("GET", paths.log(self.team.space), params={"from": self.night + 1})
        return read(answer, LogReply)


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Lost:
    """The backup of the night has taken the place of a lost machine; nobody has come back yet."""
    folder = tmp_path_factory.mktemp("morning")
    store = made_store(folder)
    data = ("--data", str(store.data_dir))
    store.start()
    try:
        team, (al, bea) = team_of(store, "al", "bea")
        eva, gus = enrolled(store, "eva"), enrolled(store, "gus")
        run_jitstore("backup", "keygen", "--out", str(folder / "key"))
        to = ("--to", str(folder / "key.pub"), "--out", str(folder / "night"))
        run_jitstore("backup", "create", *data, *to)
        night = team.roster.seq
        assert team.add(gus).is_success
        laptop = linked(bea, "bea-laptop")
        assert team.hand_in(devices_entry(team, bea), by=bea).is_success
        assert team.add(eva).is_success
        assert team.hand_in(replace(team.entry(EntryKind.HISTORY, eva), since=0)).is_success
        assert team.remove(gus).is_success
        page = read(al.ask("GET", paths.log(team.space), params={"from": night + 1}), LogReply)
        run_jitstore("backup", "erasures", *data, "--out", str(folder / "erased.json"))
    finally:
        store.kill()
    store.data_dir = folder / "again"
    how = ("--key", str(folder / "key"), "--erasures", str(folder / "erased.json"))
    run_jitstore("backup", "restore", str(folder / "night"), *how, "--data", str(store.data_dir))
    lists = (bea.person.signed_list,)
    return Lost(store, team, al, bea, eva, laptop, night, page.entries, lists)


@pytest.fixture
def lost(morning: Lost, tmp_path: Path) -> Iterator[Lost]:
    data = tmp_path / "store"
    shutil.copytree(morning.store.data_dir, data)
    store = change(morning.store, data_dir=data)
    store.start()
    try:
        for one in (morning.al, morning.bea, morning.eva):
            assert one.sign_in().status_code == 201
        yield change(morning, store=store, team=Team(morning.al, morning.team.roster))
    finally:
        store.stop()


def signed(person: Person, entry: Entry) -> bytes:
    return signatures.sign(person.dsk, person.device, entry)


def entry_of(data: bytes) -> Entry:
    return signatures.peek(data, Entry)


def test_what_was_lost_comes_back_from_any_member_and_the_space_goes_on(lost: Lost) -> None:
    assert lost.log(lost.al).seq == lost.night
    assert lost.laptop.sign_in().status_code == 403, "the restored store never heard of it"

    answer = lost.hand_in(lost.bea, *lost.entries, lists=lost.lists)

    found = read(answer, SpaceSummary)
    assert (found.seq, found.closed) == (lost.team.roster.seq, False)
    assert lost.log(lost.al).entries == lost.entries
    assert lost.laptop.sign_in().status_code == 201
    mine = read(lost.eva.ask("GET", paths.SPACES), SpacesReply).spaces
    assert [one.id for one in mine] == [lost.team.space]
    assert lost.team.hand_in(lost.team.entry(EntryKind.REMOVE, lost.eva)).status_code == 201


def test_handing_in_again_or_in_pieces_changes_nothing(lost: Lost) -> None:
    for _ in range(2):
        assert lost.hand_in(lost.al, lost.entries[0]).is_success
    for by in (lost.al, lost.bea):
        assert lost.hand_in(by, *lost.entries, lists=lost.lists).is_success

    assert lost.log(lost.al).entries == lost.entries


def test_only_members_hand_in_and_a_stranger_learns_nothing(lost: Lost) -> None:
    answer = lost.hand_in(lost.eva, *lost.entries, lists=lost.lists)

    assert refused(answer) == (404, "not-found")
    assert lost.log(lost.al).seq == lost.night


def test_an_entry_that_was_never_validly_signed_is_refused(lost: Lost) -> None:
    first = entry_of(lost.entries[0])
    false = [
        signed(lost.bea.person, first),  # in the administrator's name, with another's key
        signed(lost.eva.person, replace(first, actor_user=lost.eva.person.user)),
        signed(lost.bea.person, _by(first, lost.bea)),  # truly his, and not an administrator
        lost.entries[0][:-1] + bytes([lost.entries[0][-1] ^ 1]),
        signed(lost.al.person, replace(first, space=bytes(16))),
    ]

    answers = [lost.hand_in(lost.al, one) for one in false]

    assert [one.status_code for one in answers] == [403, 403, 403, 403, 403]
    assert lost.log(lost.al).seq == lost.night


def _by(entry: Entry, device: Device) -> Entry:
    person = device.person
    return replace(entry, actor_user=person.user, actor_device=person.device)


def test_a_fork_is_refused_whoever_signed_it(lost: Lost) -> None:
    last = lost.team.roster
    assert lost.hand_in(lost.al, *lost.entries[:2], lists=lost.lists).is_success
    other = replace(entry_of(lost.entries[1]), claimed_at=1)
    again = signed(lost.bea.person, other)
    after = signed(lost.al.person, replace(entry_of(lost.entries[2]), prev=bytes(32)))

    assert refused(lost.hand_in(lost.bea, again)) == (409, "log-moved")
    assert refused(lost.hand_in(lost.bea, after)) == (409, "log-moved")
    assert refused(lost.hand_in(lost.bea, again, *lost.entries[2:])) == (409, "log-moved")
    assert lost.log(lost.al).entries == lost.entries[:2]
    assert lost.hand_in(lost.bea, *lost.entries).is_success
    assert lost.log(lost.al).seq == last.seq


def test_a_gap_is_refused_and_what_comes_before_a_bad_one_stays(lost: Lost) -> None:
    bad = signed(lost.bea.person, entry_of(lost.entries[2]))

    assert refused(lost.hand_in(lost.al, *lost.entries[1:], lists=lost.lists))[0] == 409
    assert lost.log(lost.al).seq == lost.night
    answer = lost.hand_in(lost.al, *lost.entries[:2], bad, lists=lost.lists)

    assert read(answer, SpaceSummary).seq == lost.night + 2
    assert lost.log(lost.al).entries == lost.entries[:2]


def test_a_device_list_counts_only_where_an_entry_names_it_and_its_owner_signed_it(
    lost: Lost,
) -> None:
    without = lost.hand_in(lost.al, *lost.entries[:2])
    assert read(without, SpaceSummary).seq == lost.night + 1, "the list it names is missing"
    good = lost.lists[0]
    false = good[:-1] + bytes([good[-1] ^ 1])

    assert lost.hand_in(lost.al, *lost.entries[:2], lists=(false,)).status_code == 403
    assert lost.laptop.sign_in().status_code == 403
    assert lost.hand_in(lost.al, *lost.entries[:1], lists=lost.lists).is_success
    assert lost.laptop.sign_in().status_code == 403, "nothing named it"
    assert lost.hand_in(lost.al, *lost.entries[:2], lists=lost.lists).is_success
    assert lost.laptop.sign_in().status_code == 201


def test_a_device_that_is_not_in_the_log_yet_signed_nothing(lost: Lost) -> None:
    assert lost.hand_in(lost.al, lost.entries[0]).is_success
    early = replace(devices_entry(lost.team, lost.laptop), cut=cut_of())
    early = replace(early, seq=lost.night + 2, prev=entry_of(lost.entries[1]).prev)

    answer = lost.hand_in(lost.al, signed(lost.laptop.person, early), lists=lost.lists)

    assert refused(answer)[0] == 403
    assert lost.log(lost.al).seq == lost.night + 1


def test_a_closed_space_takes_nothing_back(lost: Lost) -> None:
    assert lost.hand_in(lost.al, *lost.entries, lists=lost.lists).is_success
    assert lost.team.close().status_code == 201

    assert refused(lost.hand_in(lost.al, *lost.entries))[0] in (409, 410)
