"""A real qasync loop, a themed application, and a shell in front of the desk double."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_API", "pyside6")

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any

import pytest
import pytest_asyncio
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from tests.ui.desk_rows import NOW
from tests.ui.door_double import DoorDouble
from tests.ui.loops import window_loop
from tests.ui.story import story
from ui.application import application
from ui.shell import Shell


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Every async test of the window runs on the loop the product runs on."""
    return {"qasync": window_loop}


@pytest.fixture(scope="session")
def qapp_cls() -> type[QApplication]:
    """pytest-qt shares the application of the product."""
    return QApplication


@pytest.fixture
def failures() -> list[Exception]:
    """What was reported although no screen showed it."""
    return []


@pytest_asyncio.fixture(loop_scope="session")
async def locked(qapp: QApplication, failures: list[Exception]) -> AsyncIterator[Any]:
    """A shown shell before an enrolled, locked profile: (shell, door)."""
    application()
    door = DoorDouble(make=story)
    shell = Shell(None, lambda: NOW, failures.append)
    shell.show()
    shell.open_gate(door)
    yield shell, door
    await put_away(shell)
    assert failures == []


async def put_away(shell: Shell) -> None:
    """Close a shell with everything it owns."""
    for widget in QApplication.topLevelWidgets():
        if widget is not shell and widget.isVisible():
            widget.close()
    if shell.frame is not None:
        shell.frame.room.status._moving.clear()
        shell.frame.room.status._status = None
    gone = asyncio.Event()
    shell.closed.connect(gone.set)
    shell.close()
    await asyncio.wait_for(gone.wait(), 60)
    shell.tasks.close()
    shell.deleteLater()
    await asyncio.sleep(0)


class Windows(QObject):
    """Notes everything that appears as a window of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt names it
        """Only dialogs and the shell may be windows."""
        if event.type() != QEvent.Type.Show or not isinstance(watched, QWidget):
            return False
        if watched.isWindow() and not isinstance(watched, QDialog | Shell):
            self.seen.append(f"{type(watched).__name__} {watched.accessibleName()!r}")
        return False


@pytest.fixture
def windows(qapp: QApplication) -> Iterator[Windows]:
    """What appeared as a window during the test."""
    watch = Windows()
    qapp.installEventFilter(watch)
    yield watch
    qapp.removeEventFilter(watch)
