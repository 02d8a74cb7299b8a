"""What holds for every screen of devices, keys and trust, in the smallest window."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

import pytest
import pytest_asyncio
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from tests.ui.fitting import cut, seen
from tests.ui.playing import playing
from tests.ui.screens import SCREENS, Play, Screen
from tests.ui.waiting import sheets, until

pytestmark = pytest.mark.asyncio(loop_scope="session")

_TABS = 60


_ASKING = {
    "devices",
    "devices-rename",
    "devices-revoke",
    "link-passphrase",
    "link-offer",
    "link-code",
    "link-done",
    "link-ended",
    "restore",
    "words",
    "passphrase",
    "sheet-passphrase",
    "sheet-words",
    "sheet-confirm",
    "verify",
    "meeting",
    "people-policy",
    "member-devices",
    "renew",
    "share",
    "share-sure",
    "key-changed-accept",
}


@pytest_asyncio.fixture(loop_scope="session")
async def play(
    request: pytest.FixtureRequest, qapp: QApplication, failures: list[Exception]
) -> AsyncIterator[Play]:
    """The screen a test is about."""
    async with playing(request.param, failures) as made:
        yield made


def _on(screens: list[Screen]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("play", screens, ids=lambda one: one.name, indirect=True)


@_on(SCREENS)
async def test_nothing_is_cut_off_in_the_smallest_window_and_no_sheet_is_larger_than_it(
    play: Play,
) -> None:
    for root in (play.shell, *sheets()):
        assert cut(root) == [], root.windowTitle()
        assert root.height() <= play.shell.height(), root.windowTitle()
        assert root.width() <= play.shell.width(), root.windowTitle()


@_on([one for one in SCREENS if one.name in _ASKING])
async def test_the_keyboard_begins_in_a_sheet_reaches_all_of_it_and_escape_ends_it(
    play: Play,
) -> None:
    while sheets():
        top = sheets()[-1]
        top.activateWindow()
        await until(partial(_active, top))
        begins = top.focusWidget()
        assert begins is not None, top.windowTitle()
        assert begins.isEnabled()
        assert not (begins is top.action and top.action.property("kind") == "danger")
        assert _not_reached(top) == [], top.windowTitle()
        QTest.keyClick(top, Qt.Key.Key_Escape)
        await until(partial(_gone, top))


def _active(top: QWidget) -> bool:
    return QApplication.activeWindow() is top


def _gone(top: QWidget) -> bool:
    return top not in sheets()


def _not_reached(top: QWidget) -> list[str]:
    """What takes the keyboard, but not by Tab."""
    wanted = {
        one
        for one in seen(top)
        if one.focusPolicy() & Qt.FocusPolicy.TabFocus
        and one.isEnabled()
        and one.focusProxy() is None
        and not isinstance(one.parent(), QLineEdit)
    }
    for _ in range(_TABS):
        now = QApplication.focusWidget()
        wanted -= {now}
        if now is None or not wanted:
            break
        QTest.keyClick(now, Qt.Key.Key_Tab)
    return [f"{type(one).__name__} {one.accessibleName()!r}" for one in wanted]
