"""Evidence decides: what may be done when, and what is said about it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from jitclient.views import ExhibitState, Trust
from protocol.errors import CannotCreateError, HashMismatchError
from tests.ui.desk_double import DeskDouble
from tests.ui.desk_rows import DAY, NOW
from tests.ui.stating import state
from tests.ui.test_screens import Locked
from tests.ui.waiting import calm, enter, until
from ui.evidence import items
from ui.evidence.add import AddPresenter
from ui.evidence.state import Column
from ui.room import Room
from ui.spaces.state import Tab
from ui.tasks import TaskScope
from ui.widgets.text import Text

pytestmark = pytest.mark.asyncio(loop_scope="session")


class Hands:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.now = float(NOW)

    def __call__(self) -> float:
        return self.now


async def _room(desk: DeskDouble, clock: Hands | None = None) -> Room:
    room = Room(desk, clock or Hands())
    room.begin()
    await until(lambda: room.tasks.idle)
    return room


@pytest.mark.parametrize(
    ("state", "mine", "may"),
    [
        (ExhibitState.UPLOADING, True, "pause cancel"),
        (ExhibitState.PAUSED, True, "resume cancel"),
        (ExhibitState.ON_SERVER, True, "cancel verify"),
        (ExhibitState.VERIFIED, False, "export verify"),
        (ExhibitState.DOWNLOADING, False, "pause"),
        (ExhibitState.AVAILABLE, False, "resume"),
        (ExhibitState.CORRUPTED, False, "resume"),
        (ExhibitState.WITHDRAWN, True, ""),
        (ExhibitState.ERASED, False, ""),
    ],
)
async def test_only_what_makes_sense_is_offered(state: ExhibitState, mine: bool, may: str) -> None:
    desk = DeskDouble()
    row = desk.exhibit(desk.space_a, "a.bin", "A-1", 100, state, author=0 if mine else 1)

    item = items.item(row)

    offered = {
        "pause": item.can_pause,
        "resume": item.can_resume,
        "cancel": item.can_cancel,
        "export": item.can_export,
        "verify": item.can_verify,
    }
    assert " ".join(name for name, yes in offered.items() if yes) == may


async def test_a_damaged_exhibit_can_never_be_exported() -> None:
    desk = DeskDouble()
    row = desk.exhibit(desk.space_a, "a.bin", "A-1", 100, ExhibitState.CORRUPTED, author=1)

    assert not items.item(row).can_export


@pytest.mark.parametrize(
    ("problem", "code"),
    [
        ("Part 2 of 3 is missing or damaged on this disk.", "part-corrupted"),
        ("The whole does not have the SHA-256 of its manifest.", "hash-mismatch"),
    ],
)
async def test_a_damaged_exhibit_has_a_bar_over_its_facts_and_no_way_to_use_it(
    problem: str, code: str, locked: Locked
) -> None:
    frame, desk = await enter(*locked)
    kept = desk.exhibit(desk.space_a, "a.bin", "A-1", 100, ExhibitState.VERIFIED, author=1)
    desk.files[desk.space_a] = [replace(kept, state=ExhibitState.CORRUPTED, problem=problem)]
    frame.room.spaces.show_tab(Tab.EVIDENCE)
    frame.room.evidence.refresh()
    await calm(frame)
    frame.room.evidence.select(kept.file)
    await calm(frame)
    view = frame.stage.evidence
    bar = view.inspector.breach

    assert bar.isVisible()
    assert bar.width() == view.inspector.width()
    assert any(code in one.text() for one in bar.findChildren(Text))
    for button in (view.look_button, view.export, view.verify):
        assert not button.isVisible()
        assert not button.isEnabled()
    frame.room.evidence.select(None)
    await calm(frame)
    assert not bar.isVisible()


@pytest.mark.parametrize(
    ("state", "mine", "left", "warns"),
    [
        (ExhibitState.AVAILABLE, False, 14 * DAY, True),
        (ExhibitState.FAILED, False, DAY, True),
        (ExhibitState.AVAILABLE, False, 14 * DAY + 1, False),
        (ExhibitState.VERIFIED, False, DAY, False),
        (ExhibitState.UPLOADING, True, DAY, False),
    ],
)
async def test_beside_an_exhibit_that_is_not_here_its_erasure_is_told_from_day_14_on(
    state: ExhibitState, mine: bool, left: int, warns: bool
) -> None:
    desk = DeskDouble()
    row = desk.exhibit(desk.space_a, "a.bin", "A-1", 100, state, author=0 if mine else 1)
    row = replace(row, expires_at=NOW + left)

    assert bool(items.details(row, None, NOW).warning) is warns


async def test_bytes_move_the_bar_without_asking_the_desk_again() -> None:
    desk = DeskDouble()
    row = desk.exhibit(desk.space_a, "a.bin", "A-1", 1000, ExhibitState.UPLOADING, done=0)
    room = await _room(desk)
    asked = desk.calls.count("exhibits")

    desk.move(desk.space_a, row.file, 500, 100.0)

    item = room.evidence.state.items[0]
    assert (item.percent, item.motion) == (50, "100 B/s  ·  6 s left")
    assert desk.calls.count("exhibits") == asked
    assert room.status.state.transfers.word == "1 transfer  ·  50 %  ·  100 B/s"
    room.close()


async def test_a_transfer_that_stands_still_says_so_after_twenty_seconds() -> None:
    desk, clock = DeskDouble(), Hands()
    row = desk.exhibit(desk.space_a, "a.bin", "A-1", 1000, ExhibitState.UPLOADING, done=0)
    room = await _room(desk, clock)
    desk.move(desk.space_a, row.file, 500, 100.0)

    clock.now += 21
    room.tick()

    assert room.evidence.state.items[0].motion == "No bytes for 21 s"
    room.close()


async def test_pause_resume_and_cancel_reach_the_desk_in_order() -> None:
    desk = DeskDouble()
    row = desk.exhibit(desk.space_a, "a.bin", "A-1", 1000, ExhibitState.UPLOADING, done=0.5)
    room = await _room(desk)
    room.evidence.select(row.file)

    for act in (room.evidence.pause, room.evidence.resume, room.evidence.cancel):
        act()
        await until(lambda: room.tasks.idle)

    acts = [call for call in desk.calls if call in ("pause", "resume", "cancel")]
    assert acts == ["pause", "resume", "cancel"]
    assert room.evidence.state.items[0].badge.word == "Cancelled"
    room.close()


async def test_an_export_never_overwrites(tmp_path: Path) -> None:
    desk = DeskDouble()
    row = desk.exhibit(desk.space_a, "a.bin", "A-1", 1000, ExhibitState.VERIFIED, author=1)
    room = await _room(desk)
    room.evidence.select(row.file)
    there = tmp_path / "a.bin"
    there.write_bytes(b"older")

    room.evidence.export(there)
    await until(lambda: room.tasks.idle)

    assert there.read_bytes() == b"older"
    assert room.evidence.state.problem is not None
    assert room.evidence.state.problem.code == CannotCreateError.code
    room.close()


async def test_a_false_hash_is_said_in_red_and_nothing_is_called_verified() -> None:
    desk = DeskDouble()
    row = desk.exhibit(desk.space_a, "a.bin", "A-1", 1000, ExhibitState.VERIFIED, author=1)
    desk.fail["verify_exhibit"] = HashMismatchError("The whole does not have the stated SHA-256.")
    room = await _room(desk)
    room.evidence.select(row.file)

    room.evidence.verify()
    await until(lambda: room.tasks.idle)

    assert room.evidence.state.problem is not None
    assert room.evidence.state.problem.code == "hash-mismatch"
    assert "Verified" not in room.status.state.notice
    room.close()


async def test_exhibit_numbers_sort_as_people_count() -> None:
    desk = DeskDouble()
    for number in ("A-10", "B-1", "A-2", ""):
        desk.exhibit(desk.space_a, f"{number}.bin", number, 10, ExhibitState.VERIFIED)

    room = await _room(desk)

    assert [one.number for one in room.evidence.state.items] == ["A-2", "A-10", "B-1", ""]
    room.evidence.sort_by(Column.NUMBER, descending=True)
    assert [one.number for one in room.evidence.state.items] == ["B-1", "A-10", "A-2", ""]
    room.close()


async def test_the_filter_keeps_rows_with_all_words_and_the_true_total() -> None:
    desk = DeskDouble()
    for name in ("server image one.E01", "server image two.E01", "chat.pdf"):
        desk.exhibit(desk.space_a, name, "", 10, ExhibitState.VERIFIED)
    room = await _room(desk)

    room.evidence.filter("SERVER two")

    assert [one.stem for one in room.evidence.state.items] == ["server image two"]
    assert room.evidence.state.total == 3
    room.close()


# --- handing over --------------------------------------------------------------------------------


def adding(desk: DeskDouble, failures: list[Exception]) -> tuple[AddPresenter, TaskScope]:
    tasks = TaskScope(failures.append)
    return AddPresenter(desk, tasks, desk.details[desk.space_a]), tasks


async def test_unverified_members_are_not_chosen_for_a_person(failures: list[Exception]) -> None:
    add, _ = adding(DeskDouble(), failures)

    chosen = {one.name: one.chosen for one in add.state.recipients}

    assert chosen == {
        "Jan de Vries": True,
        "Inés Salgado": True,
        "Κώστας Παπαδόπουλος": False,
    }


async def test_a_changed_key_cannot_be_chosen_at_all(failures: list[Exception]) -> None:
    desk = DeskDouble()
    jan = desk.details[desk.space_a].members[1].user
    desk.trust(desk.space_a, jan, Trust.CHANGED)
    add, _ = adding(desk, failures)

    add.choose(jan, True)

    assert not next(one for one in add.state.recipients if one.user == jan).chosen


async def test_a_space_for_verified_members_blocks_the_others(failures: list[Exception]) -> None:
    desk = DeskDouble()
    desk.verified_only(desk.space_a)
    add, _ = adding(desk, failures)

    blocked = [one.name for one in add.state.recipients if one.blocked]

    assert blocked == ["Κώστας Παπαδόπουλος"]


async def test_a_folder_becomes_its_files_and_a_missing_file_is_named(
    tmp_path: Path, failures: list[Exception]
) -> None:
    (tmp_path / "case" / "deep").mkdir(parents=True)
    (tmp_path / "case" / "a.pdf").write_bytes(b"a")
    (tmp_path / "case" / "deep" / "b.pdf").write_bytes(b"bb")
    add, tasks = adding(DeskDouble(), failures)

    add.take([tmp_path / "case", tmp_path / "gone.pdf"])
    await until(lambda: tasks.idle)

    assert [one.stem for one in add.state.files] == ["case/a", "case/deep/b", "gone"]
    assert dict(add.state.files[1].facts) == {"folder-path": "case/deep/b.pdf", "title": "b"}
    assert [bool(one.problem) for one in add.state.files] == [False, False, True]


async def test_readable_files_go_and_the_others_stay_on_the_list(
    tmp_path: Path, failures: list[Exception]
) -> None:
    desk = DeskDouble()
    (tmp_path / "a.pdf").write_bytes(b"a")
    add, tasks = adding(desk, failures)
    add.take([tmp_path / "a.pdf", tmp_path / "gone.pdf"])
    await until(lambda: tasks.idle)
    add.number(tmp_path / "a.pdf", " A-7 ")
    state(add)

    whole = await add.add()

    assert not whole
    assert [one.stem for one in add.state.files] == ["gone"]
    handed = desk.files[desk.space_a][0]
    assert (handed.name, handed.exhibit, len(handed.recipients)) == ("a.pdf", "A-7", 2)


async def test_nothing_is_handed_over_without_a_recipient(
    tmp_path: Path, failures: list[Exception]
) -> None:
    desk = DeskDouble()
    (tmp_path / "a.pdf").write_bytes(b"a")
    add, tasks = adding(desk, failures)
    add.take([tmp_path / "a.pdf"])
    await until(lambda: tasks.idle)
    state(add)
    for one in add.state.recipients:
        add.choose(one.user, False)

    await add.add()

    assert "add_evidence" not in desk.calls


async def test_what_the_space_has_already_is_said_before_anything_is_handed_over(
    tmp_path: Path, failures: list[Exception]
) -> None:
    desk = DeskDouble()
    desk.twice = {"a.pdf": "This content is in the space already: “disk.img” (E-1), added by you."}
    (tmp_path / "a.pdf").write_bytes(b"a")
    add, tasks = adding(desk, failures)

    add.take([tmp_path / "a.pdf"])
    await until(lambda: tasks.idle)

    (file,) = add.state.files
    assert file.twice
    assert "E-1" in file.problem
    assert not add.state.can_add

    add.once_more(file.path)
    state(add)
    assert await add.add()
