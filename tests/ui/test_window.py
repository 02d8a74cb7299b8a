"""What the window remembers, how it starts, how much it builds, and its pictures."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from jitclient.views import ExhibitState
from tests.ui.conftest import put_away
from tests.ui.desk_double import DeskDouble
from tests.ui.desk_rows import NOW
from tests.ui.door_double import DoorDouble
from tests.ui.story import story
from tests.ui.waiting import calm, enter, until
from ui import pictures
from ui.conversation.pages import PAGE
from ui.memory import FILE
from ui.shell import Shell
from ui.spaces.state import Tab
from ui.widgets.screenroom import screen_room

pytestmark = pytest.mark.asyncio(loop_scope="session")

_HEAVY = "{'httpx', 'nacl', 'keyring', 'sqlcipher3', 'cryptography', 'segno', 'jitclient.desk'}"


async def test_the_first_window_needs_nothing_of_the_client() -> None:
    code = f"import sys, ui.app; print(sorted({_HEAVY} & set(sys.modules)))"

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )

    assert done.stdout.strip() == "[]"


async def test_place_tab_and_shape_are_remembered_without_a_word_of_the_case(
    tmp_path: Path, failures: list[Exception]
) -> None:
    door = DoorDouble(make=story)
    shell = Shell(tmp_path, lambda: NOW, failures.append)
    shell.show()
    shell.open_gate(door)
    frame, desk = await enter(shell, door)
    frame.room.spaces.select(desk.space_b)
    frame.room.spaces.show_tab(Tab.PEOPLE)
    frame.room.conversation.draft_changed("the name of the suspect")
    await calm(frame)
    await put_away(shell)

    kept = (tmp_path / FILE).read_bytes()
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    for word in (b"Container", b"Amberlight", b"JIT 20", b"suspect", b"Weiss"):
        assert word not in kept

    again = Shell(tmp_path, lambda: NOW, failures.append)
    again.show()
    again.open_gate(door)
    frame, desk = await enter(again, door)
    assert frame.room.spaces.state.selected == desk.space_b
    assert frame.room.spaces.state.tab is Tab.PEOPLE
    await put_away(again)
    assert failures == []


async def test_five_thousand_messages_build_one_page_of_widgets(
    failures: list[Exception],
) -> None:
    def make() -> DeskDouble:
        desk = DeskDouble()
        for at in range(5000):
            desk.say(desk.space_a, at % 4, f"m{at}", at=NOW - 5000 + at)
        return desk

    door = DoorDouble(make=make)
    shell = Shell(None, lambda: NOW, failures.append)
    shell.show()
    shell.open_gate(door)
    frame, _ = await enter(shell, door)
    timeline = frame.stage.conversation.timeline

    assert len(timeline.message_views()) == PAGE
    assert timeline.message_views()[-1].item.text == "m4999"

    timeline.older_button.click()
    await calm(frame)
    assert [one.item.text for one in timeline.message_views()] == [
        f"m{at}" for at in range(5000 - 2 * PAGE, 5000)
    ]
    await put_away(shell)
    assert failures == []


async def test_a_table_of_many_exhibits_asks_only_for_what_is_seen(
    failures: list[Exception],
) -> None:
    def make() -> DeskDouble:
        desk = DeskDouble()
        for at in range(5000):
            desk.exhibit(desk.space_a, f"{at}.bin", f"A-{at}", at, ExhibitState.VERIFIED)
        return desk

    door = DoorDouble(make=make)
    shell = Shell(None, lambda: NOW, failures.append)
    shell.show()
    shell.open_gate(door)
    frame, _ = await enter(shell, door)
    frame.room.spaces.show_tab(Tab.EVIDENCE)
    await calm(frame)

    table = frame.stage.evidence.table
    assert table.model().rowCount() == 5000
    assert table.indexWidget(table.model().index(0, 0)) is None
    await put_away(shell)
    assert failures == []


async def test_pictures_show_every_tab_in_both_schemes_and_change_nothing(
    tmp_path: Path,
) -> None:
    desk = story()

    made = await pictures.take(desk, tmp_path, desk.space_a, clock=lambda: NOW)

    assert [one.name for one in made] == [
        f"{tab.value.lower()}-{scheme}.png" for scheme in ("light", "dark") for tab in Tab
    ]
    assert all(one.stat().st_size > 10_000 for one in made)
    assert "mark_read" not in desk.calls
    assert not desk.closed


async def test_pictures_of_a_closed_space_show_its_receipts(tmp_path: Path) -> None:
    desk = story()
    await desk.close_space(desk.space_a, "Judgment final")

    made = await pictures.take(desk, tmp_path, desk.space_a, clock=lambda: NOW)

    assert [one.name for one in made] == ["closing-light.png", "closing-dark.png"]


async def test_a_wipe_seen_from_another_space_takes_its_drafts_along(
    failures: list[Exception],
) -> None:
    door = DoorDouble(make=story)
    shell = Shell(None, lambda: NOW, failures.append)
    shell.show()
    shell.open_gate(door)
    frame, desk = await enter(shell, door)
    frame.room.conversation.draft_changed("secret draft")
    frame.room.spaces.select(desk.space_b)
    await calm(frame)

    await desk.close_space(desk.space_a, "Judgment final")
    await until(lambda: frame.room.tasks.idle)

    assert "secret draft" not in repr(vars(frame.room.conversation))
    assert frame.room.spaces.state.selected == desk.space_b
    await put_away(shell)
    assert failures == []


async def test_a_new_window_is_no_larger_than_the_screen(failures: list[Exception]) -> None:
    shell = Shell(None, lambda: NOW, failures.append)
    room = screen_room(shell).size()

    assert shell.width() <= max(room.width(), 1080)
    assert shell.height() < max(room.height(), 661)
    shell.deleteLater()
