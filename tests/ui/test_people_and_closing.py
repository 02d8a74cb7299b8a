"""People, closing, the strip and the banners decide."""

from __future__ import annotations

import pytest

from jitclient.endviews import UnreachedRow
from jitclient.events import SpacesChanged
from jitclient.views import Connection, ExhibitState, SpaceState, Trust
from protocol.errors import NotPermittedError, StoreUnreachableError
from protocol.roles import Role
from tests.ui.desk_double import DeskDouble
from tests.ui.desk_rows import DAY, NOW
from tests.ui.waiting import until
from ui import words
from ui.closing.presenter import MOST_NAMES
from ui.people.add import AddMemberPresenter
from ui.people.verify import VerifyPresenter
from ui.room import Room
from ui.spaces.create import NewSpacePresenter
from ui.spaces.state import Tab
from ui.tasks import TaskScope
from ui.theme.tokens import Tone

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _room(desk: DeskDouble) -> Room:
    room = Room(desk, lambda: NOW)
    room.begin()
    await until(lambda: room.tasks.idle)
    return room


async def test_only_roles_that_the_party_may_hold_are_offered(failures: list[Exception]) -> None:
    desk = DeskDouble()
    tasks = TaskScope(failures.append)
    add = AddMemberPresenter(desk, tasks, desk.details[desk.space_a])
    add.load()
    await until(lambda: tasks.idle)

    offered = {one.name: [role.role for role in one.roles] for one in add.state.candidates}

    assert offered["Lukas Meier"] == [Role.THIRD_COUNTRY]
    assert Role.ADMINISTRATOR in offered["Amélie Laurent"]
    assert "Jan de Vries" not in offered


async def test_a_role_of_another_party_cannot_be_given(failures: list[Exception]) -> None:
    desk = DeskDouble()
    tasks = TaskScope(failures.append)
    add = AddMemberPresenter(desk, tasks, desk.details[desk.space_a])
    add.load()
    await until(lambda: tasks.idle)
    add.choose(next(one.user for one in add.state.candidates if one.name == "Lukas Meier"))

    add.give(Role.ADMINISTRATOR)

    assert add.state.role is Role.THIRD_COUNTRY


async def test_members_stand_under_their_authority() -> None:
    room = await _room(DeskDouble())

    groups = [(one.country, one.authority) for one in room.people.state.groups]

    assert groups == [
        ("DE", "Hamburg Public Prosecution"),
        ("EL", "Hellenic Customs"),
        ("EU", "Europol, EC3"),
        ("NL", "FIOD"),
    ]
    room.close()


async def test_somebody_who_does_not_administer_removes_and_closes_nothing() -> None:
    desk = DeskDouble()
    desk.set(desk.space_a, i_administer=False)

    room = await _room(desk)

    people = [one for group in room.people.state.groups for one in group.people]
    assert not any(one.can_remove for one in people)
    assert not room.people.state.can_add
    assert not room.closing.state.can_close
    room.close()


async def test_a_verified_member_says_how_when_and_at_which_device() -> None:
    room = Room(DeskDouble(), lambda: NOW, words.fixed(0))
    room.begin()
    await until(lambda: room.tasks.idle)

    people = {one.name: one for group in room.people.state.groups for one in group.people}
    said = people["Jan de Vries"].compared

    assert said == "60 digits compared  ·  21 Nov 2026, 13:00  ·  Office laptop"
    assert not any(one.compared for one in people.values() if one.badge.tone is not Tone.VERIFIED)
    room.close()


async def test_a_refused_removal_is_a_card() -> None:
    desk = DeskDouble()
    desk.fail["remove_member"] = NotPermittedError("Only an administrator may do this.")
    room = await _room(desk)

    room.people.remove(desk.details[desk.space_a].members[1].user, "Left the team")
    await until(lambda: room.tasks.idle)

    assert room.people.state.problem is not None
    assert room.people.state.busy == ""
    room.close()


async def _verifying(
    desk: DeskDouble, failures: list[Exception]
) -> tuple[VerifyPresenter, TaskScope]:
    tasks = TaskScope(failures.append)
    user = desk.details[desk.space_a].members[3].user
    verify = VerifyPresenter(desk, tasks, desk.space_a, user)
    verify.load()
    await until(lambda: tasks.idle)
    return verify, tasks


async def test_the_number_stands_in_twelve_groups_of_five(failures: list[Exception]) -> None:
    verify, _ = await _verifying(DeskDouble(), failures)

    assert [len(group) for group in verify.state.groups] == [5] * 12
    assert len(verify.state.code) == len(verify.state.code[0]) > 20


