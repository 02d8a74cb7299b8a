"""What the palette can offer: places of this session, and the rows of the table of keys."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from jitclient.searchviews import SearchHit
from jitclient.views import MemberRow
from protocol.errors import JitError
from protocol.ids import SpaceId, UserId
from ui import words
from ui.bound import Bound, letters
from ui.language import tr
from ui.palette.state import Entry, Kind
from ui.shortcuts import KEYS
from ui.spaces.state import Tab

if TYPE_CHECKING:
    from ui.room import Room
    from ui.stage import Stage

_FOUND = 20


def commands(window: QWidget) -> tuple[Entry, ...]:
    """Every row of the table that is at work where a person is, in its order."""
    places = {row.name: at for at, row in enumerate(KEYS)}
    here = [one for one in window.findChildren(Bound) if _offered(one, window)]
    here.sort(key=lambda one: places[one.row.name])
    return tuple(
        Entry(
            Kind.COMMAND,
            one.said(),
            "" if one.row.group == KEYS[0].group else tr(one.row.group),
            "chevron-right",
            one.act,
            "" if one.row.alone and not letters.on else one.row.label,
            one.why_not(),
        )
        for one in here
    )


def _offered(one: Bound, window: QWidget) -> bool:
    owner = one.parent()
    shown = isinstance(owner, QWidget) and owner.isVisible() and owner.window() is window
    return shown and one.row.offered and not (one.row.name.startswith("tag-") and one.why_not())


class Places:
    """Where a person can go from here."""

    def __init__(self, room: Room, stage: Stage) -> None:
        self._room = room
        self._stage = stage

    def known(self) -> tuple[Entry, ...]:
        """Spaces, rooms, people of the space in front, open windows."""
        return (*self._spaces(), *self._rooms(), *self._people(), *self._windows())

    async def others(self) -> tuple[Entry, ...]:
        """People of the other spaces."""
        state = self._room.spaces.state
        found: list[Entry] = []
        for tile in state.tiles:
            if tile.space != state.selected:
                with suppress(JitError):  # a space that is closing has nobody to go to
                    detail = await self._room.desk.space(tile.space)
                    found += self._members(tile.space, tile.title, detail.members)
        return tuple(found)

    async def find(self, text: str) -> tuple[Entry, ...]:
        """Messages and exhibits of all spaces."""
        page = await self._room.desk.searching.find(text, limit=_FOUND)
        return tuple(self._hit(one) for one in page.hits)

    def _hit(self, hit: SearchHit) -> Entry:
        line = hit.heading if hit.file is not None else hit.lines[0]
        who = tr("You") if hit.mine else words.plain(hit.author_name)
        kind, icon = (
            (Kind.MESSAGE, "message-square") if hit.file is None else (Kind.EXHIBIT, "layers")
        )
        go = partial(self._room.show_hit, hit.space, hit.message, hit.file)
        return Entry(kind, line.text, f"{who}  ·  {words.plain(hit.space_title)}", icon, go)

    def _spaces(self) -> Iterator[Entry]:
        for tile in self._room.spaces.state.tiles:
            go = partial(self._enter, tile.space, None)
            yield Entry(Kind.SPACE, tile.title, tile.below, "folder", go)

    def _rooms(self) -> Iterator[Entry]:
        state = self._room.spaces.state
        title = next((one.title for one in state.tiles if one.space == state.selected), "")
        for tab in Tab:
            if tab in state.open_tabs:
                go = partial(self._stage.go, tab)
                yield Entry(Kind.ROOM, tr(tab.value), title, "panel-left", go)

    def _people(self) -> Iterator[Entry]:
        detail = self._room.spaces.state.detail
        if detail is not None and Tab.PEOPLE in self._room.spaces.state.open_tabs:
            title = words.plain(detail.row.title)
            yield from self._members(detail.row.space, title, detail.members)

    def _members(
        self, space: SpaceId, title: str, members: tuple[MemberRow, ...]
    ) -> Iterator[Entry]:
        for one in members:
            if not one.is_me:
                below = f"{words.plain(one.authority)}, {one.country}  ·  {title}"
                go = partial(self._meet, space, one.user)
                yield Entry(Kind.PERSON, words.plain(one.name), below, "user", go)

    def _meet(self, space: SpaceId, user: UserId) -> None:
        here = space == self._room.spaces.state.selected
        self._enter(space, Tab.PEOPLE)
        if here:
            self._stage.people.go_to(user)

    def _windows(self) -> Iterator[Entry]:
        for one in self._stage.viewers.windows:
            yield Entry(
                Kind.WINDOW, one.name.text(), tr("Safe viewer"), "eye", partial(_raise, one)
            )

    def _enter(self, space: SpaceId, tab: Tab | None) -> None:
        spaces = self._room.spaces
        spaces.select(space)
        self._stage.go(tab or spaces.state.tab)


def _raise(window: QWidget) -> None:
    window.show()
    window.raise_()
    window.activateWindow()
