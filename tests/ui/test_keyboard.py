"""One table of keys: nothing shown is dead, nothing lives that it lacks, and it suits Europe."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from tests.ui import key_effects as _effects  # noqa: F401 - fills EFFECTS
from tests.ui import key_effects_windows as _windows  # noqa: F401 - as above
from tests.ui import key_places as _place_effects  # noqa: F401 - fills EFFECTS
from tests.ui import talk_effects as _talk_effects  # noqa: F401 - fills EFFECTS
from tests.ui.conftest import put_away
from tests.ui.desk_rows import NOW
from tests.ui.door_double import DoorDouble
from tests.ui.pressing import EFFECTS, Hand, helping, viewer
from tests.ui.story import story
from tests.ui.waiting import calm, enter, open_dialogs, sheet, until
from ui.asking import ask_help
from ui.bound import Bound, letters
from ui.frame import Frame
from ui.help.opening import close_help
from ui.keysheet import KeySheet
from ui.shell import Shell
from ui.shortcuts import KEYS, groups
from ui.spaces.state import Tab
from ui.widgets.keycap import Keycap

pytestmark = pytest.mark.asyncio(loop_scope="session")

Locked = tuple[Shell, DoorDouble]
BOUND: Final = [one for one in KEYS if one.bound]


async def test_every_key_that_is_shown_does_something(locked: Locked) -> None:
    shell, _ = locked
    frame, desk = await enter(*locked)
    hand = Hand(shell, frame, desk)
    await hand.front()

    assert EFFECTS.keys() == {one.name for one in KEYS if one.sequence}
    # what has no key: test_palette.py
    for row in sorted((one for one in KEYS if one.sequence), key=lambda one: one.name == "lock"):
        for sequence in (row.sequence, row.twin):
            if sequence and shell.frame is not None:
                hand.sequence = sequence
                try:
                    await EFFECTS[row.name](hand)
                except AssertionError as failure:
                    raise AssertionError(f"{row.name}: {sequence} is dead") from failure


async def test_every_row_is_bound_and_never_twice_in_one_window(locked: Locked) -> None:
    frame, _ = await enter(*locked)
    roots = await _roots(frame)

    bound = {one for root in roots for one in root.findChildren(Bound)}

    assert {one.row.name for one in bound} == {one.name for one in KEYS if one.bound}
    places = [(one.row.name, _window(one)) for one in bound]
    assert len(set(places)) == len(places)
    close_help()
    await _close()


def _window(one: Bound) -> QWidget:
    owner = one.parent()
    assert isinstance(owner, QWidget)
    return owner.window()


async def test_no_key_lives_that_the_table_lacks(locked: Locked) -> None:
    shell, _ = locked
    _only_ours([shell])
    frame, _ = await enter(*locked)
    for tab in Tab:
        frame.room.spaces.show_tab(tab)
        await calm(frame)
    roots = await _roots(frame)

    _only_ours(roots)

    close_help()
    await _close()
    for opener in (
        frame.new_space,
        frame.search,
        frame.show_keys,
        frame.show_settings,
        frame.mentions,
    ):
        opener()
        _only_ours([await sheet()])
        await _close()


def _only_ours(roots: list[QWidget]) -> None:
    for root in roots:
        for one in root.findChildren(QShortcut):
            assert isinstance(one, Bound), one.keys()
            wanted = [one.row.sequence, one.row.twin]
            assert one.keys() == [QKeySequence(text) for text in wanted if text]
        for act in root.findChildren(QAction):
            assert act.shortcuts() == [], act.text()
        for button in root.findChildren(QAbstractButton):
            assert button.shortcut().isEmpty(), button.text()


async def _roots(frame: Frame) -> list[QWidget]:
    frame.stage.page(Tab.EVIDENCE)  # made when it is first shown
    window = await viewer(frame)
    frame.stage.sheets.meeting()
    over = await sheet()
    ask_help()
    beside = helping()
    assert beside is not None
    return [frame.window(), over, window, beside]


async def _close() -> None:
    (await sheet()).reject()
    await until(lambda: open_dialogs() == [])


async def test_the_sheet_shows_every_key_of_the_table(locked: Locked) -> None:
    frame, _ = await enter(*locked)

    frame.show_keys()
    found = await sheet()

    assert isinstance(found, KeySheet)
    shown = [one.accessibleName() for one in found.findChildren(Keycap)]
    assert sorted(shown) == sorted(one.label for _, rows in groups() for one in rows)
    await _close()


async def test_who_switched_letters_off_finds_them_off_next_time(
    tmp_path: Path, qapp: QApplication
) -> None:
    for round_ in (1, 2):
        door = DoorDouble(make=story)
        shell = Shell(tmp_path, lambda: NOW, lambda failure: None)
        shell.show()
        shell.open_gate(door)
        frame, _ = await enter(shell, door)
        frame.show_keys()
        found = await sheet()
        assert isinstance(found, KeySheet)
        assert found.letters.isChecked() == letters.on == (round_ == 1)
        reply = frame.stage.conversation.timeline.findChild(Bound, "message-reply")
        assert reply is not None
        assert reply.isEnabled() == (round_ == 1)
        if round_ == 1:
            QTest.keyClick(found.letters, Qt.Key.Key_Space)
            assert not reply.isEnabled()
        await _close()
        await put_away(shell)
        letters.switch(on=True)  # as in a program begun anew
