"""The part of the desk that looks at exhibits in the safe viewer."""

from __future__ import annotations

from collections.abc import Sequence

from jitclient.events import Event, SpaceWiped
from jitclient.pageviews import Encoding, Opened
from jitclient.session import Session
from jitclient.usecases.view_exhibit import Viewing, view_exhibit
from jitclient.viewing import viewer
from protocol.ids import FileId, SpaceId


class ViewDesk:
    """One unlocked profile's viewers: none outlives the space it looks into, or the unlocking."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._open: set[Viewing] = set()
        self._unsubscribe = session.events.subscribe(self._event)
        self.command: Sequence[str] = viewer.COMMAND

    @property
    def possible(self) -> bool:
        """Whether this system can confine a viewer; where not, nothing is offered."""
        return viewer.possible()

    async def open(
        self,
        space: SpaceId,
        file: FileId,
        encoding: Encoding = Encoding.OWN,
        *,
        again: bool = False,
    ) -> tuple[Viewing, Opened]:
        """Open an exhibit; see `usecases.view_exhibit`. Whoever opened it closes it."""
        self._open = {one for one in self._open if not one.closed}
        viewing = await view_exhibit(self._session, space, file, again=again)
        self._open.add(viewing)
        try:
            return viewing, await viewing.open(encoding, self.command)
        except BaseException:
            viewing.close()
            raise

    def close(self) -> None:
        """End every viewer."""
        self._unsubscribe()
        for one in self._open:
            one.close()

    def _event(self, event: Event) -> None:
        if isinstance(event, SpaceWiped):
            for one in self._open:
                if one.space == event.space:
                    one.close()
