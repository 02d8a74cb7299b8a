"""Opens a training from another window, in a process of its own."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QProcess, QProcessEnvironment
from PySide6.QtWidgets import QWidget

from jitclient.training.house import can_train, words_of_window
from ui.language import chosen, tr
from ui.widgets.sheet import Sheet

LANGUAGE: Final = "JIT_TRAINING_LANGUAGE"
"""The environment variable with the language of the window that opened the training."""


def open_training(window: QWidget, *, have: bool | None = None) -> None:
    """Start it, or say why it cannot be had here.

    Args:
        window: what stands in front; a sheet opens over it.
        have: whether this installation can train; None: look.
    """
    if not (can_train() if have is None else have):
        _say(
            window,
            tr(
                "This installation does not bring the store that a training needs. It is there "
                "where JIT Client was set up on Linux together with the store."
            ),
        )
    elif not start_training():
        _say(window, tr("The training could not be started. Nothing was changed."))


def start_training() -> bool:
    """Start the process; it goes on when this one ends."""
    program, *words = words_of_window()
    process = QProcess()
    process.setProgram(program)
    process.setArguments(words)
    around = QProcessEnvironment.systemEnvironment()
    around.insert(LANGUAGE, chosen())
    process.setProcessEnvironment(around)
    started = process.startDetached()
    return bool(started[0] if isinstance(started, tuple) else started)


def _say(window: QWidget, why: str) -> None:
    sheet = Sheet(window.window(), tr("There is no training here"), lead=why)
    sheet.open()
