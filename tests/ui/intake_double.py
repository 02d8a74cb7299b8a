"""Customs detections of a `DeskDouble`: kept, checked by the rules of the program, registered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from jitclient import intake
from jitclient.errors import DuplicateError
from jitclient.intakeviews import NUMBER, Intake, Taken
from jitclient.views import ExhibitRow, ExhibitState
from protocol.facts import arranged
from protocol.ids import SpaceId, UserId
from tests.ui.desk_rows import NOW

if TYPE_CHECKING:
    from tests.ui.desk_double import DeskDouble


class IntakeDouble:
    """Fits `ui.ports.IntakePort`. Images named in `stays` do not go."""

    def __init__(self, desk: DeskDouble) -> None:
        self._desk = desk
        self.drafts: dict[SpaceId, Intake] = {}
        self.stays: tuple[str, ...] = ()

    async def draft(self, space: SpaceId) -> Intake:
        await self._desk._enter("intake_draft")
        return self.drafts.get(space, Intake())

    async def keep(self, space: SpaceId, given: Intake) -> None:
        await self._desk._enter("intake_keep")
        self.drafts[space] = given

    def problem(self, name: str, value: str, form: Mapping[str, str]) -> str:
        return intake.problem_with(name, value, form, NOW)

    async def take(self, space: SpaceId, given: Intake, *, to: Sequence[UserId]) -> Taken:
        await self._desk._enter("intake_take")
        form = intake.checked(dict(given.form), NOW)
        self.drafts.pop(space, None)
        row = self._put(space, Path("form.txt"), form[NUMBER], intake.facts(form))
        rows = tuple(
            self._put(space, path, intake.image_number(form, at), intake.image_facts(form, at))
            for at, path in enumerate(given.images, 1)
            if path.name not in self.stays
        )
        stayed = [path for path in given.images if path.name in self.stays]
        refused = tuple((path, DuplicateError("It is gone.")) for path in stayed)
        return Taken(form=row, images=rows, refused=refused)

    def _put(self, space: SpaceId, path: Path, number: str, facts: Mapping[str, str]) -> ExhibitRow:
        state = ExhibitState.SEALING
        return self._desk.exhibit(space, path.name, number, 100, state, facts=arranged(facts))
