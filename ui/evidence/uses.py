"""What an exhibit is used for: asks the purpose of an export, records a permission."""

from __future__ import annotations

from dataclasses import replace

from jitclient.factviews import HANDLING
from jitclient.views import ExhibitRow, Purpose
from protocol.errors import JitError
from ui import words
from ui.errors.cards import card_at_once
from ui.evidence.state import ExportState, PermissionState
from ui.halftyped import HalfTyped
from ui.language import tr
from ui.leftoff import LeftOff
from ui.ports import DeskPort
from ui.presenting import Presenter


class ExportPresenter(Presenter[ExportState]):
    """Behind the sheet that asks what a copy is for. The domain refuses too; this says it first."""

    def __init__(self, row: ExhibitRow) -> None:
        super().__init__(ExportState(words.plain(row.name)))
        self._row = row

    def choose(self, purpose: Purpose) -> None:
        """Another purpose."""
        stopped = purpose is Purpose.COURT and "H1" in self._row.in_force
        who = words.plain(self._row.author_name)
        forbidden = (
            tr(
                "It bears H1: {meaning}. Record the permission of {who} first.",
                meaning=tr(HANDLING["H1"]),
                who=who,
            )
            if stopped
            else ""
        )
        self._show(replace(self.state, purpose=purpose, forbidden=forbidden))


class PermissionPresenter(Presenter[PermissionState]):
    """Behind the sheet that records what the originator permitted.

    `left`: how spaces were left, with what was typed when the window locked.
    """

    def __init__(self, desk: DeskPort, row: ExhibitRow, left: LeftOff | None = None) -> None:
        name, who = words.plain(row.name), words.plain(row.author_name)
        self.half = HalfTyped(left or LeftOff(desk), row.space, f"permit-{row.file.hex()}")
        super().__init__(
            PermissionState(
                name,
                who,
                row.in_force,
                row.in_force[0],
                given_by=self.half.text("given_by", who),
                reference=self.half.text("reference"),
            )
        )
        self._desk = desk
        self._row = row

    def choose(self, code: str) -> None:
        """Which code."""
        self._show(replace(self.state, code=code))

    def type(self, *, given_by: str | None = None, reference: str | None = None) -> None:
        """Something was typed."""
        state = self.state
        for field, text in (("given_by", given_by), ("reference", reference)):
            if text is not None:
                self.half.typed(field, text)
        self._show(
            replace(
                state,
                given_by=state.given_by if given_by is None else given_by,
                reference=state.reference if reference is None else reference,
            )
        )

    async def record(self) -> bool:
        """Record it; False when that failed."""
        state = self.state
        if not state.can_record:
            return False
        self._show(replace(state, busy=True, problem=None))
        try:
            await self._desk.record_permission(
                self._row.space,
                self._row.file,
                state.code,
                given_by=state.given_by,
                reference=state.reference,
            )
        except JitError as failure:
            self._show(replace(self.state, busy=False, problem=card_at_once(failure)))
            return False
        self._show(replace(self.state, busy=False))
        return True
