"""Handing over evidence: register the exhibit here; sealing and upload follow in the background."""

from __future__ import annotations

import asyncio
import mimetypes
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from crypto.filestream import FileShape
from jitclient import acquisition, describing, duplicates, factviews, freshness, restrictions
from jitclient.errors import AcquisitionDiffersError, HandlingCodeError
from jitclient.events import ExhibitsChanged
from jitclient.evidence_io import SourceStat, source_stat
from jitclient.foundation.text import check_line, file_name
from jitclient.place import Place, place
from jitclient.recipients import check_recipients
from jitclient.restrictions import Going
from jitclient.session import Session
from localstore import custody, evidence
from localstore.connection import transaction
from localstore.evidence import ExhibitRecord
from protocol.errors import BadInputError
from protocol.facts import Facts, digests, fits_name
from protocol.ids import FileId, SpaceId, UserId
from protocol.limits import MAX_EXHIBIT_CHARS, RETENTION_SECONDS


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
    name, number = file_name(source.name), new.number
    if number:
        number = check_line(number, "The exhibit number", limit=MAX_EXHIBIT_CHARS)
    stated = describing.described(new.facts, session.clock.now())
    if not fits_name(stated, name):
        raise BadInputError(f"Its path in the folder does not end in {name}.")
    found = _Found(source, stat, name, number, stated)
    marked = await session.run(_may_go, session, space, to, stat.size)
    await _compare(session, space, found, tell)
    if marked:
        going = Going(stat.size, await asyncio.to_thread(acquisition.sha256_of, source), stated)
        against = await session.run(restrictions.against, session, going, to)
        if against:
            raise HandlingCodeError(against)
    if not new.again:
        found.content = await duplicates.refuse(session, space, source, stat.size)
    return await session.run(_register, session, space, found, to)


async def _compare(
    session: Session, space: SpaceId, found: _Found, tell: Callable[[int, int], None] | None
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
        await session.run(_note, session, space, "acquisition-differs", found.name, error.sentence)
        raise


def _note(session: Session, space: SpaceId, what: str, subject: str, detail: str) -> None:
    at = place(session, space)
    with transaction(at.sp):
        custody.append(at.sp, what, session.identity.name, subject, detail, at.now)


@dataclass(slots=True)
class _Found:
    """A file as it was when it was registered; `content`: its SHA-256, if it was read."""

    path: Path
    stat: SourceStat
    name: str
    exhibit: str
    facts: Facts = ()
    content: bytes = b""


def _may_go(session: Session, space: SpaceId, to: tuple[UserId, ...], size: int) -> bool:
    """Refuse what can be refused before a large file is read; whether it may be a known one."""
    freshness.refuse(session)
    check_recipients(place(session, space), to)
    return restrictions.is_known(session, size)


def _register(session: Session, space: SpaceId, found: _Found, to: tuple[UserId, ...]) -> FileId:
    freshness.refuse(session)
    at = place(session, space)
    recipients = check_recipients(at, to)
    record = _record(at, found, recipients)
    with transaction(at.sp):
        evidence.add_exhibit(at.sp, record)
        me = session.identity.name
        detail = ", ".join(one for one in (found.exhibit, *factviews.marks(found.facts)) if one)
        custody.append(at.sp, "exhibit-added", me, found.name, detail, at.now)
        equal = ", ".join(f"{name} {value}" for name, value in digests(found.facts).items())
        if equal:
            custody.append(at.sp, "acquisition-equal", me, found.name, equal, at.now)
    session.tell(ExhibitsChanged(space))
    return FileId(record.file)


def _record(at: Place, found: _Found, recipients: tuple[UserId, ...]) -> ExhibitRecord:
    shape = FileShape(found.stat.size)
    return ExhibitRecord(
        file=FileId(at.session.entropy.token(16)),
        message=None,
        manifest=b"",
        file_key=at.session.entropy.token(32),
        salt=at.session.entropy.token(24),
        name=found.name,
        mime=mimetypes.guess_type(found.name)[0] or "application/octet-stream",
        exhibit=found.exhibit,
        size=found.stat.size,
        sha256=b"",
        author_user=at.session.user,
        mine=True,
        state="sealing",
        sealed_total=shape.sealed_bytes,
        parts=shape.parts,
        source=str(found.path),
        source_stat=str(found.stat),
        recipients=recipients,
        added_at=at.now,
        expires_at=at.now + RETENTION_SECONDS,
        problem="",
        announced=False,
        root=b"",
        exported_to="",
        facts=found.facts,
        digest=found.content,
    )
