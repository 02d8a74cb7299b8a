"""The accessible tree of a window as a screen reader walks it, and what it lacks.

Nothing here keeps an interface of Qt's: it dies with its widget, and what holds it dies with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, QRect, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QLabel,
    QLineEdit,
    QProgressBar,
    QWidget,
)

from ui.widgets.brand import Brand
from ui.widgets.glyph import Glyph
from ui.widgets.monogram import Monogram
from ui.widgets.text import Text

Role = QAccessible.Role
MUTE = {Role.NoRole, Role.Client, Role.Border, Role.Pane, Role.LayeredPane, Role.Whitespace}
NAMED = {
    Role.Button, Role.ButtonMenu, Role.ButtonDropDown, Role.CheckBox, Role.RadioButton,
    Role.ComboBox, Role.EditableText, Role.SpinBox, Role.ProgressBar, Role.Table, Role.List,
    Role.ListItem, Role.Cell, Role.ColumnHeader, Role.PageTab, Role.PageTabList, Role.Graphic,
    Role.StaticText, Role.Window, Role.Dialog, Role.MenuItem, Role.Slider, Role.Tree, Role.TreeItem,
}  # fmt: skip
DECORATION = (Glyph, Monogram, Brand)


@dataclass(slots=True)
class Thing:
    """One object of the tree."""

    role: QAccessible.Role
    name: str
    about: str
    box: QRect
    kind: str
    widget: QWidget | None
    leaf: bool
    states: set[str] = field(default_factory=set)

    def __str__(self) -> str:
        return f"{self.kind} {self.role.name} {self.name!r}"


_STATES = (
    "focusable", "disabled", "checkable", "checked", "hasPopup", "passwordEdit", "editable",
    "readOnly", "selectable", "selected", "invalid", "expandable",
)  # fmt: skip


def things(root: QWidget) -> list[Thing]:
    """Everything of a window that is shown, in the order of the tree."""
    about = QAccessible.queryAccessibleInterface(root)
    assert isinstance(about, QAccessibleInterface)
    return list(_below(about))


def _below(one: QAccessibleInterface) -> Iterator[Thing]:
    state = one.state()
    if state.invisible:
        return
    yield _thing(one)
    for at in range(one.childCount()):
        child = one.child(at)
        if child is not None and child.isValid():
            yield from _below(child)


def _thing(one: QAccessibleInterface) -> Thing:
    owner: QObject | None = one.object()
    state = one.state()
    return Thing(
        role=one.role(),
        name=one.text(QAccessible.Text.Name),
        about=one.text(QAccessible.Text.Description),
        box=one.rect(),
        kind=type(owner).__name__ if owner is not None else "row",
        widget=owner if isinstance(owner, QWidget) else None,
        leaf=one.childCount() == 0,
        states={name for name in _STATES if getattr(state, name)},
    )


def wrong(root: QWidget) -> list[str]:
    """What a screen reader would not say of a window, or would say wrongly."""
    found = [f"{one}: {said}" for one in things(root) for said in _faults(one)]
    here = root.focusWidget()
    if here is not None and here is not root and here.isVisible() and not _name(here):
        found.append(f"{type(here).__name__} has the keyboard and no name")
    return found


def _name(widget: QWidget) -> str:
    about = QAccessible.queryAccessibleInterface(widget)
    return about.text(QAccessible.Text.Name) if about is not None else ""


def _faults(one: Thing) -> Iterator[str]:
    widget = one.widget
    inner = one.kind in ("QScrollBar", "QSplitterHandle", "QHeaderView") or one.box.isEmpty()
    empty = isinstance(widget, QLabel) and not widget.text().strip() and widget.pixmap().isNull()
    if one.role in NAMED and not one.name.strip() and not inner and not empty:
        yield "no name"
    if one.name and one.leaf and one.role in MUTE and not inner:
        yield "says something as filler, which readers skip"
    if widget is None:
        return
    if isinstance(widget, DECORATION) and one.name:
        yield "a decoration says something"
    if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isEnabled() and not inner:
        yield from _focusable(one, widget)
    if isinstance(widget, QAbstractButton):
        yield from _button(one, widget)
    if isinstance(widget, QLineEdit):
        yield from _line(one, widget)
    if isinstance(widget, QProgressBar) and one.role is not Role.ProgressBar:
        yield "no progress bar"
    if isinstance(widget, Text) and widget.property("look") == "label":
        yield from _label(widget)


def _focusable(one: Thing, widget: QWidget) -> Iterator[str]:
    if "focusable" not in one.states and widget.focusProxy() is None:
        yield "takes the keyboard and does not say so"
    if not one.name:
        yield "takes the keyboard and has no name"
    scrolls = isinstance(widget, QAbstractScrollArea) and not isinstance(widget, QAbstractItemView)
    if one.role in MUTE and not scrolls:
        yield "takes the keyboard and has no role"


def _button(one: Thing, widget: QAbstractButton) -> Iterator[str]:
    if widget.isCheckable() != ("checkable" in one.states):
        yield "checkable or not?"
    if widget.isChecked() != ("checked" in one.states):
        yield "checked or not?"
    if widget.isEnabled() == ("disabled" in one.states):
        yield "enabled or not?"
    menu = getattr(widget, "menu", lambda: None)()
    if (menu is not None) != ("hasPopup" in one.states):
        yield "with a menu or not?"
    shown = widget.text().replace("&", "").rstrip("…")
    if shown.casefold() not in one.name.casefold():
        yield f"is called other than it reads: {shown!r}"  # WCAG 2.5.3


def _line(one: Thing, widget: QLineEdit) -> Iterator[str]:
    secret = widget.echoMode() is not QLineEdit.EchoMode.Normal
    if secret != ("passwordEdit" in one.states):
        yield "secret or not?"
    if widget.isReadOnly() == ("editable" in one.states):
        yield "to be written in or not?"


def _label(widget: QLabel) -> Iterator[str]:
    buddy: QWidget | None = widget.buddy()
    if buddy is None or buddy.isHidden():
        yield "a label of nothing"
