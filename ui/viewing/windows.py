"""The open windows of the safe viewer: one for an exhibit, none longer than the space is open."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from jitclient.events import Event, SpaceWiped
from jitclient.views import ExhibitRow
from protocol.ids import FileId, SpaceId
from ui import words
from ui.evidence.stated import shown_marks
from ui.room import Room
from ui.viewing.presenter import ViewPresenter
from ui.viewing.view import ViewerWindow


class Viewers:
    """Opens and closes them.

    Args:
        stage: whose window they belong to.
        export: begins to export an exhibit of the space in front.
    """

    def __init__(self, room: Room, stage: QWidget, export: Callable[[FileId], None]) -> None:
        self._room = room
        self._stage = stage
        self._export = export
        self._open: dict[tuple[SpaceId, FileId], ViewerWindow] = {}
        self._unsubscribe = room.desk.events.subscribe(self._event)

    @property
    def windows(self) -> tuple[ViewerWindow, ...]:
        """Those that are open."""
        return tuple(self._open.values())

    def look(self, file: bytes) -> None:
        """Open an exhibit of the space in front, or bring its window to the front."""
        detail = self._room.spaces.state.detail
        row = self._room.evidence.row(FileId(file))
        if detail is None or row is None:
            return
        exhibit = (detail.row.space, row.file)
        window = self._open.get(exhibit)
        if window is None:
            window = self._open[exhibit] = self._made(exhibit, row)
        window.show()
        window.raise_()
        window.activateWindow()

    def _made(self, exhibit: tuple[SpaceId, FileId], row: ExhibitRow) -> ViewerWindow:
        room = self._room
        me, when = words.plain(room.desk.me.name), words.stamp(room.now())
        presenter = ViewPresenter(
            room.desk,
            room.tasks,
            exhibit,
            name=words.plain(f"{row.exhibit} {row.name}".strip()),
            mark=f"{me} · {when}",
            marks=" · ".join(shown_marks(row.facts)),
        )
        window = ViewerWindow(self._stage.window(), presenter)
        window.closed.connect(partial(self._open.pop, exhibit, None))
        window.export.connect(partial(self._leave, window, exhibit[1]))
        presenter.begin()
        return window

    def _leave(self, window: ViewerWindow, file: FileId) -> None:
        window.close()
        self._export(file)

    def close(self) -> None:
        """Blank and close all of them, and hear no more events."""
        self._unsubscribe()
        self._shut(lambda _: True)

    def _event(self, event: Event) -> None:
        if isinstance(event, SpaceWiped):
            self._shut(lambda space: space == event.space)

    def _shut(self, wanted: Callable[[SpaceId], bool]) -> None:
        for (space, _), window in tuple(self._open.items()):
            if wanted(space):
                window.close()
