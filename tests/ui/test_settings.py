"""The settings: every page by keyboard, each change in force at once, no dead button."""

from __future__ import annotations

import sys
from functools import partial
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QPushButton

from tests.ui.conftest import put_away
from tests.ui.desk_double import DeskDouble
from tests.ui.desk_rows import NOW
from tests.ui.door_double import DoorDouble
from tests.ui.story import story
from tests.ui.waiting import calm, enter, sheet, sheets, until
from ui.frame import Frame
from ui.keysheet import KeySheet
from ui.language import chosen
from ui.language.speaking import speak
from ui.memory import Memory
from ui.settings.inside import licences
from ui.settings.pages import PAGES
from ui.settings.storage import StoragePage
from ui.settings.view import SettingsSheet
from ui.shell import Shell
from ui.theme.style import APPEARANCE, theme

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def opened(frame: Frame, page: str = "") -> SettingsSheet:
    frame.show_settings(page)
    found = await sheet()
    assert isinstance(found, SettingsSheet)
    return found


def combo(found: SettingsSheet) -> QComboBox:
    return found.shown_page().findChildren(QComboBox)[0]


def choose(box: QComboBox, value: object) -> None:
    """As a person does: the entry is brought into sight, and taken."""
    box.setCurrentIndex(box.findData(value))
    box.activated.emit(box.currentIndex())


async def test_its_key_opens_it_and_the_arrows_reach_every_page(
    locked: tuple[Shell, DoorDouble],
) -> None:
    frame, _ = await enter(*locked)

    QTest.keyClick(frame, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    found = await sheet()
    assert isinstance(found, SettingsSheet)
    seen = [found.page]
    for _ in PAGES[1:]:
        QTest.keyClick(found.names, Qt.Key.Key_Down)
        seen.append(found.page)
        assert found.shown_page().isVisible()

    assert seen == [one.name for one in PAGES]
    QTest.keyClick(found, Qt.Key.Key_Escape)
    await until(lambda: not sheets() and frame.settings is None)


def _traces(desk: DeskDouble) -> tuple[int, int, str]:
    return len(sheets()), len(desk.calls), QGuiApplication.clipboard().text()


def _otherwise(desk: DeskDouble, before: tuple[int, int, str]) -> bool:
    return _traces(desk) != before


async def test_every_button_of_every_page_does_something(
    locked: tuple[Shell, DoorDouble],
) -> None:
    shell, door = locked
    frame, desk = await enter(shell, door)
    for page in PAGES:
        found = await opened(frame, page.name)
        for button in found.shown_page().findChildren(QPushButton):
            if not button.isVisible():
                continue
            QGuiApplication.clipboard().clear()
            before = _traces(desk)
            button.click()
            await until(partial(_otherwise, desk, before))
            while len(sheets()) > 1:
                sheets()[-1].reject()
                await until(lambda: len(sheets()) == 1)
        found.reject()
        await until(lambda: not sheets() and frame.settings is None)


async def test_a_change_is_in_force_at_once_and_remembered(
    tmp_path: Path, failures: list[Exception]
) -> None:
    door = DoorDouble(make=story)
    shell = Shell(tmp_path, lambda: NOW, failures.append)
    shell.show()
    shell.open_gate(door)
    frame, _ = await enter(shell, door)

    choose(combo(await opened(frame, "security")), 30)
    assert shell.locks is not None
    assert shell.locks.idle.minutes == 30
    (await sheet()).reject()
    await until(lambda: frame.settings is None)
    choose(combo(await opened(frame, "appearance")), "dark")
    assert theme().chosen(APPEARANCE) == "dark"
    (await sheet()).reject()
    await until(lambda: frame.settings is None)
    await put_away(shell)

    kept = Memory(tmp_path)
    assert (kept.text("locks-after"), kept.text("appearance")) == ("30", "dark")
    theme().choose(APPEARANCE, "system")
    assert failures == []


async def test_another_language_leaves_the_settings_open_where_they_were(
    locked: tuple[Shell, DoorDouble],
) -> None:
    shell, door = locked
    frame, _ = await enter(shell, door)

    choose(combo(await opened(frame, "language")), "de")
    await until(lambda: shell.frame is not frame and bool(sheets()))
    again = sheets()[-1]

    assert chosen() == "de"
    assert isinstance(again, SettingsSheet)
    assert again.page == "language"
    assert combo(again).currentData() == "de"
    again.reject()
    speak("en")
    assert shell.frame is not None
    await calm(shell.frame)


async def test_storage_says_what_each_space_takes_and_what_it_cannot_read(
    locked: tuple[Shell, DoorDouble],
) -> None:
    shell, door = locked
    frame, desk = await enter(shell, door)
    page = (await opened(frame, "storage")).shown_page()
    assert isinstance(page, StoragePage)
    await until(lambda: not page._presenter.state.loading)

    titles = [one.title for one in page._presenter.state.rows]
    assert titles[0] == "Operation Amberlight"
    assert len(titles) == len(desk.details) + 1

    desk.storage.broken = True
    page._presenter.load()
    await until(page.notice.isVisible)
    assert "disk" in page.notice.accessibleName().casefold()
    (await sheet()).reject()
    await until(lambda: not sheets())


async def test_a_sheet_asked_for_in_the_settings_stands_over_them(
    locked: tuple[Shell, DoorDouble],
) -> None:
    frame, _ = await enter(*locked)
    found = await opened(frame)
    frame.show_keys()
    await until(lambda: any(isinstance(one, KeySheet) for one in sheets()))

    assert sheets()[-1].parentWidget() is found
    sheets()[-1].reject()
    await until(lambda: sheets() == [found])
    found.reject()
    await until(lambda: not sheets())


async def test_every_part_of_the_program_is_named_with_a_licence() -> None:
    declared = [Requirement(one) for one in metadata.requires("jitclient") or ()]
    ours = {canonicalize_name(one.name) for one in declared if "extra" not in str(one.marker)}
    named = set()
    for line in licences().splitlines():
        name, _, licence = line.partition(" — ")
        assert name
        assert licence.strip()
        named.add(canonicalize_name(name.split()[0]))

    assert ours <= named


async def test_in_a_bundle_the_texts_of_the_licences_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "NOTICES.txt").write_text("Every text.\n", "utf-8")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "jitclient"))

    assert licences() == "Every text.\n"
