"""Text follows the desktop's size, or the person's, up to 200 %, and nothing is cut off by it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Final

import pytest
import pytest_asyncio
from PySide6.QtCore import QSize
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from tests.ui.conftest import put_away
from tests.ui.desk_rows import NOW
from tests.ui.door_double import DoorDouble
from tests.ui.fitting import cut, squeezed
from tests.ui.screens import SCREENS, Play, Screen, case
from tests.ui.waiting import calm, enter, until
from ui.application import application
from ui.gallery.specimens import Page, laid
from ui.gallery.window import PAGES
from ui.shell import Shell
from ui.theme import fonts, tokens
from ui.theme.style import TEXT, theme

_ROOM: Final = QSize(1600, 1000)
_WHOLE: Final = {"first-run", "locked", "locked-wrong", "gaps", "search-found", "verify", "words"}


@pytest.fixture(autouse=True)
def _as_before(qapp: QApplication) -> Iterator[None]:
    application()
    yield
    theme().choose(TEXT, "system")


@pytest.mark.parametrize(("points", "wanted"), [(9.0, 1.0), (16.5, 1.5), (40.0, 2.0)])
def test_a_larger_font_of_the_desktop_makes_larger_text(
    points: float, wanted: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    font = QFont()
    font.setPointSizeF(points)
    monkeypatch.setattr(fonts, "_USUAL_POINTS", {})
    monkeypatch.setattr(fonts, "desktop_font", lambda: font)

    theme().choose(TEXT, "system")

    assert fonts.scale() == pytest.approx(wanted)
    assert application().font().pixelSize() == round(tokens.BODY * wanted)


def test_the_person_outvotes_the_desktop_in_both_directions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    font = QFont()
    font.setPointSizeF(22)
    monkeypatch.setattr(fonts, "desktop_font", lambda: font)

    seen = []
    for choice in ("100", "175", "no size"):
        theme().choose(TEXT, choice)
        seen.append(fonts.scale())

    assert seen == [1.0, 1.75, 2.0]


@pytest.mark.parametrize("page", PAGES, ids=lambda one: one.name)
def test_no_word_of_the_gallery_is_cut_off_at_200_percent(page: Page) -> None:
    theme().choose(TEXT, "200")
    host = QWidget()
    column = QVBoxLayout(host)
    column.addWidget(laid(page.groups()))
    host.setFixedWidth(1900)
    host.show()
    for _ in range(4):
        QApplication.processEvents()
        host.resize(1900, host.minimumSizeHint().height())

    small = [one for one in host.findChildren(QWidget) if one.isVisible() and squeezed(one)]

    assert [getattr(one, "text", str)() for one in small] == []
    host.close()
    host.deleteLater()


@pytest_asyncio.fixture(loop_scope="session")
async def play(
    request: pytest.FixtureRequest, qapp: QApplication, failures: list[Exception]
) -> AsyncIterator[Play]:
    """A screen with text of twice the size."""
    one: Screen = request.param
    theme().choose(TEXT, "200")
    shell = Shell(None, lambda: NOW, failures.append)
    shell.resize(_ROOM)
    shell.show()
    door = DoorDouble(make=case, enrolled=one.enrolled)
    shell.open_gate(door)
    made = Play(shell, door)
    await one.go(made)
    await made.quiet()
    yield made
    await put_away(shell)


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize(
    "play", [one for one in SCREENS if one.name in _WHOLE], indirect=True, ids=lambda one: one.name
)
async def test_no_word_of_a_main_screen_is_cut_off_at_200_percent(play: Play) -> None:
    assert cut(play.shell) == []


@pytest.mark.asyncio(loop_scope="session")
async def test_another_size_holds_at_once(
    locked: tuple[Shell, DoorDouble],
) -> None:
    shell, _ = locked
    frame, _ = await enter(*locked)
    before = frame.sidebar.list.visualRect(frame.sidebar.model.index(0)).height()

    frame.appearance.emit(TEXT, "200")
    await until(lambda: shell.frame is not frame)

    assert shell.frame is not None, "what has laid out its words is made anew"
    await calm(shell.frame)
    rows = shell.frame.sidebar
    await until(lambda: rows.model.rowCount() > 0)
    assert rows.list.visualRect(rows.model.index(0)).height() == 2 * before
