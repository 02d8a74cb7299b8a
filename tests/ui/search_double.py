"""Searching in the rows of a `DeskDouble`: the same words and marks, no index."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from jitclient import searchquery
from jitclient.searchmarks import has, marked
from jitclient.searchviews import Marked, Place, SearchHit, SearchPage
from jitclient.views import MessageKind
from localstore.folding import fold
from protocol.facts import BY_NAME
from protocol.ids import SpaceId

if TYPE_CHECKING:
    from tests.ui.desk_double import DeskDouble


class SearchDouble:
    """Fits `ui.ports.SearchPort`."""

    def __init__(self, desk: DeskDouble) -> None:
        self._desk = desk

    async def find(
        self,
        text: str,
        *,
        space: SpaceId | None = None,
        limit: int = 50,
        below: Mapping[Place, int] | None = None,
    ) -> SearchPage:
        await self._desk._enter("find")
        terms = [fold(word) for word in searchquery.parse(text).words]
        start = min((below or {}).values(), default=0)
        hits = [
            hit
            for one in self._desk.details
            if space in (None, one)
            for hit in (*self._messages(one, terms), *self._exhibits(one, terms))
        ]
        hits.sort(key=lambda hit: -hit.at)
        more = len(hits) > start + limit
        left: dict[Place, int] = {(SpaceId(bytes(16)), "message"): start + limit} if more else {}
        return SearchPage(hits=tuple(hits[start : start + limit]), more=more, below=left)

    async def catch_up(self, tell: Callable[[int], None] = lambda _: None) -> None:
        """Everything is indexed."""

    def _messages(self, space: SpaceId, terms: list[str]) -> list[SearchHit]:
        return [
            self._hit(space, row, heading=Marked(text=""), lines=(marked(row.text, terms),))
            for row in self._desk.rows[space]
            if row.kind is MessageKind.TEXT and all(term in fold(row.text) for term in terms)
        ]

    def _exhibits(self, space: SpaceId, terms: list[str]) -> list[SearchHit]:
        found = []
        for row in self._desk.files[space]:
            texts = (row.name, row.exhibit, *(value for _, value in row.facts))
            if all(has(" \n ".join(texts), [term]) for term in terms):
                lines = [
                    marked(value, terms, label=BY_NAME[name].label)
                    for name, value in row.facts
                    if name == "title" or has(value, terms)
                ]
                heading = marked(f"{row.exhibit}  {row.name}", terms)
                found.append(
                    self._hit(space, row, heading=heading, lines=tuple(lines), state=row.state)
                )
        return found

    def _hit(self, space: SpaceId, row: Any, **more: Any) -> SearchHit:
        file = getattr(row, "file", None) if more["heading"].text else None
        return SearchHit(
            space=space,
            space_title=self._desk.details[space].row.title,
            message=row.message,
            file=file,
            author=row.author,
            author_name=row.author_name,
            mine=row.mine,
            at=getattr(row, "added_at", None) or row.claimed_at,
            **more,
        )
