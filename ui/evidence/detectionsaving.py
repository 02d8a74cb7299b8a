"""Writes a detection, as it is filled in, as PDF to where the person says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget

from protocol.errors import JitError
from ui import binding, words
from ui.evidence.detectionpaper import detection_paper
from ui.evidence.intake import IntakePresenter
from ui.language import tr
from ui.printing.paper import OfSpace, Paper


class DetectionSaving:
    """Asks where to, and writes.

    Args:
        about: its letterhead, as it is at that moment.
        write: writes a paper; raises JitError with nothing left.
    """

    def __init__(
        self,
        presenter: IntakePresenter,
        about: Callable[[], OfSpace],
        write: Callable[[Path, Paper], Awaitable[None]],
    ) -> None:
        self._presenter, self._about, self._write = presenter, about, write

    async def save(self, over: QWidget) -> None:
        """What is typed now is what is written."""
        path = await binding.choose_target(over, tr("Save the detection"), "detection.pdf")
        if path is None:
            return
        state = self._presenter.state
        images = [one.name for one in state.images]
        try:
            await self._write(path, detection_paper(state.form, images, self._about()))
        except JitError as failure:
            self._presenter.failed(failure)
            return
        self._presenter.noted(tr("The detection is written: {name}", name=words.plain(path.name)))
