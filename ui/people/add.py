"""Chooses somebody from the directory and a role the party allows (R14.1, R16 to R18)."""

from __future__ import annotations

from dataclasses import replace

from jitclient.views import PersonRow, SpaceDetail, Trust
from protocol.errors import JitError, KeySubstitutedError
from protocol.ids import UserId
from protocol.roles import DEFAULT_ROLE, Role, may_hold
from ui import words
from ui.errors.cards import card_for
from ui.people.state import AddMemberState, Candidate, NewKey, RoleChoice
from ui.ports import DeskPort
from ui.presenting import Presenter
from ui.tasks import TaskScope


class AddMemberPresenter(Presenter[AddMemberState]):
    """Behind the sheet "Add a member"."""

    def __init__(self, desk: DeskPort, tasks: TaskScope, detail: SpaceDetail) -> None:
        super().__init__(AddMemberState())
        self._desk = desk
        self._tasks = tasks
        self._space = detail.row.space
        self._inside = {one.user for one in detail.members}
        self._all: tuple[Candidate, ...] = ()

    def load(self) -> None:
        """Read the directory."""
        self._tasks.start(self._load(), name="directory")

    def filter(self, query: str) -> None:
        """Keep candidates with all these words."""
        wanted = query.casefold().split()
        kept = tuple(
            one
            for one in self._all
            if all(word in f"{one.name} {one.place} {one.party}".casefold() for word in wanted)
        )
        chosen = self.state.chosen if self.state.chosen in kept else None
        role = self.state.role if chosen is not None else None
        another = self.state.another_key and chosen is not None
        self._show(
            replace(
                self.state,
                query=query,
                candidates=kept,
                chosen=chosen,
                role=role,
                another_key=another,
            )
        )

    def choose(self, user: UserId) -> None:
        """Pick a candidate, with the usual role of the party."""
        found = next((one for one in self.state.candidates if one.user == user), None)
        role = found.usual if found is not None else None
        self._show(replace(self.state, chosen=found, role=role, problem=None, another_key=False))

    def give(self, role: Role) -> None:
        """Pick another role the party may hold."""
        chosen = self.state.chosen
        if chosen is not None and any(one.role is role for one in chosen.roles):
            self._show(replace(self.state, role=role))

    async def add(self) -> bool:
        """Add the chosen person. False when it failed."""
        chosen = self.state.chosen
        if chosen is None or self.state.busy:
            return False
        self._show(replace(self.state, busy=True, problem=None, another_key=False))
        try:
            await self._desk.add_member(self._space, chosen.user, self.state.role)
        except Exception as failure:  # noqa: BLE001 - a person always gets an answer
            another = isinstance(failure, KeySubstitutedError)
            card = card_for(failure)
            self._show(replace(self.state, busy=False, problem=card, another_key=another))
            return False
        self._show(replace(self.state, busy=False))
        return True

    async def look(self) -> NewKey | None:
        """The other key of the chosen person, to decide on. None when it failed."""
        chosen = self.state.chosen
        if chosen is None or self.state.busy:
            return None
        self._show(replace(self.state, busy=True))
        try:
            offer = await self._desk.offered_key(chosen.user)
        except Exception as failure:  # noqa: BLE001 - a person always gets an answer
            self._show(replace(self.state, busy=False, problem=card_for(failure)))
            return None
        self._show(replace(self.state, busy=False))
        return NewKey(
            user=offer.user,
            name=words.plain(offer.name),
            known=" ".join(words.grouped(offer.old_number)),
            shown=" ".join(words.grouped(offer.new_number)),
            was_verified=offer.was_verified,
            key=offer.new_key,
        )

    async def take(self, offer: NewKey) -> bool:
        """The person decided: the key is taken, unverified, and the member added."""
        if self.state.busy:
            return False
        self._show(replace(self.state, busy=True, problem=None, another_key=False))
        try:
            await self._desk.take_key(offer.user, offer.key)
        except Exception as failure:  # noqa: BLE001 - a person always gets an answer
            self._show(replace(self.state, busy=False, problem=card_for(failure)))
            return False
        self._show(replace(self.state, busy=False))
        return await self.add()

    async def _load(self) -> None:
        try:
            people = await self._desk.people()
        except JitError as failure:
            self._show(replace(self.state, loading=False, problem=card_for(failure)))
            return
        able = [one for one in people if one.user not in self._inside and _able(one)]
        self._all = tuple(_candidate(one) for one in sorted(able, key=lambda one: one.name))
        self._show(replace(self.state, loading=False, total=len(self._all)))
        self.filter(self.state.query)


def _able(one: PersonRow) -> bool:
    return one.trust is not Trust.SELF


def _candidate(one: PersonRow) -> Candidate:
    name = words.plain(one.name)
    return Candidate(
        user=one.user,
        name=name,
        place=words.plain(f"{one.authority} · {one.country}"),
        party=words.PARTIES[one.party],
        letters=words.initials(name),
        badge=words.TRUST[one.trust],
        roles=tuple(
            RoleChoice(role, words.ROLES[role]) for role in Role if may_hold(one.party, role)
        ),
        usual=DEFAULT_ROLE[one.party],
        note=words.plain(one.name_note),
    )
