"""The part of the desk that reviews exhibits: states, tags, notes, views. Nothing of it leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jitclient.queries import exhibits
from jitclient.reviewviews import ReviewState
from jitclient.session import Session
from jitclient.usecases import review_exhibit
from jitclient.views import ExhibitRow
from localstore import reviews
from protocol.ids import FileId, SpaceId


class ReviewDesk:
    """One unlocked profile's reviews."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def mark(self, space: SpaceId, file: FileId, state: ReviewState) -> ExhibitRow:
        """Note how far the review of an exhibit is; see `usecases.review_exhibit`."""
        await self._session.run(review_exhibit.mark, self._session, space, file, state)
        return await self.row(space, file)

    async def note(self, space: SpaceId, file: FileId, text: str) -> ExhibitRow:
        """Keep another note; see `usecases.review_exhibit`."""
        await self._session.run(review_exhibit.note, self._session, space, file, text)
        return await self.row(space, file)

    async def tag(
        self,
        space: SpaceId,
        file: FileId,
        *,
        add: Sequence[str] = (),
        remove: Sequence[str] = (),
    ) -> ExhibitRow:
        """Put tags on an exhibit and take others off; see `usecases.review_exhibit`."""
        await self._session.run(review_exhibit.tag, self._session, space, file, add, remove)
        return await self.row(space, file)

    async def mark_all(self, space: SpaceId, files: Sequence[FileId], state: ReviewState) -> None:
        """Note the same of several exhibits, in one transaction."""
        await self._session.run(review_exhibit.mark_all, self._session, space, files, state)

    async def tag_all(
        self,
        space: SpaceId,
        files: Sequence[FileId],
        *,
        add: Sequence[str] = (),
        remove: Sequence[str] = (),
    ) -> tuple[FileId, ...]:
        """Tag several exhibits, in one transaction; returns which have no room for more tags."""
        act = review_exhibit.tag_all
        return await self._session.run(act, self._session, space, files, add, remove)

    async def next(self, space: SpaceId, after: FileId | None = None) -> ExhibitRow | None:
        """The next exhibit that is new or in review, behind one; None: all were looked at."""
        file = await self._session.run(self._next, space, after)
        return None if file is None else await self.row(space, FileId(file))

    async def progress(self, space: SpaceId) -> Mapping[ReviewState, int]:
        """How many exhibits there are in each state."""
        found = await self._session.run(self._states, space)
        return {state: found.get(state.value, 0) for state in ReviewState}

    async def tags(self, space: SpaceId) -> tuple[tuple[str, int], ...]:
        """Every tag of a space and how many exhibits have it."""
        return tuple(await self._session.run(self._tags, space))

    async def views(self, space: SpaceId) -> Mapping[str, str]:
        """The saved filters by name."""
        return await self._session.run(self._views, space)

    async def save_view(self, space: SpaceId, name: str, filter_: str) -> None:
        """Keep a filter of the list under a name; see `usecases.review_exhibit`."""
        await self._session.run(review_exhibit.save_view, self._session, space, name, filter_)

    async def drop_view(self, space: SpaceId, name: str) -> None:
        """Forget a saved filter."""
        await self._session.run(review_exhibit.drop_view, self._session, space, name)

    async def row(self, space: SpaceId, file: FileId) -> ExhibitRow:
        """One exhibit, with what this person made of it.

        Raises:
            NotFoundError: no such exhibit here.
        """
        return await self._session.run(exhibits.one_exhibit, self._session, space, file)

    def _next(self, space: SpaceId, after: FileId | None) -> bytes | None:
        return reviews.next_open(self._session.stores.space(space), after)

    def _states(self, space: SpaceId) -> dict[str, int]:
        return reviews.states(self._session.stores.space(space))

    def _tags(self, space: SpaceId) -> list[tuple[str, int]]:
        return reviews.tags(self._session.stores.space(space))

    def _views(self, space: SpaceId) -> dict[str, str]:
        return reviews.views(self._session.stores.space(space))
