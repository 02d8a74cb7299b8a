"""Shows exhibits page by page, one after the other; asks for pages only, and one at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, replace
from typing import Final

from jitclient.pageviews import Encoding, Kind, Opened
from jitclient.views import ExhibitRow
from protocol.errors import JitError
from protocol.ids import FileId, SpaceId
from ui import words
from ui.errors.cards import card_for
from ui.evidence.course import Course
from ui.evidence.noting import Noting
from ui.evidence.stated import shown_marks
from ui.language import number as numeral
from ui.language import tr, trn
from ui.ports import DeskPort
from ui.presenting import Presenter
from ui.tasks import Reload, TaskScope
from ui.viewing.state import Fit, Seen, ViewState
from ui.viewports import ViewingPort

_STEP: Final = 1.25
_SMALLEST: Final = 0.5
_LARGEST: Final = 5.0
_ENDLESS: Final = 16_000
"""Points: a page that fits the width may be as long as it is."""
_INSISTS: Final = frozenset({"viewer-ended-before"})
_EXPORTS: Final = frozenset({"cannot-show", "viewer-ended", "viewer-unconfined"})


@dataclass(frozen=True, slots=True)
class Around:
    """What a window of the safe viewer stands in.

    Args:
        course: what it goes through.
        mark: whose eyes and when; it stands over every page.
        seen: how exhibits were left, while the profile is unlocked.
        known: the row of an exhibit, if it is at hand without asking the database.
    """

    course: Course
    mark: str
    seen: MutableMapping[tuple[SpaceId, FileId], Seen]
    known: Callable[[SpaceId, FileId], ExhibitRow | None] = lambda _space, _file: None


class ViewPresenter(Presenter[ViewState]):
    """Behind one window of the safe viewer, beginning with one exhibit."""

    def __init__(
        self, desk: DeskPort, tasks: TaskScope, exhibit: tuple[SpaceId, FileId], around: Around
    ) -> None:
        super().__init__(ViewState(mark=around.mark))
        self._desk = desk
        self._tasks = tasks
        self.space, self.file = exhibit
        self._around = around
        self._place = around.course.place(self.file)
        self._viewing: ViewingPort | None = None
        self._opening: asyncio.Task[None] | None = None
        self._room = (0, 0)
        self._closed = False
        self._draw = Reload(tasks, self._page, name="viewer-page")
        self.refresh = self.renew = Reload(tasks, self._look_up, name="viewer-row")
        self.noting = Noting(desk, tasks, self, lambda _said: None)

    # --- which exhibit ---

    def show(self) -> None:
        """Open the exhibit it stands at, as it was left."""
        seen = self._around.seen.get((self.space, self.file))
        course, at = self._around.course, self._place
        self._show(
            _of_row(
                ViewState(
                    mark=self.state.mark,
                    tags=self.state.tags,
                    place=_place(course, at),
                    before=course.at(at - 1) is not None,
                    after=course.at(at + 1) is not None,
                ),
                self._around.known(self.space, self.file),
            )
        )
        self.refresh()
        self.begin(seen.encoding if seen is not None else Encoding.OWN)

    def turn(self, by: int) -> None:
        """Go to the next exhibit (1) or the one before (-1); at the end it stays."""
        file = self._around.course.at(self._place + by)
        if file is None or self._closed:
            return
        self._remember()
        self._drop()
        self.file, self._place = file, self._place + by
        self.show()

    @property
    def here(self) -> tuple[SpaceId, ExhibitRow] | None:
        """The exhibit that is shown, as soon as it is known what was noted of it."""
        row = self.state.row
        return (self.space, row) if row is not None and row.file == self.file else None

    def failed(self, failure: JitError) -> None:
        """What was noted could not be kept."""
        self._show(replace(self.state, trouble=card_for(failure)))

    def dismiss(self) -> None:
        """Take that message away."""
        self._show(replace(self.state, trouble=None))

    async def _look_up(self) -> None:
        file = self.file
        try:
            row = await self._desk.reviewing.row(self.space, file)
            tags = tuple(name for name, _ in await self._desk.reviewing.tags(self.space))
        except JitError:
            return  # opening it fails as well, and says so
        if file == self.file and not self._closed:
            self._show(_of_row(replace(self.state, tags=tags), row))
        elif not self._closed:
            self.refresh()

    # --- its pages ---

    def begin(self, encoding: Encoding = Encoding.OWN, *, again: bool = False) -> None:
        """Open the exhibit; `again`: although the viewer ended on it before."""
        self._tasks.start(self._open(encoding, again=again), name="viewer-open")

    def resized(self, width: int, height: int) -> None:
        """There is room for so many points."""
        if (width, height) != self._room:
            self._room = (width, height)
            self._draw()

    def go(self, page: int) -> None:
        """Show a page, from 0; the nearest there is."""
        if self.state.pages:
            self._change(page=max(0, min(page, self.state.pages - 1)))

    def step(self, by: int) -> None:
        """Go some pages on, or back."""
        self.go(self.state.page + by)

    def zoom(self, by: int) -> None:
        """Larger by a step, or smaller."""
        wanted = self.state.zoom * _STEP**by
        self._change(zoom=max(_SMALLEST, min(_LARGEST, wanted)))

    def fit(self, how: Fit) -> None:
        """Lay the page into the window."""
        self._change(fit=how, zoom=1.0)

    def read_as(self, encoding: Encoding) -> None:
        """Read the text in another encoding; that is another process."""
        if encoding is not self.state.encoding:
            self.begin(encoding)

    def close(self) -> None:
        """End the process and blank the page."""
        self._remember()
        self._closed = True
        self._drop()
        self._show(replace(self.state, pixels=None, loading=False))
        self.detach()

    async def _open(self, encoding: Encoding, *, again: bool) -> None:
        self._drop()
        self._opening = asyncio.current_task()
        self._show(replace(self.state, loading=True, problem=None, pixels=None, pages=0))
        try:
            viewing, opened = await self._desk.viewing.open(
                self.space, self.file, encoding, again=again
            )
        except JitError as failure:
            self._opening = None
            self._fail(failure)
            return
        self._opening = None
        if self._closed:
            viewing.close()
            return
        self._viewing = viewing
        self._show(_opened(self.state, opened, self._around.seen.get((self.space, self.file))))
        self._draw()

    async def _page(self) -> None:
        viewing, state = self._viewing, self.state
        wide, high = (round(side * state.zoom) for side in self._room)
        if viewing is None or not state.pages or wide < 1 or high < 1:
            return
        if state.fit is Fit.WIDTH:
            high = _ENDLESS
        try:
            made = await viewing.page(state.page, wide, high)
        except JitError as failure:
            if viewing is self._viewing:
                self._drop()
                self._fail(failure)
            return
        if viewing is self._viewing and not self._closed:
            self._show(replace(self.state, pixels=made))

    def _change(self, **changes: object) -> None:
        self._show(replace(self.state, **changes))  # type: ignore[arg-type]
        self._draw()

    def _remember(self) -> None:
        if self.state.pages:
            self._around.seen[self.space, self.file] = self.state.left()

    def _drop(self) -> None:
        """End what shows the exhibit, or is about to: its process goes with it."""
        if self._opening is not None:
            self._opening.cancel()
            self._opening = None
        if self._viewing is not None:
            self._viewing.close()
            self._viewing = None

    def _fail(self, failure: JitError) -> None:
        if self._closed:
            return
        self._show(
            replace(
                self.state,
                loading=False,
                problem=card_for(failure),
                insists=failure.reason in _INSISTS,
                export=failure.reason in _EXPORTS,
                pixels=None,
                pages=0,
            )
        )


def _opened(state: ViewState, opened: Opened, seen: Seen | None) -> ViewState:
    """On its first page, or where it was left."""
    shown = opened.shown
    text = shown.kind is Kind.TEXT
    same = seen is not None and (not text or seen.encoding is shown.encoding)
    made = replace(
        state,
        loading=False,
        pages=shown.pages,
        page=0,
        what=_what(opened),
        cut=tr("Only its beginning is shown: the first 4 MiB.") if shown.cut else "",
        text=text,
        fit=Fit.WIDTH if text else state.fit,
        encoding=shown.encoding,
    )
    if seen is None or not same:
        return made
    return replace(made, page=min(seen.page, shown.pages - 1), fit=seen.fit, zoom=seen.zoom)


def _of_row(state: ViewState, row: ExhibitRow | None) -> ViewState:
    """What the list knows of it."""
    if row is None:
        return state
    name = words.plain(f"{row.exhibit} {row.name}".strip())
    return replace(state, row=row, name=name, marks=" · ".join(shown_marks(row.facts)))


def _place(course: Course, at: int) -> str:
    if at < 0:
        return ""
    number, count = numeral(at + 1), numeral(len(course.files))
    if course.queue:
        return tr("{number} of {count} to review", number=number, count=count)
    return tr("{number} of {count} exhibits", number=number, count=count)


def _what(opened: Opened) -> str:
    kind = opened.shown.kind
    name = tr("Text") if kind is Kind.TEXT else kind.name
    pages = trn("{count} page", "{count} pages", opened.shown.pages)
    return words.plain(f"{name} · {pages}")
