"""A file whose content a space has already is noticed before anything of it is sealed.

Compared is the content, not the name. A file is read for that only if the space has one of exactly
its size, so that of most files nothing is read twice. Spec: docs/protocol/50-files.md §50.6.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from jitclient.acquisition import sha256_of
from jitclient.errors import DuplicateError
from jitclient.evidence_io import SourceStat, source_stat
from jitclient.session import Session
from localstore import evidence
from localstore.connection import transaction
from localstore.evidence import ExhibitRecord
from protocol.errors import NoInputError
from protocol.ids import SpaceId, UserId


async def refuse(session: Session, space: SpaceId, source: Path, size: int) -> bytes:
    """Refuse a file that the space has; its SHA-256 where it was read, empty otherwise.

    `source` is the file, of `size` bytes.

    Raises:
        DuplicateError: naming the exhibit.
        NoInputError: it cannot be read.
    """
    if not await session.run(_has_size, session, space, size):
        return b""
    content = await asyncio.to_thread(sha256_of, source)
    await refuse_content(session, space, size, content)
    return content


async def told(session: Session, space: SpaceId, source: Path) -> str:
    """Which exhibit a file would be a duplicate of, in words; empty where none, or not readable."""
    try:
        source = source.expanduser().absolute()
        stat = await asyncio.to_thread(source_stat, source)
        await refuse(session, space, source, stat.size)
    except DuplicateError as error:
        return error.sentence
    except NoInputError:
        return ""
    return ""


async def refuse_content(session: Session, space: SpaceId, size: int, content: bytes) -> None:
    """As `refuse`, where the SHA-256 of the `size` bytes is known."""
    await _read_earlier(session, space, size)
    sentence = await session.run(_told, session, space, content)
    if sentence:
        raise DuplicateError(sentence)


async def _read_earlier(session: Session, space: SpaceId, size: int) -> None:
    """Whoever was the first of this size and is not sealed yet was not read; now it is."""
    earlier = await session.run(_unread, session, space, size)
    if earlier is None:
        return
    content = await asyncio.to_thread(_content_now, earlier)
    if content:
        await session.run(_note, session, space, earlier.file, content)


def _content_now(record: ExhibitRecord) -> bytes:
    """The SHA-256 of an own exhibit's source, if it still is what was registered."""
    path, expected = Path(record.source), SourceStat.parse(record.source_stat)
    try:
        content = sha256_of(path)
        return content if source_stat(path) == expected else b""
    except NoInputError:
        return b""


def _has_size(session: Session, space: SpaceId, size: int) -> bool:
    return evidence.has_size(session.stores.space(space), size)


def _unread(session: Session, space: SpaceId, size: int) -> ExhibitRecord | None:
    return evidence.unread(session.stores.space(space), size)


def _note(session: Session, space: SpaceId, file: bytes, content: bytes) -> None:
    sp = session.stores.space(space)
    with transaction(sp):
        evidence.update_exhibit(sp, file, digest=content)


def _told(session: Session, space: SpaceId, content: bytes) -> str:
    """Which exhibit has this content, in words; empty when none has."""
    record = evidence.of_content(session.stores.space(space), content)
    if record is None:
        return ""
    number = f" ({record.exhibit})" if record.exhibit else ""
    whose = "you" if record.mine else session.name_of(UserId(record.author_user))
    return f"This content is in the space already: “{record.name}”{number}, added by {whose}."
