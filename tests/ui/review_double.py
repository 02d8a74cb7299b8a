"""Reviews of the exhibits of a `DeskDouble`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

from jitclient.events import ExhibitsChanged
from jitclient.reviewviews import ReviewState
from jitclient.usecases.review_exhibit import MAX_TAGS, check_tag
from jitclient.views import ExhibitRow
from protocol.errors import NotFoundError
from protocol.ids import FileId, SpaceId
from tests.ui.endings_double import EndingsDouble
from tests.ui.intake_double import IntakeDouble
from tests.ui.left_double import LeftDouble
from tests.ui.network_double import NetworkDouble
from tests.ui.search_double import SearchDouble
from tests.ui.storage_double import StorageDouble
from tests.ui.talk_double import TalkDouble
from tests.ui.today_double import TodayDouble
from tests.ui.view_double import ViewDouble

if TYPE_CHECKING:
    from tests.ui.desk_double import DeskDouble

_VIEWS: dict[int, dict[str, str]] = {}


class ReviewDouble:
    """Fits `ui.ports.ReviewPort`."""

    def __init__(self, desk: DeskDouble) -> None:
        self._desk = desk

    async def mark(self, space: SpaceId, file: FileId, state: ReviewState) -> ExhibitRow:
        await self._desk._enter("mark")
        return self._set(space, file, review=state.value)

    async def note(self, space: SpaceId, file: FileId, text: str) -> ExhibitRow:
        await self._desk._enter("note")
        return self._set(space, file, note=text.strip("\n"))

    async def tag(
        self,
        space: SpaceId,
        file: FileId,
        *,
        add: Sequence[str] = (),
        remove: Sequence[str] = (),
    ) -> ExhibitRow:
        await self._desk._enter("tag")
        row = next(one for one in self._desk.files[space] if one.file == file)
        kept = {one for one in row.tags if one not in remove} | {check_tag(one) for one in add}
        return self._set(space, file, tags=tuple(sorted(kept)))

    async def mark_all(self, space: SpaceId, files: Sequence[FileId], state: ReviewState) -> None:
        await self._desk._enter("mark_all")
        for file in files:
            self._set(space, file, review=state.value)

    async def tag_all(
        self,
        space: SpaceId,
        files: Sequence[FileId],
        *,
        add: Sequence[str] = (),
        remove: Sequence[str] = (),
    ) -> tuple[FileId, ...]:
        await self._desk._enter("tag_all")
        new = {check_tag(one) for one in add}
        full = list[FileId]()
        for row in [one for one in self._desk.files[space] if one.file in set(files)]:
            kept = set(row.tags) - set(remove) | new
            if len(kept) > MAX_TAGS:
                full.append(row.file)
            else:
                self._set(space, row.file, tags=tuple(sorted(kept)))
        return tuple(full)

    async def row(self, space: SpaceId, file: FileId) -> ExhibitRow:
        await self._desk._enter("row")
        found = next((one for one in self._desk.files[space] if one.file == file), None)
        if found is None:
            raise NotFoundError("There is no such exhibit in this space.")
        return found

    async def next(self, space: SpaceId, after: FileId | None = None) -> ExhibitRow | None:
        await self._desk._enter("next")
        rows = self._desk.files[space]
        at = next((i + 1 for i, one in enumerate(rows) if one.file == after), 0)
        wanted = (*rows[at:], *rows[:at])
        return next((one for one in wanted if one.review in {"new", "in-review"}), None)

    async def tags(self, space: SpaceId) -> tuple[tuple[str, int], ...]:
        every = [tag for one in self._desk.files[space] for tag in one.tags]
        return tuple((tag, every.count(tag)) for tag in sorted(set(every)))

    async def views(self, space: SpaceId) -> Mapping[str, str]:
        return dict(_VIEWS.get(id(self._desk), {}))

    async def save_view(self, space: SpaceId, name: str, filter_: str) -> None:
        await self._desk._enter("save_view")
        _VIEWS.setdefault(id(self._desk), {})[name] = filter_

    async def drop_view(self, space: SpaceId, name: str) -> None:
        await self._desk._enter("drop_view")
        _VIEWS[id(self._desk)].pop(name)

    def _set(self, space: SpaceId, file: FileId, **columns: Any) -> ExhibitRow:
        rows = self._desk.files[space]
        at = next(i for i, one in enumerate(rows) if one.file == file)
        rows[at] = replace(rows[at], **columns)
        self._desk.publish(ExhibitsChanged(space))
        return rows[at]


class DeskParts:
    """The parts of a `DeskDouble` that stand in files of their own."""

    _detecting: IntakeDouble | None = None

    @property
    def detecting(self) -> IntakeDouble:
        if self._detecting is None:
            self._detecting = IntakeDouble(cast("DeskDouble", self))
        return self._detecting

    stated_before: Mapping[str, str] = MappingProxyType({})

    async def last_stated(self, space: SpaceId) -> Mapping[str, str]:
        await cast("DeskDouble", self)._enter("last_stated")
        return self.stated_before

    async def verify_exhibit(
        self, space: SpaceId, file: FileId, tell: Callable[[int], None] = lambda _: None
    ) -> ExhibitRow:
        desk = cast("DeskDouble", self)
        await desk._enter("verify_exhibit")
        row = desk._file(space, file)
        tell(row.size)
        return row

    @property
    def searching(self) -> SearchDouble:
        return SearchDouble(cast("DeskDouble", self))

    @cached_property
    def talking(self) -> TalkDouble:
        return TalkDouble(cast("DeskDouble", self))

    @cached_property
    def endings(self) -> EndingsDouble:
        return EndingsDouble(cast("DeskDouble", self)._enter)

    @cached_property
    def network(self) -> NetworkDouble:
        return NetworkDouble()

    @cached_property
    def storage(self) -> StorageDouble:
        return StorageDouble(cast("DeskDouble", self))

    @cached_property
    def left(self) -> LeftDouble:
        return LeftDouble(cast("DeskDouble", self)._enter)

    @cached_property
    def today(self) -> TodayDouble:
        return TodayDouble(cast("DeskDouble", self))

    _viewing: ViewDouble | None = None

    @property
    def viewing(self) -> ViewDouble:
        if self._viewing is None:
            self._viewing = ViewDouble(cast("DeskDouble", self))
        return self._viewing

    @property
    def reviewing(self) -> ReviewDouble:
        return ReviewDouble(cast("DeskDouble", self))
