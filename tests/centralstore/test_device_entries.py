"""What membership logs say of devices, held against the directory (70-store.md §5)."""

from __future__ import annotations

from dataclasses import replace as change

import msgspec
from msgspec.structs import replace

from crypto import devicelist
from protocol.api import paths
from protocol.api.spaces import CreateSpaceRequest, Wake
from protocol.membership import Cut, Entry, EntryKind
from protocol.roles import Party, Role
from tests.centralstore.client import Device, enrolled, linked, refused
from tests.centralstore.team import Team, message, signed_genesis, team_of
from tests.support.store import StoreHandle


def cut_of(*devices: Device) -> tuple[Cut, ...]:
    return tuple(
        Cut(version=1, device=one.person.device, sender_seq=0, head=bytes(32)) for one in devices
    )


def devices_entry(team: Team, who: Device, *gone: Device, signed: bytes | None = None) -> Entry:
    """A DEVICES entry for the list that `who` has now."""
    made = team.entry(EntryKind.DEVICES, who, actor=who)
    listed = devicelist.read_list(signed or who.person.signed_list, who.person.user)
    head = devicelist.list_head(signed or who.person.signed_list)
    return replace(made, list_seq=listed.seq, list_head=head, cut=cut_of(*gone))


def test_a_change_of_devices_enters_the_log_and_everybody_is_woken(store: StoreHandle) -> None:
    team, (al, bea) = team_of(store, "al50", "bea50")
    laptop = linked(bea, "bea50-laptop")
    headers = {"Authorization": f"Bearer {al.token}"}

    with al.http.stream("GET", paths.EVENTS, headers=headers) as stream:
        lines = stream.iter_lines()
        assert next(lines) == ": listening"
        answer = team.hand_in(devices_entry(team, bea), by=bea)
        data = next(line for line in lines if line.startswith("data: "))

    assert answer.status_code == 201
    wake = msgspec.json.decode(data.removeprefix("data: "), type=Wake)
    assert (wake.space, wake.what) == (team.space, "log")
    bea.revoke(laptop)
    assert team.hand_in(devices_entry(team, bea, laptop), by=bea).status_code == 201


def test_a_log_jumps_over_lists_it_never_named(store: StoreHandle) -> None:
    team, (_, bea) = team_of(store, "al51", "bea51")
    linked(bea, "bea51-laptop")
    linked(bea, "bea51-desk")

    assert team.hand_in(devices_entry(team, bea), by=bea).status_code == 201


def test_a_list_the_directory_never_had_enters_no_log(store: StoreHandle) -> None:
    team, (_, bea) = team_of(store, "al52", "bea52")
    linked(bea, "bea52-laptop")
    entry = devices_entry(team, bea)

    for wrong in (replace(entry, list_head=bytes(32)), replace(entry, list_seq=3)):
        assert refused(team.hand_in(wrong, by=bea)) == (403, "forged")


def test_a_device_the_log_does_not_name_writes_no_entry(store: StoreHandle) -> None:
    team, (_, bea) = team_of(store, "al53", "bea53")
    laptop = linked(bea, "bea53-laptop")

    announcing_itself = devices_entry(team, laptop)

    assert refused(team.hand_in(announcing_itself, by=laptop)) == (409, "device-not-in-log")
    assert team.hand_in(devices_entry(team, bea), by=bea).status_code == 201
    desk = linked(laptop, "bea53-desk")
    assert team.hand_in(devices_entry(team, laptop), by=laptop).status_code == 201
    assert desk.ask("GET", paths.log(team.space)).is_success


def test_devices_that_go_are_cut_off_and_no_others(store: StoreHandle) -> None:
    team, (_, bea) = team_of(store, "al54", "bea54")
    laptop = linked(bea, "bea54-laptop")
    team.hand_in(devices_entry(team, bea), by=bea)
    bea.revoke(laptop)

    for gone in ((), (bea,), (bea, laptop)):
        assert refused(team.hand_in(devices_entry(team, bea, *gone), by=bea)) == (409, "cut")
    assert team.hand_in(devices_entry(team, bea, laptop), by=bea).status_code == 201


def test_a_space_opens_with_the_list_and_a_device_that_are_there(store: StoreHandle) -> None:
    al = enrolled(store, "al55")
    stranger = enrolled(store, "stranger55")
    old = al.person.signed_list
    linked(al, "al55-laptop")
    signed, _ = signed_genesis(al, "JIT 55/2026", list_seq=1, list_head=devicelist.list_head(old))
    absent, _ = signed_genesis(al, "JIT 56/2026", list_seq=7)
    theirs = devicelist.list_head(stranger.person.signed_list)
    of_others, _ = signed_genesis(al, "JIT 57/2026", list_head=theirs)

    for wrong in (absent, of_others):
        answer = al.ask("POST", paths.SPACES, CreateSpaceRequest(genesis=wrong))
        assert refused(answer) == (403, "forged")
    made = al.ask("POST", paths.SPACES, CreateSpaceRequest(genesis=signed))
    assert made.status_code == 201, "an older list of the same chain is moved along by DEVICES"


def test_a_space_is_not_opened_by_a_device_its_own_list_does_not_name(store: StoreHandle) -> None:
    al = enrolled(store, "al58")
    first = al.person
    laptop = linked(al, "al58-laptop")
    laptop.person = change(laptop.person, signed_list=first.signed_list)
    signed, _ = signed_genesis(laptop, "JIT 58/2026")

    answer = laptop.ask("POST", paths.SPACES, CreateSpaceRequest(genesis=signed))

    assert refused(answer) == (409, "device-not-in-log")


def test_nobody_is_renewed_with_keys_the_directory_does_not_have(store: StoreHandle) -> None:
    team, (al, bea) = team_of(store, "al59", "bea59")
    other = enrolled(store, "other59")
    made = team.entry(EntryKind.REKEY, bea)
    ghost = replace(
        made,
        user_key=other.person.user_key,
        list_seq=1,
        list_head=devicelist.list_head(other.person.signed_list),
        cut=cut_of(bea),
    )

    assert refused(team.hand_in(ghost, by=al)) == (403, "forged")


def test_sharing_the_past_and_the_policy_enter_the_log(store: StoreHandle) -> None:
    team, (al, bea) = team_of(store, "al60", "bea60")

    told = replace(team.entry(EntryKind.HISTORY, bea), since=0)
    strict = replace(team.entry(EntryKind.POLICY), verified_only=True)

    assert team.hand_in(told).status_code == 201
    by_bea = replace(team.entry(EntryKind.POLICY, actor=bea), verified_only=False)
    assert refused(team.hand_in(by_bea, by=bea)) == (403, "not-administrator")
    strict = replace(team.entry(EntryKind.POLICY), verified_only=True)
    assert team.hand_in(strict).status_code == 201
    assert team.roster.verified_only
    cy = enrolled(store, "cy60")
    assert team.add(cy, Role.INVESTIGATOR, Party.MEMBER_STATE).is_success
    assert al.ask("POST", paths.messages(team.space), message(team.space, al, cy)).is_success
