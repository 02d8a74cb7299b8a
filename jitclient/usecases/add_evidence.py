"""Handing over evidence: register the exhibit here; sealing and upload follow in the background."""

from __future__ import annotations

import asyncio
import mimetypes
from pathlib import Path

from crypto.filestream import FileShape
from jitclient.events import ExhibitsChanged
from jitclient.evidence_io import SourceStat, source_stat
from jitclient.foundation.text import check_line, file_name
from jitclient.session import Session
from jitclient.usecases.verify_member import trust_of
from jitclient.views import Trust
from localstore import custody, evidence
from localstore.connection import transaction
from localstore.evidence import ExhibitRecord
from protocol.errors import (
    BadInputError,
    NotFoundError,
    PermissionError_,
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
        PermissionError_: the role may not upload, a recipient may not download, or the space
            demands verified recipients and one is not.
    """
    source = path.expanduser().absolute()
    stat = await asyncio.to_thread(source_stat, source)
    name = file_name(source.name)
    number = check_line(exhibit, "The exhibit number", limit=MAX_EXHIBIT_CHARS) if exhibit else ""
    return await session.run(_register, session, space, source, stat, name, number, to)


def _register(
    session: Session,
    space: SpaceId,
    source: Path,
    stat: SourceStat,
    name: str,
    number: str,
    to: tuple[UserId, ...],
) -> FileId:
    sp = session.stores.space(space)
    recipients = check_recipients(session, space, to)
    shape = FileShape(stat.size)
    now = session.clock.now()
    file = FileId(session.entropy.token(16))
    record = ExhibitRecord(
        file=file,
        message=None,
        manifest=b"",
        file_key=session.entropy.token(32),
        salt=session.entropy.token(24),
        name=name,
        mime=mimetypes.guess_type(name)[0] or "application/octet-stream",
        exhibit=number,
        size=stat.size,
        sha256=b"",
        author_user=session.user,
        mine=True,
        state="sealing",
        sealed_total=shape.sealed_bytes,
        parts=shape.parts,
        source=str(source),
        source_stat=str(stat),
        recipients=recipients,
        added_at=now,
        expires_at=now + RETENTION_SECONDS,
        problem="",
        announced=False,
        root=b"",
        exported_to="",
    )
    with transaction(sp):
        evidence.add_exhibit(sp, record)
        custody.append(sp, "exhibit-added", session.identity.name, name, number, now)
    session.tell(ExhibitsChanged(space))
    return file


def check_recipients(
    session: Session, space: SpaceId, to: tuple[UserId, ...]
) -> tuple[UserId, ...]:
    """Who may receive operational data here, in id order.

    Raises:
        BadInputError, NotFoundError, PermissionError_, SpaceClosedError.
    """
    log = session.log(space)
    me = log.roster.members.get(session.user)
    if log.roster.closed or me is None:
        raise SpaceClosedError("This space is closed, or you are no longer a member of it.")
    if not allows(me.role, Right.UPLOAD):
        raise PermissionError_(f"The role “{me.role.value}” may not hand over evidence here.")
    recipients = tuple(sorted({u for u in to if u != session.user}))
    if not recipients:
        raise BadInputError("An exhibit needs at least one recipient other than yourself.")
    for user in recipients:
        member = log.roster.members.get(user)
        name = session.name_of(user)
        if member is None:
            raise NotFoundError(f"{name} is not a member of this space.")
        if not allows(member.role, Right.DOWNLOAD):
            raise PermissionError_(f"{name} may not receive evidence here.")
        trust = trust_of(session, user, member.user_key)
        if trust is Trust.CHANGED:
            raise PermissionError_(
                f"The key of {name} changed since it was verified. Compare the number again first."
            )
        if log.roster.genesis.verified_only and trust is not Trust.VERIFIED:
            raise PermissionError_(
                f"This space hands evidence to verified members only, and {name} is not "
                "verified yet. Compare the safety number first."
            )
    return recipients
