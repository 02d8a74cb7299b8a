"""Checks what was typed for a new space, and opens it."""

from __future__ import annotations

from dataclasses import replace

from protocol.ids import SpaceId
from protocol.limits import MAX_TITLE_CHARS
from ui.errors.cards import card_for
from ui.language import tr
from ui.ports import DeskPort
from ui.presenting import Presenter
from ui.spaces.state import NewSpaceState


class NewSpacePresenter(Presenter[NewSpaceState]):
    """Behind the sheet of Ctrl+N."""

    def __init__(self, desk: DeskPort) -> None:
        super().__init__(NewSpaceState())
        self._desk = desk

    async def create(
        self, agreement: str, signed_on: str, title: str, retention_days: int, verified_only: bool
    ) -> SpaceId | None:
        """Open the space; None when something has to be corrected first."""
        checked = NewSpaceState(
            agreement_problem=_check(
                agreement, tr("Type the reference of the signed JIT agreement.")
            ),
            title_problem=_check(title, tr("Type a title for the space.")),
        )
        self._show(checked)
        if checked.agreement_problem or checked.title_problem or self.state.busy:
            return None
        self._show(replace(checked, busy=True))
        try:
            made = await self._desk.create_space(
                agreement=agreement.strip(),
                signed_on=signed_on,
                title=title.strip(),
                retention_days=retention_days,
                verified_only=verified_only,
            )
        except Exception as failure:  # noqa: BLE001 - a person always gets an answer
            self._show(replace(checked, busy=False, problem=card_for(failure)))
            return None
        self._show(NewSpaceState())
        return made


def _check(text: str, what: str) -> str:
    if not text.strip():
        return what
    if len(text.strip()) > MAX_TITLE_CHARS:
        return tr("At most {limit} characters.", limit=MAX_TITLE_CHARS)
    return ""
