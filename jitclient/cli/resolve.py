"""What a person types for a space, a user or an exhibit: an id, its beginning, or a name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from jitclient.desk import Desk
from protocol.errors import BadInputError, NotFoundError
from protocol.ids import FileId, SpaceId, UserId

T = TypeVar("T")
MIN_PREFIX = 4


def pick(
    given: str,
    rows: Iterable[T],
    *,
    id_of: Callable[[T], bytes],
    names_of: Callable[[T], tuple[str, ...]],
    what: str,
) -> T:
    """The one row that `given` names.

    Raises:
        NotFoundError: none; BadInputError: more than one.
    """
    every = list(rows)
    wanted = given.strip().casefold()
    exact = [r for r in every if id_of(r).hex() == wanted]
    named = [r for r in every if wanted in {n.casefold() for n in names_of(r)}]
    begun = [r for r in every if len(wanted) >= MIN_PREFIX and id_of(r).hex().startswith(wanted)]
    within = [r for r in every if wanted and any(wanted in n.casefold() for n in names_of(r))]
    for found in (exact, named, begun, within):
        if len(found) == 1:
            return found[0]
        if found:
            raise BadInputError(f"“{given}” names {len(found)} {what}s; give the whole id.")
    raise NotFoundError(f"There is no {what} “{given}” here.")


async def space(desk: Desk, given: str) -> SpaceId:
    """A space of this profile."""
    row = pick(
        given,
        await desk.spaces(),
        id_of=lambda r: r.space,
        names_of=lambda r: (r.title, r.agreement),
        what="space",
    )
    return row.space


async def person(desk: Desk, given: str) -> UserId:
    """Somebody in the store's directory."""
    row = pick(
        given,
        await desk.people(),
        id_of=lambda r: r.user,
        names_of=lambda r: (r.name,),
        what="user",
    )
    return row.user


async def member(desk: Desk, space_id: SpaceId, given: str) -> UserId:
    """A member of a space."""
    row = pick(
        given,
        (await desk.space(space_id)).members,
        id_of=lambda r: r.user,
        names_of=lambda r: (r.name,),
        what="member",
    )
    return row.user


async def exhibit(desk: Desk, space_id: SpaceId, given: str) -> FileId:
    """An exhibit of a space."""
    row = pick(
        given,
        await desk.exhibits(space_id),
        id_of=lambda r: r.file,
        names_of=lambda r: (r.exhibit, r.name) if r.exhibit else (r.name,),
        what="exhibit",
    )
    return row.file
