"""The part of the desk that searches: over all spaces or in one, in steps that hold up nobody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from jitclient import searchquery, spacewise
from jitclient.queries import indexing, search
from jitclient.queries.search import Stream
from jitclient.searchviews import Place, SearchHit, SearchPage
from jitclient.session import Session
from protocol.ids import SpaceId

PAGE_HITS: Final = 50


class SearchDesk:
    """One unlocked profile's messages and exhibits, searched. What is typed is never kept."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def find(
        self,
        text: str,
        *,
        space: SpaceId | None = None,
        limit: int = PAGE_HITS,
        below: Mapping[Place, int] | None = None,
    ) -> SearchPage:
        """The newest `limit` hits of a query (`searchquery`), in one space or in all.

        Args:
            text: what was typed.
            space: look in this space only.
            limit: at most so many hits.
            below: of the page before, to get the next one.

        Raises:
            BadInputError: the query cannot be understood.
            SpaceClosedError: the space was wiped.
        """
        query = searchquery.parse(text)
        run = self._session.run
        streams, hints = await run(search.streams, self._session, query, space, below or {})
        for stream in streams:
            while not stream.finder.done and len(stream.found) <= limit:  # one more: is there one?
                await run(_step, self._session, stream, query, limit + 1)
        hits, left = _newest(streams, limit)
        return SearchPage(
            hits=hits,
            more=bool(left),
            below=left,
            hints=tuple(hints),
            indexed=await run(indexing.indexed, self._session, space),
        )

    async def catch_up(self, tell: Callable[[int], None] = lambda _: None) -> None:
        """Index what is not yet, as after a crash or a newer version; `tell` hears the percentage.

        May be stopped anywhere and goes on from there. Other work comes between its slices.
        """
        for space in await self._session.run(search.searched, self._session):
            while await self._session.run(
                spacewise.attempt, self._session, space, indexing.catch_up
            ):
                tell(await self._session.run(indexing.indexed, self._session, None))


def _step(session: Session, stream: Stream, query: searchquery.Query, limit: int) -> None:
    """One step; a space that cannot be read, or was closed meanwhile, has no more hits."""

    def act(session: Session, _: SpaceId) -> bool:
        search.step(session, stream, query, limit)
        return True

    if not spacewise.attempt(session, stream.space, act):
        stream.finder.done = True


def _newest(streams: list[Stream], limit: int) -> tuple[tuple[SearchHit, ...], dict[Place, int]]:
    """The first `limit` hits by time over all streams, and where each goes on if it does."""
    at = {stream.place: 0 for stream in streams}
    hits: list[SearchHit] = []
    while len(hits) < limit:
        heads = [one for one in streams if at[one.place] < len(one.found)]
        if not heads:
            break
        first = max(heads, key=lambda one: one.found[at[one.place]][1].at)
        hits.append(first.found[at[first.place]][1])
        at[first.place] += 1
    left: dict[Place, int] = {}
    for one in streams:
        shown = at[one.place]
        if shown < len(one.found):
            left[one.place] = one.found[shown - 1][0] if shown else one.found[0][0] + 1
        elif not one.finder.done:
            left[one.place] = one.finder.below
    return tuple(hits), left
