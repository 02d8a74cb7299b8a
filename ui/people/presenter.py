"""Lists members, and removes them."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import replace
from datetime import tzinfo
from typing import Any

from jitclient.views import MemberRow, SpaceDetail, SpaceState, Trust
from protocol.ids import UserId
from protocol.roles import NEEDS_CONTROLLER
from ui import words
from ui.errors.cards import card_for
from ui.language import number, tr, trn
from ui.people.compared import compared
from ui.people.state import Group, PeopleState, Person
from ui.ports import DeskPort
from ui.presenting import Presenter
from ui.tasks import TaskScope


class PeoplePresenter(Presenter[PeopleState]):
    """One for the window; it turns to the space in front."""

    def __init__(self, desk: DeskPort, tasks: TaskScope, zone: tzinfo | None = None) -> None:
        super().__init__(PeopleState())
        self._desk = desk
        self._tasks = tasks
        self._zone = zone
        self._detail: SpaceDetail | None = None

    @property
    def detail(self) -> SpaceDetail | None:
        """The space shown."""
        return self._detail

    def open(self, detail: SpaceDetail | None) -> None:
        """Turn to a space, or take note that its facts changed."""
        self._detail = detail
        if detail is None:
            self._show(PeopleState())
            return
        kept = self.state if self.state.space == detail.row.space else PeopleState()
        open_ = detail.row.state is SpaceState.OPEN
        others = [one for one in detail.members if not one.is_me]
        sure = sum(1 for one in others if one.trust is Trust.VERIFIED)
        self._show(
            replace(
                kept,
                space=detail.row.space,
                title=words.plain(detail.row.title),
                groups=_groups(detail, self._zone),
                removed=tuple(_gone(one) for one in detail.removed),
                summary=_summary(len(detail.members), sure, len(others)),
                verified_only=detail.verified_only,
                can_rule=open_ and detail.row.i_administer,
                can_add=open_ and detail.row.i_administer,
                can_meet=open_ and bool(others),
                why_not=""
                if detail.row.i_administer
                else tr("Only an administrator adds members."),
                alone=not others,
                loading=False,
            )
        )

    def remove(self, user: UserId, reason: str) -> None:
        """Remove a member, for the reason that the view asked for."""
        if self.state.space is not None:
            work = self._desk.remove_member(self.state.space, user, reason)
            self._sign(tr("Removing…"), work)

    def renew(self, user: UserId) -> None:
        """Let a member in again with new devices, after the view asked for confirmation."""
        if self.state.space is not None:
            self._sign(tr("Signing…"), self._desk.renew_member(self.state.space, user))

    def rule(self, *, verified_only: bool) -> None:
        """Decide to whom evidence goes, after the view asked for confirmation."""
        if self.state.space is not None:
            change = self._desk.set_policy(self.state.space, verified_only=verified_only)
            self._sign(tr("Signing…"), change)

    def dismiss(self) -> None:
        """Take the error card away."""
        self._show(replace(self.state, problem=None))

    def _sign(self, busy: str, work: Coroutine[Any, Any, None]) -> None:
        if self.state.busy:
            work.close()
            return
        self._show(replace(self.state, busy=busy, problem=None))
        self._tasks.start(self._run(work), name="sign")

    async def _run(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as failure:  # noqa: BLE001 - a person always gets an answer
            self._show(replace(self.state, problem=card_for(failure)))
        finally:
            self._show(replace(self.state, busy=""))


def _groups(detail: SpaceDetail, zone: tzinfo | None) -> tuple[Group, ...]:
    by_place: dict[tuple[str, str], list[MemberRow]] = {}
    for one in detail.members:
        by_place.setdefault((one.country, one.authority), []).append(one)
    return tuple(
        Group(
            words.plain(authority),
            country,
            words.PARTIES[members[0].party],
            tuple(_person(one, detail, zone) for one in sorted(members, key=lambda m: m.name)),
        )
        for (country, authority), members in sorted(by_place.items())
    )


def _person(one: MemberRow, detail: SpaceDetail, zone: tzinfo | None) -> Person:
    open_ = detail.row.state is SpaceState.OPEN
    return Person(
        user=one.user,
        name=words.plain(one.name),
        role=words.ROLES[one.role],
        devices=trn("{count} device", "{count} devices", one.devices),
        letters=words.initials(words.plain(one.name)),
        badge=words.TRUST[one.trust],
        is_me=one.is_me,
        changed=one.trust is Trust.CHANGED,
        can_remove=open_ and detail.row.i_administer and not one.is_me,
        can_verify=not one.is_me,
        can_share=open_ and detail.row.i_administer and not one.is_me,
        can_designate=open_ and detail.row.i_administer and one.role in NEEDS_CONTROLLER,
        standing=_standing(one),
        waits=one.waits,
        note=words.plain(one.name_note),
        compared=compared(one.comparison, zone),
    )


def _standing(one: MemberRow) -> str:
    if not (one.waits or one.controller):
        return ""
    if one.waits:
        return tr("Hands over nothing yet: no controller is designated.")
    return tr(
        "Controller of what is handed over: {controller}", controller=words.plain(one.controller)
    )


def _gone(one: MemberRow) -> str:
    who = f"{words.plain(one.name)}, {words.plain(one.authority)} · {one.country}"
    return f"{who}. {words.plain(one.name_note)}" if one.name_note else who


def _summary(members: int, sure: int, others: int) -> str:
    count = trn("{count} member", "{count} members", members)
    if not others:
        return count
    return f"{count}, " + trn(
        "{sure} of {count} other verified by you",
        "{sure} of {count} others verified by you",
        others,
        sure=number(sure),
    )
