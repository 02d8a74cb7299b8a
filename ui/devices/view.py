"""The sheet of one's own devices."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from protocol.ids import DeviceId
from ui import words
from ui.devices.passphrase import AskPassphrase
from ui.devices.presenter import DevicesPresenter
from ui.devices.state import DeviceLine, DevicesState
from ui.language import tr
from ui.tasks import TaskScope
from ui.theme import fonts, tokens
from ui.theme.tokens import Tone
from ui.widgets.bounded import Bounded
from ui.widgets.button import Button, IconButton
from ui.widgets.chip import Chip
from ui.widgets.facts import clear
from ui.widgets.glyph import Glyph
from ui.widgets.panel import Panel, line, row
from ui.widgets.reveal import reveal
from ui.widgets.sheet import Sheet
from ui.widgets.text import Text
from ui.words import Badge

_MAX_NAME = 64
_LIST_HEIGHT = 380


class DevicesSheet(Sheet):
    """A card for every device; the one in use first, revoked ones last."""

    wide = 760
    link = Signal()

    def __init__(self, parent: QWidget, presenter: DevicesPresenter, tasks: TaskScope) -> None:
        super().__init__(
            parent,
            tr("My devices"),
            lead=tr(
                "Each of them reads and writes for you. A device that is lost is revoked here: "
                "from the next message on it receives nothing."
            ),
        )
        self._presenter = presenter
        self._tasks = tasks
        self._shown: tuple[tuple[DeviceLine, ...], DeviceId | None] | None = None
        self.edit: QLineEdit | None = None
        self.more = Button(tr("Link a device…"), "primary", icon="plus")
        self.more.clicked.connect(self.link)
        self.none = Text(tr("Reading the devices…"), "secondary")
        self.card = Panel("card")
        self.area = Bounded(self.card, lambda: _LIST_HEIGHT)
        self.area.setAccessibleName(tr("Devices"))
        self.again = Button(tr("Try again"), icon="refresh-cw")
        self.again.clicked.connect(presenter.refresh)
        self.body.addWidget(self.none)
        self.body.addWidget(self.area)
        self.body.addLayout(row(self.more, self.again, None))
        presenter.attach(self.render_state)
        self.finished.connect(presenter.detach)
        presenter.refresh()
        self.more.setFocus()

    def render_state(self, state: DevicesState) -> None:
        """Show the devices."""
        self.notice.show_card(state.problem)
        self.busy.setText(state.busy)
        self.none.setVisible(state.loading and not state.lines)
        reveal(self.again, state.problem is not None and not state.lines)
        reveal(self.area, bool(state.lines))
        self.more.setEnabled(not state.busy)
        if (state.lines, state.editing) == self._shown:
            return
        self._shown = (state.lines, state.editing)
        self.edit = None
        clear(self.card.column)
        for at, one in enumerate(state.lines):
            if at:
                self.card.column.addWidget(line())
            self.card.column.addWidget(self._device(one, editing=one.device == state.editing))
        self._take_keyboard()

    def _take_keyboard(self) -> None:
        if self.edit is not None:
            self.edit.setFocus()
            self.edit.selectAll()

    def _device(self, one: DeviceLine, *, editing: bool) -> QWidget:
        holder = QWidget()
        holder.setAccessibleName(f"{one.name}, {one.facts}")
        names = QVBoxLayout()
        names.setSpacing(tokens.S1 if editing else 2)
        if editing:
            names.addWidget(self._line(one))
        else:
            names.addWidget(Text(one.name, "strong", wrap=True))
        names.addWidget(Text(one.facts, "caption"))
        print_ = Text(words.fingerprint(one.fingerprint), "caption", selectable=True)
        print_.setFont(fonts.mono(tokens.CAPTION))
        print_.setAccessibleName(
            tr("Fingerprint of {name}: {print}", name=one.name, print=print_.text())
        )
        names.addWidget(print_)
        across = row(
            Glyph("laptop", 26, Tone.NEUTRAL if one.revoked else Tone.ACCENT), spacing=tokens.S3
        )
        across.setContentsMargins(tokens.S4, tokens.S3, tokens.S4, tokens.S3)
        across.addLayout(names, 1)
        if one.this:
            across.addWidget(Chip(Badge(tr("This device"), "circle-dot", Tone.OK)))
        if one.revoked:
            across.addWidget(Chip(Badge(tr("Revoked"), "ban", Tone.DANGER)))
        else:
            self._acts(across, one, editing=editing)
        holder.setLayout(across)
        return holder

    def _line(self, one: DeviceLine) -> QLineEdit:
        edit = QLineEdit(one.name)
        edit.setMaxLength(_MAX_NAME)
        edit.setAccessibleName(tr("New name of {name}", name=one.name))
        edit.returnPressed.connect(lambda: self._presenter.rename(one.device, edit.text()))
        self.edit = edit
        return edit

    def _acts(self, across: QHBoxLayout, one: DeviceLine, *, editing: bool) -> None:
        add = across.addWidget
        if editing:
            keep = Button(tr("Save"))
            keep.clicked.connect(lambda: self._save(one.device))
            leave = IconButton("x", tr("Keep the old name"), size=tokens.ICON_SMALL)
            leave.clicked.connect(lambda: self._presenter.edit(None))
            add(keep)
            add(leave)
            return
        rename = Button(tr("Rename"), "quiet")
        rename.setAccessibleName(tr("Rename {name}", name=one.name))
        rename.clicked.connect(partial(self._presenter.edit, one.device))
        add(rename)
        if not one.this:
            away = Button(tr("Revoke…"), "quiet")
            away.setAccessibleName(tr("Revoke {name}", name=one.name))
            away.clicked.connect(lambda: self._tasks.start(self._revoke(one), name="ask-revoke"))
            add(away)

    def reload(self) -> None:
        """Read the list again."""
        self._presenter.refresh()

    def _save(self, device: DeviceId) -> None:
        if self.edit is not None:
            self._presenter.rename(device, self.edit.text())

    async def _revoke(self, one: DeviceLine) -> None:
        await AskPassphrase(
            self,
            tr("Revoke “{name}”?", name=one.name),
            (
                tr(
                    "From the next message on it receives nothing, and nobody takes anything "
                    "from it."
                ),
                tr("What it holds already stays on it: revoking does not erase."),
                tr("Every member of your spaces sees that one of your devices was revoked."),
            ),
            partial(self._presenter.revoke, one.device),
            self._tasks,
            action=tr("Revoke"),
        ).shown()
