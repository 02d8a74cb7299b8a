"""The open windows of the safe viewer: none longer than its space is open."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from jitclient.events import Event, ExhibitsChanged, SpaceWiped
from jitclient.views import ExhibitRow
from protocol.ids import FileId, SpaceId
from ui import words
from ui.evidence.course import Course
from ui.language import tr
from ui.room import Room
from ui.viewing.presenter import Around, ViewPresenter
from ui.viewing.state import Seen
from ui.viewing.view import ViewerWindow


class Viewers:
    """Opens and closes them, and remembers how each exhibit was left until the window locks.

    Args:
        stage: whose window they belong to.
        export: begins to export an exhibit of the space in front.
    """

    def __init__(self, room: Room, stage: QWidget, export: Callable[[FileId], None]) -> None:
        self._room = room
        self._stage = stage
        self._export = export
        self._open: list[tuple[ViewPresenter, ViewerWindow]] = []
        self._seen: dict[tuple[SpaceId, FileId], Seen] = {}
        self._unsubscribe = room.desk.events.subscribe(self._event)

    @property
    def windows(self) -> tuple[ViewerWindow, ...]:
        """Those that are open."""
        return tuple(window for _, window in self._open)

    def look(self, file: bytes) -> None:
        """Open an exhibit of the space in front, or bring its window to the front.

        From there it goes on in the order of the list.
        """
        self._look(FileId(file), self._room.evidence.shown())

    def review(self) -> None:
        """Open what is to be reviewed in the space in front, from the selected exhibit on."""
        course, selected = self._room.evidence.to_review(), self._room.evidence.state.selected
        first = selected if selected in course.files else course.at(0)
        if first is None:
            self._room.status.say(tr("Everything here was looked at"))
        else:
            self._look(first, course)

    def _look(self, file: FileId, course: Course) -> None:
        space = self._room.evidence.state.space
        if space is None or self._room.evidence.row(file) is None:
            return
        exhibit = (space, file)
        window = self._showing(exhibit) or self._made(exhibit, course)
        window.show()
        window.raise_()
        window.activateWindow()

    def _showing(self, exhibit: tuple[SpaceId, FileId]) -> ViewerWindow | None:
        return next(
            (window for shown, window in self._open if (shown.space, shown.file) == exhibit), None
        )

    def _made(self, exhibit: tuple[SpaceId, FileId], course: Course) -> ViewerWindow:
        room = self._room
        me, when = words.plain(room.desk.me.name), words.stamp(room.now())
        around = Around(course, f"{me} · {when}", self._seen, self._known)
        presenter = ViewPresenter(room.desk, room.tasks, exhibit, around)
        presenter.noting.offer = room.status.offer
        presenter.noting.half.left = room.common.left
        window = ViewerWindow(self._stage.window(), presenter)
        self._open.append((presenter, window))
        window.closed.connect(partial(self._forget, presenter))
        window.export.connect(partial(self._leave, presenter, window))
        presenter.show()
        return window

    def _known(self, space: SpaceId, file: FileId) -> ExhibitRow | None:
        evidence = self._room.evidence
        return evidence.row(file) if evidence.state.space == space else None

    def _forget(self, presenter: ViewPresenter) -> None:
        self._open = [one for one in self._open if one[0] is not presenter]

    def _leave(self, presenter: ViewPresenter, window: ViewerWindow) -> None:
        file = presenter.file
        window.close()
        self._export(file)

    def close(self) -> None:
        """Blank and close all of them, and hear no more events."""
        self._unsubscribe()
        self._shut(lambda _: True)

    def _event(self, event: Event) -> None:
        if isinstance(event, SpaceWiped):
            self._shut(lambda space: space == event.space)
        elif isinstance(event, ExhibitsChanged):
            for presenter, _ in self._open:
                whole = event.files is None or presenter.file in event.files
                if presenter.space == event.space and whole:
                    presenter.refresh()

    def _shut(self, wanted: Callable[[SpaceId], bool]) -> None:
        for presenter, window in tuple(self._open):
            if wanted(presenter.space):
                window.close()
        for space, file in tuple(self._seen):
            if wanted(space):
                del self._seen[space, file]
