"""What waits for the person at the double of the desk."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from jitclient.todayviews import NeedKind, NeedRow, warned
from jitclient.views import ExhibitState, SpaceDetail, SpaceState, Trust
from protocol.errors import DiskError
from protocol.ids import SpaceId
from tests.ui.desk_rows import DAY, NOW

if TYPE_CHECKING:
    from tests.ui.desk_double import DeskDouble

_TRUSTS = {NeedKind.KEY: Trust.CHANGED, NeedKind.UNVERIFIED: Trust.UNVERIFIED}
_STANDING = {
    NeedKind.BROKEN: (ExhibitState.FAILED, ExhibitState.CORRUPTED),
    NeedKind.PAUSED: (ExhibitState.PAUSED,),
}


class TodayDouble:
    """Fits `ui.ports.TodayPort`; it looks at the rows of the desk."""

    def __init__(self, desk: DeskDouble) -> None:
        self._desk = desk
        self.broken = False
        self.leaving: dict[SpaceId, tuple[int, ...]] = {}
        self.mentioned: dict[SpaceId, int] = {}

    async def warnings(self) -> int:
        await self._desk._enter("warnings")
        return sum(warned(at, NOW) for some in self.leaving.values() for at in some)

    async def needs(self) -> tuple[NeedRow, ...]:
        await self._desk._enter("needs")
        if self.broken:
            raise DiskError("The disk does not answer.")
        found: list[NeedRow] = []
        for detail in self._desk.details.values():
            about: dict[str, Any] = {"space": detail.row.space, "title": detail.row.title}
            found += [NeedRow(**about, **one) for one in self._of(detail)]
        return tuple(found)

    def _of(self, detail: SpaceDetail) -> Iterator[dict[str, Any]]:
        row = detail.row
        if row.state is SpaceState.WIPED:
            owed = [one.name for one in self._desk.receipts[row.space] if one.wiped_at is None]
            if owed:
                kind = NeedKind.UNCONFIRMED
                yield {"kind": kind, "count": len(owed), "names": tuple(owed), "at": NOW}
            return
        if mentioned := self.mentioned.get(row.space, 0):
            yield {"kind": NeedKind.MENTION, "count": mentioned}
        if row.unread:
            yield {"kind": NeedKind.UNREAD, "count": row.unread}
        if row.deadline is not None and row.deadline - NOW < 15 * DAY:
            yield {"kind": NeedKind.DEADLINE, "at": row.deadline}
        for kind, trust in _TRUSTS.items():
            names = tuple(one.name for one in detail.members if one.trust is trust)
            if names and row.state is SpaceState.OPEN:
                yield {"kind": kind, "count": len(names), "names": names}
        yield from self._files(row.space)

    def _files(self, space: SpaceId) -> Iterator[dict[str, Any]]:
        if leaving := self.leaving.get(space, ()):
            yield {"kind": NeedKind.ERASURE, "count": len(leaving), "at": min(leaving)}
        for kind, states in _STANDING.items():
            count = sum(1 for one in self._desk.files[space] if one.state in states)
            if count:
                yield {"kind": kind, "count": count}
