"""The gallery shows every widget in every state, and looks as its reference pictures say."""

from __future__ import annotations

import importlib
import inspect
import subprocess
import sys
from collections.abc import Iterator

import pytest
from PIL import Image
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QComboBox, QWidget

from tests.architecture.tree import ROOT
from tests.ui.gallery.comparing import Distance, distance, reduced
from tests.ui.gallery.keeping import FOLDER, distances, strays, verdict
from tests.ui.gallery.rendering import MODES, pictures
from ui.application import application
from ui.gallery.specimens import FocusedLine, Ringed, laid
from ui.gallery.window import PAGES, Gallery
from ui.theme.style import APPEARANCE, CHOICES, CONTRAST, DENSITY, theme
from ui.theme.tokens import LIGHT, Tone
from ui.widgets.ring import FocusRing

_NO_LOOK = {
    "AskReason": "a sheet with a field",
    "Confirm": "a sheet with lines",
    "ReasonField": "a field",
    "Bin": "is not seen",
    "InSight": "scrolls",
    "Resting": "is a clock",
    "Still": "a row looks as what is put into it",
    "TopRow": "remembers a place",
}
"""Classes of `ui/widgets` that draw nothing, each with its reason."""
_LIMIT = 700_000  # bytes of all references together


@pytest.fixture(autouse=True)
def _as_before(qapp: QApplication) -> Iterator[None]:
    application()
    yield
    for what, (first, *_) in CHOICES.items():
        theme().choose(what, first)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Image.Image]:
    """Every page in every mode, by processes of their own."""
    return pictures(tmp_path_factory.mktemp("gallery"))


def test_every_page_looks_as_its_reference_says(
    drawn: dict[str, Image.Image], tmp_path_factory: pytest.TempPathFactory
) -> None:
    known = distances()
    out = tmp_path_factory.mktemp("other")
    wrong = {}
    for name, picture in drawn.items():
        if said := verdict(name, picture, known):
            wrong[name] = said
            picture.save(out / f"{name}.png")

    assert wrong == {}, f"see {out}; if it is meant: make gallery, and look at what changed"


def test_every_page_has_one_reference_in_every_mode_and_all_are_small(
    drawn: dict[str, Image.Image],
) -> None:
    assert set(drawn) == {f"{page.name}-{mode.name}" for page in PAGES for mode in MODES}
    assert set(drawn) == set(distances())
    assert strays(drawn) == []
    assert sum(one.stat().st_size for one in FOLDER.iterdir()) < _LIMIT


def _widgets() -> set[type[QObject]]:
    """Every class of `ui/widgets` that others may name."""
    found: set[type[QObject]] = set()
    for file in (ROOT / "ui/widgets").glob("*.py"):
        module = importlib.import_module(f"ui.widgets.{file.stem}")
        for name, one in inspect.getmembers(module, inspect.isclass):
            own = one.__module__ == module.__name__ and not name.startswith("_")
            if own and issubclass(one, QObject):
                found.add(one)
    return found


def test_every_class_of_the_widgets_is_in_the_gallery() -> None:
    shown: set[type] = set()
    for page in PAGES:
        body = laid(page.groups())
        shown |= {kind for one in body.findChildren(QObject) for kind in type(one).__mro__}
        body.deleteLater()
    if Ringed in shown:
        shown.add(FocusRing)  # follows the keyboard; its ring is drawn around what is focused

    assert {one.__name__ for one in _widgets() - shown} == set(_NO_LOOK)


def test_the_states_that_the_brief_of_a_widget_names_are_there() -> None:
    states = {one.state for page in PAGES for group in page.groups() for one in group.specimens}

    wanted = {"Normal", "Hover", "Pressed", "Focused", "Disabled", "Error", "Empty", "Long text"}
    assert wanted - states == set()
    assert {tone.value for tone in Tone} - states == set()


def test_the_switches_of_the_gallery_change_the_theme_and_the_page() -> None:
    window = Gallery()
    window.show()
    before = window.area.widget()

    for what, value in ((APPEARANCE, "dark"), (CONTRAST, "high"), (DENSITY, "compact")):
        box: QComboBox = window.switches[what]
        box.setCurrentIndex(box.findData(value))

    assert theme().palette.name == "high-dark"
    assert theme().density.name == "compact"
    assert window.area.widget() is not before
    window.close()
    window.deleteLater()


def test_every_page_can_be_opened_in_the_window() -> None:
    window = Gallery()
    window.show()

    for at in range(len(PAGES)):
        window.names.setCurrentIndex(window.names.model().index(at, 0))
        page = window.area.widget()
        assert isinstance(page, QWidget)
        assert len(page.findChildren(QWidget)) > 5
    window.close()
    window.deleteLater()


def test_a_changed_token_and_a_moved_line_are_seen() -> None:
    """The comparison itself: a hairline of the weakest token, and one pixel of padding."""
    page = Image.new("RGB", (450, 300), LIGHT.surface)
    page.paste(LIGHT.hairline, (0, 100, 60, 101))
    page.paste(LIGHT.text, (20, 150, 100, 166))
    reference = reduced(page)

    other, moved = page.copy(), page.copy()
    other.paste("#D8DDE4", (0, 100, 60, 101))
    moved.paste(LIGHT.surface, (20, 150, 21, 166))
    moved.paste(LIGHT.text, (100, 150, 101, 166))

    def beyond(picture: Image.Image) -> bool:
        apart = distance(picture, reference)
        return apart is None or apart.apart > apart.room

    assert distance(page, reference) == Distance(450 * 300, 0)
    assert [beyond(one) for one in (page, other, moved)] == [False, True, True]


def test_the_focused_line_looks_as_with_the_keyboard() -> None:
    """The gallery may not show a state that the product does not have."""
    host = QWidget()
    real, posed = FocusedLine(host), FocusedLine(host)
    for at, one in enumerate((real, posed)):
        one.setGeometry(0, 40 * at, 200, 34)
        one.setReadOnly(True)  # no caret, which blinks
    host.show()
    host.activateWindow()
    real.setFocus()
    QApplication.processEvents()

    assert real.grab().toImage() == posed.grab().toImage()
    host.close()


def test_the_command_line_loads_no_window_library_for_another_command() -> None:
    """`jitclient gallery` is a command, and commands run where no Qt is installed."""
    code = (
        "import sys; from jitclient.__main__ import main; main(['--version']);"
        "sys.exit(any(one.startswith(('PySide6', 'ui.')) for one in sys.modules))"
    )

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False)

    assert done.returncode == 0, done.stderr
