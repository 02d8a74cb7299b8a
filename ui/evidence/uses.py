"""What an exhibit is used for: asks the purpose of an export, records a permission."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from jitclient.factviews import HANDLING
from jitclient.views import ExhibitRow, Purpose
from protocol.errors import JitError
from ui import words
from ui.errors.cards import card_at_once
from ui.evidence.usestate import ExportState, PermissionState
from ui.halftyped import HalfTyped
from ui.language import tr, trn
from ui.leftoff import LeftOff
from ui.ports import DeskPort
from ui.presenting import Presenter


class ExportPresenter(Presenter[ExportState]):
    """Behind the sheet that asks what copies are for. The domain refuses, too."""

    def __init__(self, *rows: ExhibitRow) -> None:
        several = len(rows) > 1
        many = trn("{count} exhibit", "{count} exhibits", len(rows))
        super().__init__(ExportState(many if several else words.plain(rows[0].name), several))
        self._rows = rows

    def allowed(self) -> tuple[ExhibitRow, ...]:
        """Those of which copies may be made for the purpose that is chosen."""
        court = self.state.purpose is Purpose.COURT
        return tuple(row for row in self._rows if not (court and "H1" in row.in_force))

    def choose(self, purpose: Purpose) -> None:
        """Another purpose."""
        court = purpose is Purpose.COURT
        stopped = [row for row in self._rows if court and "H1" in row.in_force]
        none = len(stopped) == len(self._rows)
        said = _forbidden(stopped, several=self.state.several) if stopped else ""
        self._show(replace(self.state, purpose=purpose, forbidden=said, none=none))


def _forbidden(stopped: Sequence[ExhibitRow], *, several: bool) -> str:
    if several:
        return trn(
            "{count} of them bears H1 and is left out. Record the permission first.",
            "{count} of them bear H1 and are left out. Record the permissions first.",
            len(stopped),
        )
    return tr(
        "It bears H1: {meaning}. Record the permission of {who} first.",
        meaning=tr(HANDLING["H1"]),
        who=words.plain(stopped[0].author_name),
    )


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
