"""How the window looks follows the desktop, or the person; the ring is measured in pixels."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QMenu, QVBoxLayout, QWidget

from tests.ui.door_double import DoorDouble
from tests.ui.waiting import calm, enter
from ui.application import application
from ui.memory import Memory
from ui.shell import Shell
from ui.theme import tokens
from ui.theme.highcontrast import HIGH_DARK, HIGH_LIGHT, scheme
from ui.theme.style import APPEARANCE, CHOICES, CONTRAST, Theme, theme
from ui.widgets.button import Button
from ui.widgets.looks import LooksIcon


@pytest.fixture(autouse=True)
def _as_before(qapp: QApplication) -> Iterator[None]:
    application()
    yield
    _desktop(Qt.ContrastPreference.NoPreference)
    for what, (first, *_) in CHOICES.items():
        theme().choose(what, first)


def _desktop(wanted: Qt.ContrastPreference) -> None:
    """What Qt does when the desktop's setting changes."""
    hints = application().styleHints()
    hints.accessibility().contrastPreferenceChanged.emit(wanted)


def test_high_contrast_follows_the_desktop_while_the_window_is_open() -> None:
    theme().choose(APPEARANCE, "dark")

    _desktop(Qt.ContrastPreference.HighContrast)
    seen = theme().palette
    _desktop(Qt.ContrastPreference.NoPreference)

    assert seen is HIGH_DARK
    assert theme().palette is tokens.DARK


@pytest.mark.parametrize(
    ("choice", "wanted"), [("high", HIGH_LIGHT), ("normal", tokens.LIGHT)], ids=["on", "off"]
)
def test_the_person_outvotes_the_desktop(choice: str, wanted: tokens.Palette) -> None:
    theme().choose(APPEARANCE, "light")
    other = choice == "normal"
    preference = Qt.ContrastPreference
    _desktop(preference.HighContrast if other else preference.NoPreference)

    theme().choose(CONTRAST, choice)

    assert theme().palette is wanted


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("high", [False, True], ids=["usual", "high"])
def test_a_scheme_is_applied_as_a_whole(dark: bool, high: bool) -> None:
    """Palette, sheet and what is painted change in one step: no colour of another one is left."""
    theme().choose(APPEARANCE, "dark" if dark else "light")
    theme().choose(CONTRAST, "high" if high else "normal")

    p = scheme(dark=dark, high=high)
    app = application()
    others = {
        one.window
        for one in (scheme(dark=d, high=h) for d in (False, True) for h in (False, True))
        if one is not p
    } - {p.window, p.surface}
    assert app.palette().window().color() == QColor(p.window)
    assert f"background: {p.window}" in app.styleSheet()
    assert not [one for one in others if f"background: {one}" in app.styleSheet()]
    assert theme().palette is p


def test_what_was_chosen_is_there_at_the_next_start(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    memory.keep(CONTRAST, "high")
    memory.keep(APPEARANCE, "no such thing")
    memory.save()

    fresh = Theme()
    read = Memory(tmp_path)
    fresh.install(application(), {what: read.text(what) for what in CHOICES})

    assert fresh.chosen(CONTRAST) == "high"
    assert fresh.chosen(APPEARANCE) == "system"
    assert fresh.palette in (HIGH_LIGHT, HIGH_DARK)


@pytest.mark.asyncio(loop_scope="session")
async def test_the_menu_of_looks_switches_and_marks_what_holds(
    locked: tuple[Shell, DoorDouble],
) -> None:
    frame, _ = await enter(*locked)
    await calm(frame)
    looks = frame.findChild(LooksIcon)
    assert isinstance(looks, LooksIcon)
    inner = next(one for one in looks.menu().findChildren(QMenu) if one.title())
    by_word = {one.text(): one for one in inner.actions()}

    by_word["On"].trigger()
    inner.aboutToShow.emit()

    assert theme().palette.edge
    assert [one.text() for one in inner.actions() if one.isChecked()] == ["On"]


def _row(image: QImage, y: int) -> list[str]:
    return [image.pixelColor(x, y).name().upper() for x in range(image.width())]


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("high", ["normal", "high"])
@pytest.mark.parametrize("scheme_", ["light", "dark"])
async def test_the_focus_ring_is_two_pixels_after_a_gap_of_two(
    locked: tuple[Shell, DoorDouble], scheme_: str, high: str
) -> None:
    """Ring on accent is no contrast at all (1.2:1): the ground must stand between them."""
    theme().choose(APPEARANCE, scheme_)
    theme().choose(CONTRAST, high)
    host = QWidget()
    host.setWindowTitle("ring")
    column = QVBoxLayout(host)
    column.setContentsMargins(20, 20, 20, 20)
    button = Button("Go on", "primary")
    column.addWidget(button)
    host.show()
    host.activateWindow()
    button.setFocus(Qt.FocusReason.TabFocusReason)
    QApplication.processEvents()

    middle = button.geometry().center().y()
    across = _row(host.grab().toImage(), middle)[: button.geometry().left() + 1]

    p, left = theme().palette, button.geometry().left()
    host.close()
    assert across[left] == p.accent.upper()
    assert across[left - 2 : left] == [p.window.upper()] * 2
    assert across[left - 4 : left - 2] == [p.ring.upper()] * 2
    assert across[left - 5] == p.window.upper()
