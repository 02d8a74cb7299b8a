"""Shows an exhibit page by page; asks for pages only, and one at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from jitclient.pageviews import Encoding, Kind, Opened
from protocol.errors import JitError
from protocol.ids import FileId, SpaceId
from ui import words
from ui.errors.cards import card_for
from ui.language import tr, trn
from ui.ports import DeskPort
from ui.presenting import Presenter
from ui.tasks import Reload, TaskScope
from ui.viewing.state import Fit, ViewState
from ui.viewports import ViewingPort

_STEP: Final = 1.25
_SMALLEST: Final = 0.5
_LARGEST: Final = 5.0
_ENDLESS: Final = 16_000
"""Points: a page that fits the width may be as long as it is."""
_INSISTS: Final = frozenset({"viewer-ended-before"})
_EXPORTS: Final = frozenset({"cannot-show", "viewer-ended", "viewer-unconfined"})


class ViewPresenter(Presenter[ViewState]):
    """Behind one window of the safe viewer.

    Args:
        name: of the exhibit, as it is shown.
        mark: whose eyes and when; it stands over every page.
        marks: its handling codes and other markings, in words.
    """

    def __init__(
        self,
        desk: DeskPort,
        tasks: TaskScope,
        exhibit: tuple[SpaceId, FileId],
        *,
        name: str,
        mark: str,
        marks: str = "",
    ) -> None:
        super().__init__(ViewState(name=name, mark=mark, marks=marks))
        self._desk = desk
        self._tasks = tasks
        self.space, self.file = exhibit
        self._viewing: ViewingPort | None = None
        self._room = (0, 0)
        self._closed = False
        self._draw = Reload(tasks, self._page, name="viewer-page")

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
            self._turn(page=max(0, min(page, self.state.pages - 1)))

    def step(self, by: int) -> None:
        """Go some pages on, or back."""
        self.go(self.state.page + by)

    def zoom(self, by: int) -> None:
        """Larger by a step, or smaller."""
        wanted = self.state.zoom * _STEP**by
        self._turn(zoom=max(_SMALLEST, min(_LARGEST, wanted)))

    def fit(self, how: Fit) -> None:
        """Lay the page into the window."""
        self._turn(fit=how, zoom=1.0)

    def read_as(self, encoding: Encoding) -> None:
        """Read the text in another encoding; that is another process."""
        if encoding is not self.state.encoding:
            self.begin(encoding)

    def close(self) -> None:
        """End the process and blank the page."""
        self._closed = True
        if self._viewing is not None:
            self._viewing.close()
        self._show(replace(self.state, pixels=None, loading=False))
        self.detach()

    async def _open(self, encoding: Encoding, *, again: bool) -> None:
        self._drop()
        self._show(replace(self.state, loading=True, problem=None, pixels=None, pages=0))
        try:
            viewing, opened = await self._desk.viewing.open(
                self.space, self.file, encoding, again=again
            )
        except JitError as failure:
            self._fail(failure)
            return
        if self._closed:
            viewing.close()
            return
        self._viewing = viewing
        shown = opened.shown
        self._show(
            replace(
                self.state,
                loading=False,
                pages=shown.pages,
                page=0,
                what=_what(opened),
                cut=tr("Only its beginning is shown: the first 4 MiB.") if shown.cut else "",
                text=shown.kind is Kind.TEXT,
                fit=Fit.WIDTH if shown.kind is Kind.TEXT else self.state.fit,
                encoding=shown.encoding,
            )
        )
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

    def _turn(self, **changes: object) -> None:
        self._show(replace(self.state, **changes))  # type: ignore[arg-type]
        self._draw()

    def _drop(self) -> None:
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


def _what(opened: Opened) -> str:
    kind = opened.shown.kind
    name = tr("Text") if kind is Kind.TEXT else kind.name
    pages = trn("{count} page", "{count} pages", opened.shown.pages)
    return words.plain(f"{name} · {pages}")
