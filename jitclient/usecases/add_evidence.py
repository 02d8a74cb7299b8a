"""Handing over evidence: register the exhibit here; sealing and upload follow in the background."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from jitclient import acquisition, duplicates, registering, restrictions
from jitclient.errors import AcquisitionDiffersError, HandlingCodeError
from jitclient.evidence_io import source_stat
from jitclient.registering import Found
from jitclient.restrictions import Going
from jitclient.session import Session
from protocol.facts import digests
from protocol.ids import FileId, SpaceId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class NewExhibit:
    """What a person says of a file that is to become an exhibit; `again`: a duplicate may go."""

    path: Path
    number: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    again: bool = False


async def add_evidence(
    session: Session,
    space: SpaceId,
    new: NewExhibit,
    *,
    to: tuple[UserId, ...],
    tell: Callable[[int, int], None] | None = None,
) -> FileId:
    """Register one file as an exhibit for some members; returns its id.

    A file of which hashes at acquisition are stated is read whole and compared with them first;
    meanwhile `tell` is called with the bytes read and the bytes in all.

    Raises:
        NoInputError: the file is missing, unreadable or not a regular file.
        BadInputError: its name, the exhibit number or a fact is unusable, or nobody is addressed.
        AcquisitionDiffersError: it has another hash than was stated of it.
        HandlingCodeError: it came under marks that forbid this, or that it would lose.
        DuplicateError: the space has this content, and it was not said to go once more.
        PutBackError: an old copy of this profile runs.
        NotPermittedError: the role may not upload, a recipient may not download, or the space
            demands verified recipients and one is not.
    """
    source = new.path.expanduser().absolute()
    stat = await asyncio.to_thread(source_stat, source)
    known = registering.said(source.name, new.number, new.facts, session.clock.now())
    name, stated = known.name, known.facts
    found = Found(source, stat, name, known.number, stated)
    marked = await session.run(registering.may_go, session, space, to, stat.size)
    await _compare(session, space, found, tell)
    if marked:
        going = Going(stat.size, await asyncio.to_thread(acquisition.sha256_of, source), stated)
        against = await session.run(restrictions.against, session, going, to)
        if against:
            raise HandlingCodeError(against)
    if not new.again:
        found.content = await duplicates.refuse(session, space, source, stat.size)
    return await session.run(registering.register, session, space, found, to)


async def _compare(
    session: Session, space: SpaceId, found: Found, tell: Callable[[int, int], None] | None
) -> None:
    """Before anything leaves; what differs is on record even though nothing was registered."""
    stated = digests(found.facts)
    if not stated:
        return
    loop, total = asyncio.get_running_loop(), found.stat.size

    def moved(done: int) -> None:
        if tell is not None:
            loop.call_soon_threadsafe(tell, done, total)

    try:
        await asyncio.to_thread(acquisition.compare, found.path, stated, moved)
    except AcquisitionDiffersError as error:
        await session.run(
            registering.note, session, space, "acquisition-differs", found.name, error.sentence
        )
        raise
