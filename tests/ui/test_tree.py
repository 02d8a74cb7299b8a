"""Every screen and every sheet as a screen reader meets it, and as Tab goes through it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import partial
from typing import Final

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

import ui
from tests.ui.drawn import unspoken
from tests.ui.playing import playing
from tests.ui.screens import SCREENS, Play
from tests.ui.stops import backwards, called, pressed, wanted
from tests.ui.targets import crowded
from tests.ui.test_fit import _on, play
from tests.ui.waiting import sheets, until
from tests.ui.walk import wrong

__all__ = ["play"]
pytestmark = pytest.mark.asyncio(loop_scope="session")

_WALKED: Final[set[str]] = set()
_DONE: Final[set[str]] = set()


def roots(play: Play) -> list[QWidget]:
    """Every window of ours on the screen, the one on top last."""
    beside = [
        one
        for one in QApplication.topLevelWidgets()
        if one.isVisible() and one.windowType() is Qt.WindowType.Window and one is not play.shell
    ]
    return [play.shell, *beside, *sheets()]


def _note(play: Play) -> None:
    for root in roots(play):
        for one in (root, *root.findChildren(QWidget)):
            if one.isVisible():
                _WALKED.add(type(one).__name__)


@_on(SCREENS)
async def test_a_screen_reader_hears_and_a_hand_hits_everything_that_is_shown(
    play: Play, request: pytest.FixtureRequest
) -> None:
    _note(play)
    _DONE.add(request.node.callspec.params["play"].name)
    for root in roots(play):
        assert wrong(root) == [], root.windowTitle()
        assert unspoken(root) == [], root.windowTitle()
        assert crowded(root) == [], root.windowTitle()


@_on(SCREENS)
async def test_tab_goes_once_through_everything_in_the_order_of_reading_and_back(
    play: Play,
) -> None:
    top = roots(play)[-1]
    top.activateWindow()
    await until(partial(_active, top))
    if not wanted(top):
        return  # a window that only says something; Escape closes it

    there = pressed(top, Qt.Key.Key_Tab)
    back = pressed(top, Qt.Key.Key_Backtab)

    assert sorted(map(called, there)) == sorted(map(called, wanted(top)))
    assert back == [there[0], *reversed(there[1:])]
    assert list(backwards(there)) == []


def _active(top: QWidget) -> bool:
    return QApplication.activeWindow() is top


def _kinds() -> Iterator[str]:
    """Every view, sheet and window there is in the sources, whether a screen shows it or not."""
    for found in pkgutil.walk_packages(ui.__path__, "ui."):
        module = importlib.import_module(found.name)
        for name, one in vars(module).items():
            ours = isinstance(one, type) and one.__module__ == found.name
            if ours and issubclass(one, QWidget) and name.endswith(("View", "Sheet", "Window")):
                yield name


async def test_no_screen_is_left_out_of_the_walk(
    qapp: QApplication, failures: list[Exception]
) -> None:
    for one in SCREENS:
        if one.name not in _DONE:  # this test runs alone
            async with playing(one, failures) as made:
                _note(made)

    assert set(_kinds()) - _WALKED == set()
