"""Handing over evidence: register the exhibit here; sealing and upload follow in the background."""

from __future__ import annotations

import asyncio
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from crypto.filestream import FileShape
from jitclient.events import ExhibitsChanged
from jitclient.evidence_io import SourceStat, source_stat
from jitclient.foundation.text import check_line, file_name
from jitclient.place import Place, place
from jitclient.session import Session
from jitclient.usecases.verify_member import trust_of
from jitclient.views import Trust
from localstore import custody, evidence
from localstore.connection import transaction
from localstore.evidence import ExhibitRecord
from protocol.errors import (
    BadInputError,
    NotFoundError,
    NotPermittedError,
    SpaceClosedError,
)
from protocol.ids import FileId, SpaceId, UserId
from protocol.limits import MAX_EXHIBIT_CHARS, RETENTION_SECONDS
from protocol.roles import Right, allows


async def add_evidence(
    session: Session, space: SpaceId, path: Path, *, to: tuple[UserId, ...], exhibit: str = ""
) -> FileId:
    """Register one file as an exhibit for some members; returns its id.

    Raises:
        NoInputError: the file is missing, unreadable or not a regular file.
        BadInputError: its name or the exhibit number is unusable, or nobody is addressed.
        NotPermittedError: the role may not upload, a recipient may not download, or the space
            demands verified recipients and one is not.
    """
    source = path.expanduser().absolute()
    stat = await asyncio.to_thread(source_stat, source)
    name = file_name(source.name)
    number = check_line(exhibit, "The exhibit number", limit=MAX_EXHIBIT_CHARS) if exhibit else ""
    found = _Found(source, stat, name, number)
    return await session.run(_register, session, space, found, to)


@dataclass(frozen=True, slots=True)
class _Found:
    """A file as it was when it was registered."""

    path: Path
    stat: SourceStat
    name: str
    exhibit: str


def _register(session: Session, space: SpaceId, found: _Found, to: tuple[UserId, ...]) -> FileId:
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
    )


def check_recipients(at: Place, to: tuple[UserId, ...]) -> tuple[UserId, ...]:
    """Who may receive operational data here, in id order.

    Raises:
        BadInputError, NotFoundError, NotPermittedError, SpaceClosedError.
    """
    session, log = at.session, at.log
    me = log.roster.members.get(session.user)
    if log.roster.closed or me is None:
        raise SpaceClosedError("This space is closed, or you are no longer a member of it.")
    if not allows(me.role, Right.UPLOAD):
        raise NotPermittedError(f"The role “{me.role.value}” may not hand over evidence here.")
    recipients = tuple(sorted({u for u in to if u != session.user}))
    if not recipients:
        raise BadInputError("An exhibit needs at least one recipient other than yourself.")
    for user in recipients:
        member = log.roster.members.get(user)
        name = session.name_of(user)
        if member is None:
            raise NotFoundError(f"{name} is not a member of this space.")
        if not allows(member.role, Right.DOWNLOAD):
            raise NotPermittedError(f"{name} may not receive evidence here.")
        trust = trust_of(session, user, member.user_key)
        if trust is Trust.CHANGED:
            raise NotPermittedError(
                f"The key of {name} changed since it was verified. Compare the number again first."
            )
        if log.roster.genesis.verified_only and trust is not Trust.VERIFIED:
            raise NotPermittedError(
                f"This space hands evidence to verified members only, and {name} is not "
                "verified yet. Compare the safety number first."
            )
    return recipients
