"""Decides which space and which tab are in front."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from jitclient.views import SpaceDetail, SpaceRow, SpaceState
from protocol.errors import JitError
from protocol.ids import SpaceId
from ui import words
from ui.errors.cards import card_for
from ui.language import tr, trn
from ui.ports import DeskPort
from ui.presenting import Presenter
from ui.spaces.state import SpacesState, SpaceTile, Tab
from ui.tasks import Reload, TaskScope


class SpacesPresenter(Presenter[SpacesState]):
    """Keeps the list fresh and the selection valid.

    Args:
        on_detail: told whenever the space in front, or what is known of it, changed.
        on_tab: told whenever another tab came to the front.
    """

    def __init__(
        self,
        desk: DeskPort,
        tasks: TaskScope,
        on_detail: Callable[[SpaceDetail | None], None],
        on_tab: Callable[[Tab], None],
    ) -> None:
        super().__init__(SpacesState())
        self._desk = desk
        self._tasks = tasks
        self._on_detail = on_detail
        self._on_tab = on_tab
        self._wanted: SpaceId | None = None
        self.refresh = Reload(tasks, self._load, name="spaces")

    def select(self, space: SpaceId) -> None:
        """Bring a space to the front; one that is not listed yet, as soon as it is."""
        self._wanted = space
        self._leave_home()
        listed = any(tile.space == space for tile in self.state.tiles)
        if listed and space != self.state.selected:
            self._show(replace(self.state, selected=space, detail=None))
            self._on_detail(None)
        self.refresh()

    def show_home(self) -> None:
        """Bring "Today" to the front; the space behind it stays the one that was chosen."""
        self._show(replace(self.state, home=True))
        self._on_tab(self.state.tab)

    def _leave_home(self) -> None:
        if self.state.home:
            self._show(replace(self.state, home=False))
            self._on_tab(self.state.tab)

    def step(self, by: int) -> None:
        """Go `by` spaces down the list, round the end."""
        tiles = self.state.tiles
        if not tiles:
            return
        at = next((i for i, one in enumerate(tiles) if one.space == self.state.selected), 0)
        self.select(tiles[(at + by) % len(tiles)].space)

    def next_unread(self) -> bool:
        """Bring the next space with unread messages to the front; False when there is none."""
        tiles = self.state.tiles
        at = next((i for i, one in enumerate(tiles) if one.space == self.state.selected), -1)
        for one in (*tiles[at + 1 :], *tiles[: at + 1]):
            if one.unread:
                self.select(one.space)
                return True
        return False

    def show_tab(self, tab: Tab) -> None:
        """Bring a tab to the front, if it shows something."""
        if self.state.detail is not None and tab not in self.state.open_tabs:
            return
        self._show(replace(self.state, tab=tab, home=False))
        self._on_tab(tab)

    async def _load(self) -> None:
        try:
            rows = await self._desk.spaces()
            wanted = self._choose(rows)
            detail = await self._desk.space(wanted) if wanted is not None else None
        except JitError as failure:
            self._show(replace(self.state, loading=False, problem=card_for(failure)))
            return
        if self._choose(rows) != wanted:
            self.refresh()
            return
        tiles = tuple(_tile(row) for row in rows)
        before = self.state.detail
        shown = replace(
            self.state, tiles=tiles, selected=wanted, detail=detail, loading=False, problem=None
        )
        if detail is not None and shown.tab not in shown.open_tabs:
            shown = replace(shown, tab=Tab.CLOSING)
        self._show(shown)
        if detail != before:
            self._on_detail(detail)

    def _choose(self, rows: tuple[SpaceRow, ...]) -> SpaceId | None:
        listed = [row.space for row in rows]
        for one in (self._wanted, self.state.selected):
            if one is not None and one in listed:
                return one
        return listed[0] if listed else None


def _tile(row: SpaceRow) -> SpaceTile:
    title = words.plain(row.title) or tr("Space being joined")
    badge = words.SPACES[row.state]
    quiet = row.state is SpaceState.OPEN
    below = words.plain(row.agreement) if quiet else badge.word
    return SpaceTile(
        row.space,
        title,
        below or trn("{count} member", "{count} members", row.members),
        words.initials(title) if row.title else "…",
        badge,
        row.unread,
    )
