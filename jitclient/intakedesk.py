"""The part of the desk that takes customs detections in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jitclient import intake
from jitclient.intakeviews import Intake, Taken
from jitclient.link import Link
from jitclient.queries import exhibits
from jitclient.session import Session
from jitclient.usecases import take_intake
from jitclient.views import ExhibitRow
from protocol.ids import FileId, SpaceId, UserId


class IntakeDesk:
    """One unlocked profile's detections."""

    def __init__(self, session: Session, link: Link) -> None:
        self._session = session
        self._link = link

    async def draft(self, space: SpaceId) -> Intake:
        """What is filled in and not handed over."""
        return await self._session.run(take_intake.draft, self._session, space)

    async def keep(self, space: SpaceId, given: Intake) -> None:
        """Keep what is filled in; see `usecases.take_intake`."""
        await self._session.run(take_intake.keep, self._session, space, given)

    def problem(self, name: str, value: str, form: Mapping[str, str]) -> str:
        """Why a value cannot stand beside the others; empty when it can. See `intake`."""
        return intake.problem_with(name, value, form, self._session.clock.now())

    async def preview(self, given: Intake) -> str:
        """The document as it would be handed over; see `usecases.take_intake`."""
        return await take_intake.preview(self._session, given)

    async def take(self, space: SpaceId, given: Intake, *, to: Sequence[UserId]) -> Taken:
        """Hand a detection over; see `usecases.take_intake`."""
        document, images, refused = await take_intake.take(
            self._session, space, given, to=tuple(to)
        )
        self._link.nudge()
        row = await self._row(space, document)
        rows = tuple([await self._row(space, one) for one in images])
        return Taken(form=row, images=rows, refused=refused)

    async def _row(self, space: SpaceId, file: FileId) -> ExhibitRow:
        return await self._session.run(exhibits.one_exhibit, self._session, space, file)
