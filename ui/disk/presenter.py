"""Follows whether the disk takes writing, and has the profile copied elsewhere. No Qt."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from jitclient.events import DiskChanged, Event
from jitclient.storageviews import Saved
from protocol.errors import DiskError, JitError
from ui import words
from ui.disk.state import DiskState
from ui.errors.cards import ErrorCard, card_for
from ui.language import told, tr, trn
from ui.ports import DeskPort
from ui.presenting import Presenter
from ui.tasks import Stoppable, StoppedError, TaskScope


class DiskPresenter(Presenter[DiskState]):
    """One for each window; a copy is made once, by the window that was asked."""

    def __init__(self, desk: DeskPort, tasks: TaskScope) -> None:
        super().__init__(DiskState())
        self._desk = desk
        self._tasks = tasks
        self._copy, self._wanted = Stoppable(), False
        self.heard(DiskChanged(desk.storage.refuses))

    def heard(self, event: Event) -> None:
        """The disk changed its mind."""
        if isinstance(event, DiskChanged):
            card = _card(event.problem) if event.problem else None
            said = self.state.said if card is not None else ""
            self._show(replace(self.state, card=card, said=said))

    def again(self) -> None:
        """Look whether it takes writing now."""
        self._tasks.start(self._again(), name="disk-again")

    async def _again(self) -> None:
        problem = await self._desk.storage.again()
        self.heard(DiskChanged(problem))

    def save_copy(self, folder: Path) -> None:
        """Copy the profile into a folder elsewhere."""
        if self.state.copying is None:
            self._wanted = True
            self._show(replace(self.state, copying=0, said=""))
            self._tasks.start(self._save(folder), name="disk-copy")

    def stop(self) -> None:
        """Not after all."""
        self._wanted = False  # it may not have begun yet
        self._copy.stop()

    async def _save(self, folder: Path) -> None:
        def moved(done: int, total: int) -> None:
            self._show(replace(self.state, copying=words.percent(done, total)))

        try:
            if not self._wanted:
                raise StoppedError
            saved = await self._copy.run(self._desk.storage.save_copy(folder, moved))
        except StoppedError:
            said = tr("Stopped. Nothing is left of the copy.")
        except JitError as failure:
            said = told(failure.sentence)
        else:
            said = _said(saved)
        self._show(replace(self.state, copying=None, said=said))


def _card(problem: str) -> ErrorCard:
    return card_for(DiskError(problem, code="disk-refuses"))


def _said(saved: Saved) -> str:
    where = tr(
        "Copied to {folder}. It opens with the same passphrase; a wipe does not reach it.",
        folder=words.plain(saved.folder),
    )
    if not saved.unread:
        return where
    missing = trn(
        "{count} file could not be read.", "{count} files could not be read.", len(saved.unread)
    )
    return f"{where} {missing}"
