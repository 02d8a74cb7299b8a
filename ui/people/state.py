"""What the people screen shows."""

from __future__ import annotations

from dataclasses import dataclass

from protocol.ids import SpaceId, UserId
from protocol.roles import Role
from ui.errors.cards import ErrorCard
from ui.words import Badge


@dataclass(frozen=True, slots=True)
class Person:
    """One member."""

    user: UserId
    name: str
    role: str
    devices: str
    letters: str
    badge: Badge
    is_me: bool
    changed: bool
    can_remove: bool
    can_verify: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The members of one authority."""

    authority: str
    country: str
    party: str
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class PeopleState:
    """Members by authority."""

    space: SpaceId | None = None
    title: str = ""
    groups: tuple[Group, ...] = ()
    removed: tuple[str, ...] = ()
    summary: str = ""
    verified_only: bool = False
    can_add: bool = False
    why_not: str = ""
    alone: bool = False
    loading: bool = True
    busy: str = ""
    problem: ErrorCard | None = None


@dataclass(frozen=True, slots=True)
class RoleChoice:
    """A role this candidate may hold."""

    role: Role
    word: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody in the directory who is not a member yet."""

    user: UserId
    name: str
    place: str
    party: str
    letters: str
    badge: Badge
    roles: tuple[RoleChoice, ...]
    usual: Role


@dataclass(frozen=True, slots=True)
class AddMemberState:
    """The sheet that adds a member."""

    candidates: tuple[Candidate, ...] = ()
    total: int = 0
    query: str = ""
    chosen: Candidate | None = None
    role: Role | None = None
    loading: bool = True
    busy: bool = False
    problem: ErrorCard | None = None


@dataclass(frozen=True, slots=True)
class VerifyState:
    """The sheet that compares safety numbers."""

    name: str = ""
    groups: tuple[str, ...] = ()
    digits: str = ""
    code: tuple[tuple[bool, ...], ...] = ()
    badge: Badge = Badge("", "")
    done: bool = False
    different: bool = False
    loading: bool = True
    busy: bool = False
    typed: int = 0  # digits typed so far
    problem: ErrorCard | None = None