async def test_the_same_number_verifies_however_it_is_spaced(failures: list[Exception]) -> None:
    desk = DeskDouble()
    verify, tasks = await _verifying(desk, failures)

    verify.typed("  ".join(verify.state.groups))
    verify.compare()
    await until(lambda: tasks.idle)

    assert verify.state.done
    assert desk.details[desk.space_a].members[3].trust is Trust.VERIFIED


async def test_another_number_verifies_nothing_and_stops_the_one_click_way(
    failures: list[Exception],
) -> None:
    desk = DeskDouble()
    verify, tasks = await _verifying(desk, failures)

    verify.typed("1" * 60)
    verify.compare()
    await until(lambda: tasks.idle)

    assert verify.state.different
    assert not verify.state.done
    assert desk.details[desk.space_a].members[3].trust is Trust.UNVERIFIED


async def test_half_a_number_is_not_compared(failures: list[Exception]) -> None:
    desk = DeskDouble()
    verify, tasks = await _verifying(desk, failures)
    asked = desk.calls.count("verify")

    verify.typed("12345")
    verify.compare()
    await until(lambda: tasks.idle)

    assert desk.calls.count("verify") == asked


async def test_closing_needs_a_reason_and_the_exact_title() -> None:
    desk = DeskDouble()
    room = await _room(desk)
    closing = room.closing

    closing.typed_changed("Operation Amberlight")
    ready = [closing.state.ready]
    closing.reason_changed("Judgment final")
    ready.append(closing.state.ready)
    closing.typed_changed("operation amberlight")
    ready.append(closing.state.ready)
    closing.close()
    await until(lambda: room.tasks.idle)

    assert ready == [False, True, False]
    assert "close_space" not in desk.calls
    room.close()


async def test_receipts_arrive_one_by_one_and_the_missing_ones_are_named() -> None:
    desk = DeskDouble()
    room = await _room(desk)
    room.closing.typed_changed("Operation Amberlight")
    room.closing.reason_changed("Judgment final")

    room.closing.close()
    await until(lambda: room.tasks.idle and bool(room.closing.state.lines))
    first = room.closing.state.confirmed
    desk.receipt(desk.space_a, 1)
    await until(lambda: room.tasks.idle)

    assert first == "1 of 4 devices confirmed the wipe"
    assert room.closing.state.confirmed == "2 of 4 devices confirmed the wipe"
    lines = room.closing.state.lines
    assert [one.done for one in lines] == [False, False, True, True]  # who owes it stands first
    assert lines[0].word == "Not confirmed since 22 Nov 2026, 14:00"
    assert room.spaces.state.open_tabs == {Tab.CLOSING}
    room.close()


async def test_what_the_wipe_here_could_not_reach_is_named_by_kind() -> None:
    desk = DeskDouble()
    room = await _room(desk)
    saved = [f"/home/ana/{number:02}.img" for number in range(MOST_NAMES + 3)]
    desk.endings.rows[desk.space_a] = (
        *(UnreachedRow(what="exhibit", name=name, at=None) for name in saved),
        UnreachedRow(what="member", name="Carla Rossi", at=None),
    )
    room.closing.typed_changed("Operation Amberlight")
    room.closing.reason_changed("Judgment final")

    room.closing.close()
    await until(lambda: room.tasks.idle and bool(room.closing.state.left))

    copies, members = room.closing.state.left
    assert (copies.word, copies.names[0]) == ("Saved copy of an exhibit", saved[0])
    assert (len(copies.names), copies.more) == (MOST_NAMES, 3)
    assert (members.word, members.names) == (
        "Removed before the end, and not told of it",
        ("Carla Rossi",),
    )
    room.close()


async def test_an_unsigned_closing_attempt_keeps_what_was_typed() -> None:
    desk = DeskDouble()
    desk.fail["close_space"] = StoreUnreachableError("The store does not answer.")
    room = await _room(desk)
    room.closing.typed_changed("Operation Amberlight")
    room.closing.reason_changed("Judgment final")

    room.closing.close()
    await until(lambda: room.tasks.idle)

    assert room.closing.state.problem is not None
    assert room.closing.state.reason == "Judgment final"
    assert not room.closing.state.busy
    room.close()


async def test_the_strip_counts_what_waits_while_offline() -> None:
    desk = DeskDouble()
    room = await _room(desk)
    desk.waiting = 3

    desk.connect(Connection.OFFLINE)
    await until(lambda: room.tasks.idle)

    assert room.status.state.connection.word == "Offline: 3 items waiting"
    assert room.status.state.synced == "Synchronised 30 s ago"
    room.close()


