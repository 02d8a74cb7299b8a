"""Where Qt meets the presenters: keys from the table, files from the person. No nested loops."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from ui.bound import Bound
from ui.shortcuts import key


def bind(
    owner: QWidget,
    name: str,
    act: Callable[[], None],
    *,
    context: Qt.ShortcutContext = Qt.ShortcutContext.WindowShortcut,
    why_not: Callable[[], str] = str,
    says: Callable[[], str] | None = None,
) -> Bound:
    """Give a row of the table its act.

    Args:
        owner: what `context` speaks of.
        name: of the row.
        act: is called when the key is pressed or the command chosen.
        context: where the keyboard must be.
        why_not: a sentence when it cannot be carried out now; empty when it can.
        says: what it does, where that is not always the same.
    """
    return Bound(owner, key(name), act, context, why_not, says)


async def choose_files(parent: QWidget, title: str) -> tuple[Path, ...]:
    """Ask for files to read."""
    dialog = QFileDialog(parent, title)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    return await _ask(dialog)


async def choose_folder(parent: QWidget, title: str) -> Path | None:
    """Ask for a folder to read."""
    dialog = QFileDialog(parent, title)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    chosen = await _ask(dialog)
    return chosen[0] if chosen else None


async def choose_target(parent: QWidget, title: str, name: str) -> Path | None:
    """Ask where to write; the desk itself refuses to overwrite."""
    dialog = QFileDialog(parent, title)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
    dialog.selectFile(name)
    chosen = await _ask(dialog)
    return chosen[0] if chosen else None


async def _ask(dialog: QFileDialog) -> tuple[Path, ...]:
    closed: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def settle(result: int) -> None:
        if not closed.done():
            closed.set_result(result)

    dialog.finished.connect(settle)
    dialog.open()
    try:
        accepted = await closed
        return tuple(Path(one) for one in dialog.selectedFiles()) if accepted else ()
    finally:
        dialog.deleteLater()


def accept_files(event: QDragEnterEvent) -> None:
    """Welcome a drag that carries files or folders of this computer."""
    if any(url.isLocalFile() for url in event.mimeData().urls()):
        event.acceptProposedAction()


def dropped_files(event: QDropEvent) -> tuple[Path, ...]:
    """The files and folders that were dropped."""
    event.acceptProposedAction()
    urls = event.mimeData().urls()
    return tuple(Path(url.toLocalFile()) for url in urls if url.isLocalFile())
