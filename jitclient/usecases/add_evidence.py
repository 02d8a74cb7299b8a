"""Handing over evidence: register the exhibit here; sealing and upload follow in the background."""

from __future__ import annotations

import asyncio
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from crypto.filestream import FileShape
from jitclient import describing, freshness
from jitclient.events import ExhibitsChanged
from jitclient.evidence_io import SourceStat, source_stat
from jitclient.foundation.text import check_line, file_name
from jitclient.place import Place, place
from jitclient.recipients import check_recipients
from jitclient.session import Session
from localstore import custody, evidence
from localstore.connection import transaction
from localstore.evidence import ExhibitRecord
from protocol.facts import Facts
from protocol.ids import FileId, SpaceId, UserId
from protocol.limits import MAX_EXHIBIT_CHARS, RETENTION_SECONDS


async def add_evidence(
    session: Session,
    space: SpaceId,
    path: Path,
    *,
    to: tuple[UserId, ...],
    exhibit: str = "",
    facts: Mapping[str, str] = MappingProxyType({}),
) -> FileId:
    """Register one file as an exhibit for some members; returns its id.

    Raises:
        NoInputError: the file is missing, unreadable or not a regular file.
        BadInputError: its name, the exhibit number or a fact is unusable, or nobody is addressed.
        PutBackError: an old copy of this profile runs.
        NotPermittedError: the role may not upload, a recipient may not download, or the space
            demands verified recipients and one is not.
    """
    source = path.expanduser().absolute()
    stat = await asyncio.to_thread(source_stat, source)
    name = file_name(source.name)
    number = check_line(exhibit, "The exhibit number", limit=MAX_EXHIBIT_CHARS) if exhibit else ""
    stated = describing.described(facts, session.clock.now())
    found = _Found(source, stat, name, number, stated)
    return await session.run(_register, session, space, found, to)


@dataclass(frozen=True, slots=True)
class _Found:
    """A file as it was when it was registered."""

    path: Path
    stat: SourceStat
    name: str
    exhibit: str
    facts: Facts = ()


def _register(session: Session, space: SpaceId, found: _Found, to: tuple[UserId, ...]) -> FileId:
    freshness.refuse(session)
    at = place(session, space)
    recipients = check_recipients(at, to)
    record = _record(at, found, recipients)
    with transaction(at.sp):
        evidence.add_exhibit(at.sp, record)
        me = session.identity.name
        custody.append(at.sp, "exhibit-added", me, found.name, found.exhibit, at.now)
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
    )
