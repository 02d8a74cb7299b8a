"""The acts on what is selected in the list, as buttons below the details."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ui import binding
from ui.copying import copy
from ui.evidence import items
from ui.evidence.arranging import MANY
from ui.evidence.cancelling import ask_cancel
from ui.evidence.inspector import Inspector
from ui.evidence.presenter import EvidencePresenter
from ui.evidence.reviewpanel import ReviewPanel
from ui.evidence.rowtext import as_text
from ui.evidence.severalpart import SeveralPart
from ui.evidence.state import Column, EvidenceState
from ui.evidence.uses import ExportPresenter
from ui.evidence.usesheets import ExportSheet, PermissionSheet
from ui.language import tr
from ui.shortcuts import named
from ui.tasks import TaskScope
from ui.widgets.button import Button
from ui.widgets.reveal import reveal


class Acts(QWidget):
    """Part of the screen of the exhibits."""

    look = Signal(bytes)
    inspector: Inspector
    review: ReviewPanel
    several: SeveralPart

    def __init__(self, presenter: EvidencePresenter, tasks: TaskScope) -> None:
        super().__init__()
        self._presenter, self._tasks = presenter, tasks
        self._state = presenter.state

    def _make_acts(self) -> None:
        """Buttons, and when they are looked at anew."""
        self.pause = Button(tr("Pause"), icon="pause")
        self.resume = Button(tr("Resume"), icon="play")
        self.cancel = Button(tr("Cancel…"), icon="x")
        self.export = Button(tr("Save as…"), icon="download")
        self.verify = Button(tr("Verify"), icon="shield-check")
        self.look_button = Button(tr("View safely"), icon="eye", hint=named(tr("View"), "view"))
        self.look_button.clicked.connect(self._look)
        self.permit = Button(tr("Permission…"), icon="flag")
        self.permit.clicked.connect(lambda: self._tasks.start(self._permit(), name="ask-permit"))
        self.pause.clicked.connect(self._presenter.pause)
        self.resume.clicked.connect(self._presenter.resume)
        self.verify.clicked.connect(self._verify)
        self.cancel.clicked.connect(lambda: self._tasks.start(self._cancel(), name="ask-cancel"))
        self.export.clicked.connect(self.save_as)
        self._presenter.several.watch(lambda _: self._enable_acts(self._state))
        self._presenter.several.batch.watch(lambda _: self._enable_acts(self._state))
        self.inspector.set_actions(
            (
                *(self.look_button, self.export, self.verify, self.pause, self.resume),
                *(self.cancel, self.permit),
            )
        )

    def _enable_acts(self, state: EvidenceState) -> None:
        item = None if state.several else state.current
        chosen = self._presenter.several.state
        several, busy = bool(state.several), bool(state.busy)
        here = item is not None and item.can_export
        whole = item is not None and item.can_verify
        for button, able in (
            (self.look_button, here and state.can_look),
            (self.export, chosen.can_save > 0 if several else here),
            (self.verify, chosen.can_verify > 0 if several else whole),
            (self.pause, item is not None and item.can_pause),
            (self.resume, item is not None and item.can_resume),
            (self.cancel, item is not None and item.can_cancel),
            (self.permit, item is not None and item.can_permit),
        ):
            reveal(button, able)
            button.setEnabled(able and not busy)
        running = self._presenter.several.batch.state.running
        for button in (self.export, self.verify):
            button.setEnabled(button.isEnabled() and not (several and running))
        self.inspector.say_unshown(yes=here and not state.can_look)
        reveal(self.review.look, state.can_look)
        self.inspector.arrange()

    def _verify(self) -> None:
        if self._state.several:
            self._presenter.several.verify()
        else:
            self._presenter.verify()

    async def _cancel(self) -> None:
        item = self._state.current
        if item is None:
            return
        gone, reason = await ask_cancel(self, item)
        if gone:
            self._presenter.cancel(reason)

    def _look(self) -> None:
        item = self._state.current
        if item is not None and item.can_export and self._state.can_look:
            self.look.emit(item.file)

    def save_as(self) -> None:
        """Begin to export what is selected."""
        several = bool(self._state.several)
        asking = self._export_all() if several else self._export()
        self._tasks.start(asking, name="ask-export")

    async def _export(self) -> None:
        row_ = self._presenter.row(self._state.selected) if self._state.selected else None
        if row_ is None:
            return
        asked = ExportPresenter(row_)
        if not await ExportSheet(self.window(), asked).shown():
            return
        out = await binding.choose_target(self, tr("Save a verified copy as"), Path(row_.name).name)
        if out is not None:
            self._presenter.export(out, asked.state.purpose)

    async def _export_all(self) -> None:
        rows = [row for row in self._presenter.several.selected() if items.can_export(row)]
        if not rows:
            return
        asked = ExportPresenter(*rows)
        if not await ExportSheet(self.window(), asked).shown():
            return
        folder = await binding.choose_folder(self, tr("Folder for the verified copies"))
        if folder is not None:
            self._presenter.several.export(asked.allowed(), folder, asked.state.purpose)

    def copy_rows(self, columns: Sequence[Column]) -> None:
        """Put the selected rows into the clipboard, as text."""
        self._tasks.start(self._copy(columns), name="copy-rows")

    async def _copy(self, columns: Sequence[Column]) -> None:
        state, several = self._state, self._state.several
        one = (state.current,) if state.current is not None else ()
        chosen = [item for item in state.items if item.file in several] if several else one
        if len(chosen) > MANY:
            text = await asyncio.to_thread(as_text, chosen, columns)
        else:
            text = as_text(chosen, columns)
        if chosen:
            copy(text)
            self._presenter.rows_copied(len(chosen))

    async def _permit(self) -> None:
        row_ = self._presenter.row(self._state.selected) if self._state.selected else None
        if row_ is None or not row_.in_force:
            return
        asked = self._presenter.permission(row_)
        if await PermissionSheet(self.window(), asked, self._tasks).shown():
            self._presenter.renew()
        asked.half.over()