@pytest.mark.parametrize(
    ("days", "words"),
    [(24, "(24 days)"), (1, "(1 day)"), (0, "(less than a day)")],
)
async def test_the_retention_clock_is_always_in_sight(days: int, words: str) -> None:
    desk = DeskDouble()
    desk.set(desk.space_a, deadline=NOW + days * DAY + 60)

    room = await _room(desk)

    assert room.status.state.retention.word.endswith(words)
    room.close()


async def test_the_strip_counts_verified_members_and_names_a_changed_key() -> None:
    desk = DeskDouble()
    room = await _room(desk)
    assert room.status.state.security.word == "2 of 3 verified"

    jan = desk.details[desk.space_a].members[1].user
    desk.trust(desk.space_a, jan, Trust.CHANGED)
    desk.publish(SpacesChanged())
    await until(lambda: room.tasks.idle)

    assert room.status.state.security.word == "A key changed"
    room.close()


@pytest.mark.parametrize(
    ("code", "title", "todo"),
    [
        ("put-back", "An old copy of this profile was put back", "Connect to the store"),
        ("ghost-member", "A member or a device that nobody admitted", "It receives nothing"),
        ("log-fork", "Two different lists of members exist", "by telephone"),
        ("two-versions", "Members have different words under one message", "by telephone"),
        ("never-heard-of", "Detected and refused", "administrator"),
        ("no-prekeys", "Somebody cannot be written to yet", ""),
    ],
)
async def test_an_alarm_says_what_it_is_and_what_to_do(code: str, title: str, todo: str) -> None:
    desk = DeskDouble()
    room = await _room(desk)

    desk.alarm(code, "What was seen.")
    await until(lambda: bool(room.alarms.state.banners))

    banner = room.alarms.state.banners[0]
    assert (banner.title, banner.sentence) == (title, "What was seen.")
    assert todo in banner.todo
    room.close()


async def test_an_alarm_stays_until_a_person_dismisses_it() -> None:
    desk = DeskDouble()
    room = await _room(desk)
    alarm = desk.alarm("log-rollback", "The store served an older membership log.")
    desk.publish(SpacesChanged())
    await until(lambda: room.tasks.idle)
    assert [one.code for one in room.alarms.state.banners] == ["log-rollback"]

    room.alarms.dismiss(f"alarm-{alarm.alarm}")
    await until(lambda: room.tasks.idle)

    assert room.alarms.state.banners == ()
    assert desk.alarms == []
    room.close()


async def test_a_failure_of_no_screen_becomes_a_banner_without_its_own_words() -> None:
    desk = DeskDouble()
    room = await _room(desk)

    async def broken() -> None:
        raise ValueError("/home/clara/names.txt")

    room.tasks.start(broken(), name="broken")
    await until(lambda: bool(room.alarms.state.banners))

    banner = room.alarms.state.banners[0]
    assert banner.code == "bug-ValueError"
    assert "names.txt" not in banner.sentence
    room.close()


async def test_a_new_space_needs_a_title_and_an_agreement() -> None:
    desk = DeskDouble()
    new = NewSpacePresenter(desk)

    made = await new.create(" ", "2026-11-01", "", 0, False)

    assert made is None
    assert new.state.agreement_problem
    assert new.state.title_problem
    assert "create_space" not in desk.calls


async def test_a_space_that_is_gone_gives_way_to_the_next() -> None:
    desk = DeskDouble()
    room = await _room(desk)
    room.spaces.select(desk.space_b)
    await until(lambda: room.tasks.idle)

    del desk.details[desk.space_b]
    desk.publish(SpacesChanged())
    await until(lambda: room.tasks.idle)

    assert room.spaces.state.selected == desk.space_a
    room.close()


async def test_a_space_being_joined_has_a_name_to_read() -> None:
    desk = DeskDouble()
    desk.set(desk.space_a, state=SpaceState.JOINING, title="")

    room = await _room(desk)

    assert room.spaces.state.tiles[0].title == "Space being joined"
    assert room.spaces.state.tiles[0].below == "Joining"
    room.close()


async def test_a_waiting_transfer_is_not_called_moving() -> None:
    desk = DeskDouble()
    desk.exhibit(desk.space_a, "a.bin", "", 10, ExhibitState.UPLOADING, done=0)

    room = await _room(desk)

    assert room.status.state.transfers.word == "1 transfer waiting"
    assert room.status.moving == 1
    room.close()
