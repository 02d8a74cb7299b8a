"""Registering a file as an exhibit: what is refused before it is read, and the record itself."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from crypto.filestream import FileShape
from jitclient import describing, factviews, freshness, restrictions
from jitclient.events import ExhibitsChanged
from jitclient.foundation.text import check_line, file_name
from jitclient.place import Place, place
from jitclient.recipients import check_recipients
from jitclient.session import Session
from jitclient.sourcefile import SourceStat
from localstore import custody, evidence, spool
from localstore.connection import Connection, transaction
from localstore.evidence import ExhibitRecord
from protocol.errors import BadInputError
from protocol.facts import Facts, digests, fits_name
from protocol.ids import FileId, SpaceId, UserId
from protocol.limits import MAX_EXHIBIT_CHARS, RETENTION_SECONDS


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says of an exhibit, checked."""

    name: str
    number: str
    facts: Facts


def said(name: str, number: str, facts: Mapping[str, str], now: int) -> Said:
    """Check a name, an exhibit number and facts.

    Raises:
        BadInputError: one of them is unusable.
    """
    name = file_name(name)
    if number:
        number = check_line(number, "The exhibit number", limit=MAX_EXHIBIT_CHARS)
    stated = describing.described(facts, now)
    if not fits_name(stated, name):
        raise BadInputError(f"Its path in the folder does not end in {name}.")
    return Said(name, number, stated)


def note(session: Session, space: SpaceId, what: str, subject: str, detail: str) -> None:
    """Put on record what happened to a file that did not become an exhibit."""
    at = place(session, space)
    with transaction(at.sp):
        custody.append(at.sp, what, session.identity.name, subject, detail, at.now)


@dataclass(slots=True)
class Found:
    """A file as it was when it was registered; `content`: its SHA-256, if it was read."""

    path: Path
    stat: SourceStat
    name: str
    exhibit: str
    facts: Facts = ()
    content: bytes = b""
    file: FileId = FileId(b"")  # of a spooled one, with the key it lies under
    spool_key: bytes = field(default=b"", repr=False)
    also: Callable[[Connection], None] | None = None  # what ends in the same transaction


def may_go(session: Session, space: SpaceId, to: tuple[UserId, ...], size: int) -> bool:
    """Refuse what can be refused before a large file is read; whether it may be a known one."""
    freshness.refuse(session)
    check_recipients(place(session, space), to)
    return restrictions.is_known(session, size)


def register(session: Session, space: SpaceId, found: Found, to: tuple[UserId, ...]) -> FileId:
    """Make it an exhibit that is due, in one transaction with its entries in the custody log."""
    freshness.refuse(session)
    at = place(session, space)
    recipients = check_recipients(at, to)
    record = _record(at, found, recipients)
    with transaction(at.sp):
        evidence.add_exhibit(at.sp, record)
        if found.also is not None:
            found.also(at.sp)
        if found.spool_key:
            spool.add(at.sp, record.file, found.spool_key)
        me = session.identity.name
        detail = ", ".join(one for one in (found.exhibit, *factviews.marks(found.facts)) if one)
        custody.append(at.sp, "exhibit-added", me, record, detail, at.now)
        equal = ", ".join(f"{name} {value}" for name, value in digests(found.facts).items())
        if equal:
            custody.append(at.sp, "acquisition-equal", me, record, equal, at.now)
    session.tell(ExhibitsChanged.of(space, record.file))
    return FileId(record.file)


def _record(at: Place, found: Found, recipients: tuple[UserId, ...]) -> ExhibitRecord:
    shape = FileShape(found.stat.size)
    return ExhibitRecord(
        file=found.file or FileId(at.session.entropy.token(16)),
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
