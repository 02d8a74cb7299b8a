"""Writes a detection, as it is filled in, as PDF to where the person says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget

from jitclient.views import SpaceDetail
from protocol.errors import JitError
from ui import binding, words
from ui.evidence.detectionpaper import AboutDetection, detection_paper
from ui.evidence.intake import IntakePresenter
from ui.language import tr
from ui.printing.paper import Paper


class DetectionSaving:
    """Asks where to, and writes.

    Args:
        printed: by whom and when, and the seals of the foot; see `printed_by`.
        write: writes a paper; raises JitError with nothing left.
    """

    def __init__(
        self,
        presenter: IntakePresenter,
        detail: SpaceDetail,
        printed: Callable[[], tuple[str, tuple[str, ...]]],
        write: Callable[[Path, Paper], Awaitable[None]],
    ) -> None:
        self._presenter, self._row = presenter, detail.row
        self._printed, self._write = printed, write

    async def save(self, over: QWidget) -> None:
        """What is typed now is what is written."""
        path = await binding.choose_target(over, tr("Save the detection"), "detection.pdf")
        if path is None:
            return
        state = self._presenter.state
        made, seals = self._printed()
        about = AboutDetection(
            title=self._row.title, agreement=self._row.agreement, made=made, seals=seals
        )
        images = [one.name for one in state.images]
        try:
            await self._write(path, detection_paper(state.form, images, about))
        except JitError as failure:
            self._presenter.failed(failure)
            return
        self._presenter.noted(tr("The detection is written: {name}", name=words.plain(path.name)))
