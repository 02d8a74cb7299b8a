"""Every screen in other languages: nothing English is left, and nothing is cut off."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from PySide6.QtCore import QCoreApplication, QLocale
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTabBar,
    QWidget,
)

from tests.languages.pseudo import pseudo
from tests.languages.source import messages
from tests.ui.door_double import DoorDouble
from tests.ui.fitting import cut, seen
from tests.ui.playing import playing
from tests.ui.screens import SCREENS, Play
from tests.ui.waiting import calm, enter, sheets, until
from ui.language import choose, chosen
from ui.language.catalogue import SOURCE
from ui.language.keynames import PRINTED
from ui.language.known import COMPLETE, nearest
from ui.language.speaking import speak, wanted
from ui.memory import Memory
from ui.shell import Shell
from ui.shortcuts import KEYS
from ui.spaces.state import Tab

pytestmark = pytest.mark.asyncio(loop_scope="session")

_TIGHT = ("hand-over-facts", "transfers", "people-long-name", "evidence-facts", "locked-wrong",
          "first-run-passphrase", "meeting", "devices", "search-found", "gaps",
          "settings-network")  # fmt: skip
"""The screens with the least room to spare; the pseudo-language is shown on all."""


@pytest_asyncio.fixture(loop_scope="session", params=SCREENS, ids=lambda one: one.name)
async def longer(
    request: pytest.FixtureRequest, qapp: QApplication, failures: list[Exception]
) -> AsyncIterator[Play]:
    """Each screen in the pseudo-language, in the smallest window."""
    choose(SOURCE, altered=pseudo)
    async with playing(request.param, failures) as made:
        yield made
    choose(SOURCE)


async def test_nothing_is_cut_off_when_every_word_is_two_fifths_longer(longer: Play) -> None:
    for root in (longer.shell, *sheets()):
        assert cut(root) == [], root.windowTitle()
        assert root.height() <= longer.shell.height(), root.windowTitle()
        assert root.width() <= longer.shell.width(), root.windowTitle()


@pytest.mark.parametrize("code", [code for code in COMPLETE if code != "en"])
@pytest.mark.parametrize("name", _TIGHT)
async def test_nothing_is_cut_off_in_an_offered_language(
    name: str, code: str, qapp: QApplication, failures: list[Exception], tmp_path: Path
) -> None:
    speak(code)
    screen = next(one for one in SCREENS if one.name == name)
    async with playing(screen, failures, folder=tmp_path) as made:
        found = {root.windowTitle(): cut(root) for root in (made.shell, *sheets())}
    speak(SOURCE)

    assert not any(found.values()), found


_DATA = {"Office laptop", "Prosecutor", "PDF"}
"""Names in the made-up case that are words of the window, too."""
_LABELS = {*PRINTED, *(one.label for one in KEYS), *(one.shown for one in KEYS)}
"""What stands on keys: each language has names for them, the pseudo-language has none."""


async def test_no_word_of_a_screen_is_left_in_english(longer: Play) -> None:
    """In the pseudo-language everything translated is in brackets, so a bare source is a leak."""
    sources = {key[1] for key in messages() if re.search("[A-Za-z]{2}", key[1])} - _DATA - _LABELS

    for root in (longer.shell, *sheets()):
        left = {text for one in seen(root) for text in _texts(one) if text.strip() in sources}
        assert left == set(), root.windowTitle()


def _texts(one: QWidget) -> Iterator[str]:
    yield one.accessibleName()
    yield one.toolTip()
    if isinstance(one, QLabel | QAbstractButton | QLineEdit):
        yield one.text()
    if isinstance(one, QLineEdit | QPlainTextEdit):
        yield one.placeholderText()
    if isinstance(one, QComboBox):
        yield from (one.itemText(at) for at in range(one.count()))
    if isinstance(one, QTabBar):
        yield from (one.tabText(at) for at in range(one.count()))
    for action in (
        one.menu().actions() if isinstance(one, QPushButton) and one.menu() is not None else ()
    ):
        yield action.text()


async def test_the_language_changes_while_a_space_is_open_and_is_remembered(
    locked: tuple[Shell, DoorDouble],
) -> None:
    shell, door = locked
    await enter(shell, door)
    assert shell.frame is not None
    shell.frame.room.spaces.show_tab(Tab.PEOPLE)
    before = shell.frame.room.spaces.state.selected
    shell.frame.stage.conversation.composer.edit.setPlainText("half a sentence")

    shell.frame.language.emit("de")
    await until(lambda: chosen() == "de")
    await until(lambda: shell.frame is not None and shell.frame.stage.tabs.tabText(2) == "Personen")
    await calm(shell.frame)

    room = shell.frame.room
    assert (room.spaces.state.selected, room.spaces.state.tab) == (before, Tab.PEOPLE)
    assert room.conversation.state.draft == "half a sentence"
    assert QLocale().language() is QLocale.Language.German
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Abbrechen"
    speak(SOURCE)
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Cancel"


async def test_the_language_of_the_desktop_is_followed_until_somebody_chooses(
    tmp_path: Path,
) -> None:
    memory = Memory(tmp_path)
    assert wanted(memory.text("language")) == "en"

    memory.keep("language", "de")

    assert wanted(Memory(tmp_path).text("language")) == "de"
    assert nearest("de_AT.UTF-8") == "de"
    assert nearest("xx_YY") == "en"
