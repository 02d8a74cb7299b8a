"""Designates the controller of what a member from outside hands over (R23.2)."""

from __future__ import annotations

from dataclasses import replace

from jitclient.views import SpaceDetail
from protocol.ids import UserId
from protocol.limits import MAX_REASON_CHARS
from protocol.roles import Role
from ui import words
from ui.errors.cards import card_for
from ui.halftyped import HalfTyped
from ui.leftoff import LeftOff
from ui.people.state import DesignateState, Named
from ui.ports import DeskPort
from ui.presenting import Presenter


class DesignatePresenter(Presenter[DesignateState]):
    """Behind the sheet "Designate a controller"."""

    def __init__(
        self, desk: DeskPort, detail: SpaceDetail, user: UserId, left: LeftOff | None = None
    ) -> None:
        self.half = HalfTyped(left or LeftOff(desk), detail.row.space, f"control-{user.hex()}")
        administrators = [one for one in detail.members if one.role is Role.ADMINISTRATOR]
        administrators.sort(key=lambda one: (not one.is_me, one.name.casefold()))
        named = tuple(
            Named(one.user, f"{words.plain(one.name)}, {words.plain(one.authority)}")
            for one in administrators
        )
        first = named[0].user if named else None
        reason = self.half.text("reason")
        super().__init__(DesignateState(named=named, controller=first, reason=reason))
        self._desk = desk
        self._space = detail.row.space
        self._user = user

    def choose(self, controller: UserId) -> None:
        """This administrator; nothing is designated by choosing."""
        self._show(replace(self.state, controller=controller, problem=None))

    def reason_changed(self, text: str) -> None:
        """By what it was decided."""
        self.half.typed("reason", text[:MAX_REASON_CHARS])
        self._show(replace(self.state, reason=text[:MAX_REASON_CHARS], problem=None))

    @property
    def chosen(self) -> str:
        """Who is chosen, by name."""
        found = (one.text for one in self.state.named if one.user == self.state.controller)
        return next(found, "")

    async def designate(self) -> bool:
        """Sign it, after the view asked for confirmation. False when it failed."""
        controller = self.state.controller
        if not self.state.ready or controller is None:
            return False
        self._show(replace(self.state, busy=True, problem=None))
        try:
            reason = self.state.reason.strip()
            await self._desk.designate(self._space, self._user, controller, reason)
        except Exception as failure:  # noqa: BLE001 - a person always gets an answer
            self._show(replace(self.state, busy=False, problem=card_for(failure)))
            return False
        self._show(replace(self.state, busy=False))
        return True
