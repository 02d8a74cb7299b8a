"""What came since a person last heard of it, in sentences. No Qt; announcing.py says them.

While another window is in front nobody may be near this one but its loudspeaker is: then a
sentence says that something came, and neither who nor what.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from protocol.ids import FileId, SpaceId
from ui.alarms.state import Banner
from ui.conversation.spoken import spoken
from ui.conversation.state import MessageItem
from ui.evidence.state import ExhibitItem
from ui.language import tr, trn
from ui.room import Room

MOST: Final = 3  # said one by one; more than these are counted
_PASSING: Final = "refresh-cw"  # connecting: said when it is known whether it worked


@dataclass(frozen=True, slots=True)
class Said:
    """One announcement; an urgent one interrupts."""

    words: str
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class _Seen:
    """What there was at the last look. Messages and exhibits are those of the space in front."""

    space: SpaceId | None
    connection: str
    newest: str
    keys: frozenset[bytes]
    alarms: frozenset[str]
    moving: frozenset[FileId]
    unread: dict[SpaceId, int]
    found: str  # at which of how many that were found in place, or that nothing was


class Hearer:
    """Compares what is shown now with what was shown at the last look.

    Args:
        room: what is shown.
        whole: whether to tell of what came, too; False: only of what is done in this window.
    """

    def __init__(self, room: Room, *, whole: bool = True) -> None:
        self._room, self._whole = room, whole
        self._before: _Seen | None = None

    def look(self, *, watching: bool) -> list[Said]:
        """What to say now; nothing the first time.

        Args:
            watching: whether this window is in front.
        """
        room = self._room
        if room.spaces.state.loading or room.conversation.state.loading:
            return []
        before, now = self._before, self._seen()
        self._before = now
        if before is None:
            return []
        here = [Said(now.found)] if watching and now.found not in ("", before.found) else []
        if not self._whole:
            return here
        found = [*self._connection(before, now), *self._alarms(before, watching=watching)]
        if before.space == now.space:
            found += self._keys(before, watching=watching)
            found += self._ended(before, now, watching=watching)
        return [*here, *found, *self._messages(before, now, watching=watching)]

    def _seen(self) -> _Seen:
        room = self._room
        tiles = room.spaces.state.tiles
        shown = room.status.state.connection.icon
        old = self._before.connection if self._before is not None else shown
        items = self._items()
        return _Seen(
            space=room.conversation.state.space,
            connection=old if shown == _PASSING else shown,
            newest=items[-1].key if items else "",
            keys=frozenset(one.user for one in room.keys.state.cards),
            alarms=frozenset(one.key for one in room.alarms.state.banners),
            moving=frozenset(room.evidence.moving),
            unread={one.space: one.unread for one in tiles},
            found=room.finding.state.said,
        )

    def _items(self) -> list[MessageItem]:
        state = self._room.conversation.state
        if state.has_newer:
            return []
        return [one for one in state.rows if isinstance(one, MessageItem)]

    def _connection(self, before: _Seen, now: _Seen) -> Iterator[Said]:
        if before.connection not in (now.connection, _PASSING):
            yield Said(self._room.status.state.connection.word)

    def _alarms(self, before: _Seen, *, watching: bool) -> Iterator[Said]:
        new = [one for one in self._room.alarms.state.banners if one.key not in before.alarms]
        for one in new[:MOST]:
            yield Said(_alarm(one) if watching else one.title, urgent=True)

    def _keys(self, before: _Seen, *, watching: bool) -> Iterator[Said]:
        for one in self._room.keys.state.cards:
            if one.user not in before.keys:
                named = tr("{name} has a new key", name=one.name)
                yield Said(named if watching else tr("A key changed"))

    def _ended(self, before: _Seen, now: _Seen, *, watching: bool) -> Iterator[Said]:
        list_ = self._room.evidence.state
        places = sorted(
            list_.places[file] for file in before.moving - now.moving if file in list_.places
        )
        ended = [list_.items[at] for at in places]
        if len(ended) > MOST or (ended and not watching):
            count = len(ended)
            yield Said(trn("{count} transfer ended", "{count} transfers ended", count))
            return
        for one in ended:
            yield Said(_exhibit(one))

    def _messages(self, before: _Seen, now: _Seen, *, watching: bool) -> Iterator[Said]:
        fresh = self._fresh(before, now)
        new = len(fresh) + sum(
            max(0, count - before.unread.get(space, count))
            for space, count in now.unread.items()
            if space != now.space
        )
        if new == 1 and fresh and watching:
            yield Said(spoken(fresh[0]))
        elif new:
            yield Said(trn("{count} new message", "{count} new messages", new))

    def _fresh(self, before: _Seen, now: _Seen) -> list[MessageItem]:
        """Messages of others in the space in front that stand below what was the newest."""
        items = self._items()
        if before.space != now.space or before.newest == now.newest:
            return []
        at = next((i for i, one in enumerate(items) if one.key == before.newest), None)
        after = items if not before.newest else [] if at is None else items[at + 1 :]
        return [one for one in after if not one.mine]


def _alarm(one: Banner) -> str:
    return " ".join(part for part in (f"{one.title}.", one.sentence, one.todo) if part)


def _exhibit(one: ExhibitItem) -> str:
    return ", ".join(part for part in (one.number, one.stem, one.badge.word) if part)
