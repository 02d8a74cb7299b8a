"""Pages of what is pressed and what is typed into."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QDate, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDateEdit,
    QPlainTextEdit,
    QSpinBox,
    QWidget,
)

from ui.gallery.specimens import (
    FocusedLine,
    Group,
    Page,
    Ringed,
    Specimen,
    disabled,
    filled,
    hovered,
    pressed,
)
from ui.widgets.button import Button, IconButton
from ui.widgets.field import Field, indent
from ui.widgets.keycap import Keycap
from ui.widgets.language import LanguageButton
from ui.widgets.looks import LooksIcon
from ui.widgets.passphrase import PassphraseField
from ui.widgets.pasted import PastedLine

_KINDS: Final = (
    ("", "Ordinary", "folder"),
    ("primary", "Primary", "send"),
    ("danger", "Danger", "trash-2"),
    ("quiet", "Quiet", "lock"),
    ("strip", "Strip", "hourglass"),
)
_LONG: Final = "Weitergabe an alle Mitglieder der Ermittlungsgruppe"
_NAME: Final = "Fiscalía Especial contra la Corrupción y la Criminalidad Organizada"


def _states(make: Callable[[], Button | IconButton]) -> list[Specimen]:
    return [
        Specimen("Normal", make()),
        Specimen("Hover", hovered(make())),
        Specimen("Pressed", pressed(make())),
        Specimen("Focused", Ringed(make())),
        Specimen("Disabled", disabled(make())),
    ]


def _buttons() -> Sequence[Group]:
    groups = []
    for kind, words, icon in _KINDS:
        states = _states(lambda kind=kind, words=words: Button(words, kind))  # type: ignore[misc]
        states.append(Specimen("With icon", Button(words, kind, icon=icon)))
        groups.append(Group(f"Button, {words.lower()}", states, across=6))
    long = [Specimen("Long text", Button(_LONG, kind)) for kind in ("", "primary")]
    groups.append(Group("Button, words of another language", long, across=4))
    icons = _states(lambda: IconButton("copy", "Copy"))
    checked = IconButton("list", "List")
    checked.setCheckable(True)
    checked.setChecked(True)
    icons.append(Specimen("Checked", checked))
    icons.append(Specimen("LooksIcon", LooksIcon()))
    groups.append(Group("IconButton", icons, across=8))
    rest = [Specimen("LanguageButton", LanguageButton())]
    rest += [Specimen("Keycap", Keycap(one)) for one in ("F1", "Ctrl+Enter", "Alt+↓")]
    groups.append(Group("LanguageButton, Keycap", rest, across=6))
    return groups


def _field(*, text: str = "", hint: str = "", problem: str = "", focus: bool = False) -> Field:
    edit = FocusedLine() if focus else None
    made = Field("Exhibit number", hint=hint, placeholder="E-17", edit=edit)
    filled(made.edit, text)
    if problem:
        made.complain(problem)
    return made


def _passphrase(text: str = "", problem: str = "", *, caps: bool = False) -> PassphraseField:
    made = PassphraseField("Passphrase")
    filled(made.edit, text)
    if caps:
        key, none = Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(made.edit, QKeyEvent(QEvent.Type.KeyPress, key, none, "A"))
    if problem:
        made.complain(problem)
    return made


def _pasted(text: str) -> PastedLine:
    made = PastedLine("Invitation", "Paste the line that begins with jit-invite:")
    made.setPlainText(text)
    return made


def _fields() -> Sequence[Group]:
    lines = [
        Specimen("Empty", _field()),
        Specimen("Filled", _field(text="E-17")),
        Specimen("Focused", _field(text="E-17", focus=True)),
        Specimen("Hint", _field(hint="As it stands on the seal.")),
        Specimen("Error", _field(text="E 17", problem="Letters, digits and dashes only.")),
        Specimen("Disabled", disabled(_field(text="E-17"))),
        Specimen("Long text", _field(text=_NAME)),
    ]
    secrets = [
        Specimen("Empty", _passphrase()),
        Specimen("Typed", _passphrase("harbour quiet violin")),
        Specimen("Caps Lock", _passphrase(caps=True)),
        Specimen("Error", _passphrase("wrong", "This passphrase does not open the profile.")),
        Specimen("Disabled", disabled(_passphrase("harbour"))),
    ]
    pasted = [
        Specimen("Empty", _pasted("")),
        Specimen("Filled", _pasted("jit-invite:l6pp" + "k3f9x2mz" * 16)),
    ]
    return [
        Group("Field", lines, across=3),
        Group("PassphraseField", secrets, across=3),
        Group("PastedLine", pasted, across=3),
    ]


def _check(words: str, *, on: bool) -> QCheckBox:
    made = QCheckBox(words)
    made.setChecked(on)
    return made


def _combo() -> QComboBox:
    made = QComboBox()
    made.addItems(["At most 100 MiB/s", "As fast as it goes"])
    return made


def _number() -> QSpinBox:
    made = indent(QSpinBox())
    made.setRange(0, 400)
    made.setValue(28)
    made.setSuffix(" days")
    return made


def _date() -> QDateEdit:
    made = indent(QDateEdit(QDate(2026, 11, 2)))
    made.setDisplayFormat("d MMMM yyyy")
    return made


def _text(text: str) -> QPlainTextEdit:
    made = QPlainTextEdit(text)
    made.setPlaceholderText("Write a message")
    made.setFixedHeight(64)
    return made


def _choices() -> Sequence[Group]:
    boxes: list[Callable[[], QWidget]] = [
        lambda: _check("Verified only", on=False),
        lambda: _check("Verified only", on=True),
    ]
    checks = [Specimen("Normal", one()) for one in boxes]
    checks += [Specimen("Focused", Ringed(boxes[0]()))]
    checks += [Specimen("Disabled", disabled(one())) for one in boxes]
    makers: list[Callable[[], QWidget]] = [_combo, _number, _date]
    inputs = [Specimen("Normal", one()) for one in makers]
    inputs += [Specimen("Disabled", disabled(one())) for one in makers]
    texts = [
        Specimen("Empty", _text("")),
        Specimen("Filled", _text("The second image is at the store now.")),
        Specimen("Disabled", disabled(_text("The space is closed."))),
    ]
    return [
        Group("QCheckBox", checks, across=5),
        Group("QComboBox, QSpinBox, QDateEdit", inputs, across=3),
        Group("QPlainTextEdit", texts, across=3),
    ]


PAGES: Final = (
    Page("buttons", _buttons),
    Page("fields", _fields),
    Page("choices", _choices),
)
