"""What a reader is told about somebody's name: that it looks like another's, or is oddly written.

Names come from the store's directory, so whoever runs it, and whoever enrols, can choose one that
is drawn like a colleague's. Nobody is refused for his name: both people bear a sentence that tells
them apart by authority and country (docs/protocol/41-membership.md §7).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from jitclient.foundation.lookalikes import oddity, skeletons
from jitclient.foundation.text import visible
from jitclient.session import Session
from localstore import people
from localstore.people import Person
from protocol.errors import NotFoundError
from protocol.ids import SpaceId, UserId


@dataclass(frozen=True, slots=True)
class _Named:
    user: UserId
    name: str
    place: str


def of_space(session: Session, space: SpaceId) -> Mapping[UserId, str]:
    """A sentence for each member, now or before, about whose name there is something to say."""
    try:
        roster = session.log(space).roster
    except NotFoundError:
        return {}  # nothing of it has come yet
    everybody = {*roster.members, *roster.removed}
    known = people.some(session.stores.device, everybody)
    return _notes(session, (_named(session, user, known.get(user)) for user in everybody))


def of_directory(session: Session, listed: Iterable[Person]) -> Mapping[UserId, str]:
    """The same for people of the store's directory, oneself among them."""
    others = (_named(session, UserId(p.user), p) for p in listed if p.user != session.user)
    return _notes(session, (_named(session, session.user, None), *others))


def _named(session: Session, user: UserId, person: Person | None) -> _Named:
    if user == session.user:
        one = session.identity
        return _Named(user, visible(one.name), _place(one.authority, one.country))
    if person is None or not person.name:
        return _Named(user, session.name_of(user), "")
    return _Named(user, visible(person.name), _place(person.authority, person.country))


def _place(authority: str, country: str) -> str:
    return ", ".join(part for part in (visible(authority), visible(country)) if part)


def _notes(session: Session, everybody: Iterable[_Named]) -> Mapping[UserId, str]:
    looks: dict[tuple[int, str], list[_Named]] = defaultdict(list)
    named = list(everybody)
    for one in named:
        for kind, skeleton in enumerate(skeletons(one.name)):
            looks[kind, skeleton].append(one)
    notes = {}
    for one in named:
        same = {
            other.user: other
            for kind, skeleton in enumerate(skeletons(one.name))
            for other in looks[kind, skeleton]
            if other.user != one.user
        }
        said = (oddity(one.name), _like(session, one, sorted(same.values(), key=lambda o: o.user)))
        if any(said):
            notes[one.user] = " ".join(part for part in said if part)
    return notes


def _like(session: Session, one: _Named, others: list[_Named]) -> str:
    if not others:
        return ""
    first = next((o for o in others if o.user == session.user), others[0])
    more = f" and {len(others) - 1} more" if len(others) > 1 else ""
    if first.user == session.user:
        return f"This name looks like yours{more}."
    place = first.place
    if place == one.place:  # nothing else tells the two apart
        place = ", ".join(part for part in (place, f"user {first.user.hex()[:8]}") if part)
    return f"This name looks like that of {first.name} ({place}){more}."
