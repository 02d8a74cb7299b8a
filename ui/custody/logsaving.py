"""Writes the log as a paper: how far it is, and that it can be stopped. No Qt."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ui import words
from ui.errors.cards import ErrorCard, card_for
from ui.language import number, tr, trn
from ui.presenting import Presenter
from ui.printing.writing import Tell
from ui.tasks import Stoppable, StoppedError, TaskScope


@dataclass(frozen=True, slots=True)
class SavingState:
    """`name`: of the file, once it is written."""

    count: int
    running: bool = False
    percent: int = 0
    progress: str = ""
    name: str = ""
    problem: ErrorCard | None = None


class LogSaving(Presenter[SavingState]):
    """Behind the sheet "Save the log".

    Args:
        count: of the entries that will stand on it.
        make: the bytes of the paper; tells how far it is. This is what takes long, and can stop.
        write: to a new file; JitError: nothing is left.
    """

    def __init__(
        self,
        tasks: TaskScope,
        count: int,
        make: Callable[[Tell], Coroutine[Any, Any, bytes]],
        write: Callable[[Path, bytes], Awaitable[None]],
    ) -> None:
        super().__init__(SavingState(count))
        self._tasks = tasks
        self._make = make
        self._write = write
        self._work = Stoppable()

    def save(self, path: Path) -> None:
        """Begin."""
        if not self.state.running:
            self._show(SavingState(self.state.count, running=True))
            self._tasks.start(self._save(path), name="save-log")

    def stop(self) -> None:
        """Write no further; nothing is left of it."""
        self._work.stop()

    async def _save(self, path: Path) -> None:
        try:
            data = await self._work.run(self._make(self._moved))
            await self._write(path, data)
        except StoppedError:
            self._show(SavingState(self.state.count, progress=tr("Stopped. Nothing was written.")))
            return
        except Exception as failure:  # noqa: BLE001 - a person always gets an answer
            self._show(SavingState(self.state.count, problem=card_for(failure)))
            return
        self._show(SavingState(self.state.count, percent=100, name=words.plain(path.name)))

    def _moved(self, at: int, pages: int) -> None:
        if at:
            progress = tr("Page {at} of {pages}", at=number(at), pages=number(pages))
        else:
            progress = trn("{count} page laid out", "{count} pages laid out", pages)
        percent = 100 * at // pages
        self._show(replace(self.state, percent=percent, progress=progress))
