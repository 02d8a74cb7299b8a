"""Handing over what comes in from standard input: kept sealed here until the store has it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from crypto.spool import SpoolCipher
from jitclient import acquisition, duplicates, registering, restrictions
from jitclient import spool as spooling
from jitclient.errors import AcquisitionDiffersError, HandlingCodeError
from jitclient.registering import Found, Said
from jitclient.restrictions import Going
from jitclient.session import Session
from jitclient.spool import Spooled
from localstore.connection import Connection
from protocol.facts import digests
from protocol.ids import FileId, SpaceId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStream:
    """What a person says of what comes in; `again`: a duplicate may go.

    `also` runs in the transaction that registers it.
    """

    stream: BinaryIO
    name: str
    number: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    again: bool = False
    also: Callable[[Connection], None] | None = None


async def add_stream(
    session: Session,
    space: SpaceId,
    new: NewStream,
    *,
    to: tuple[UserId, ...],
    tell: Callable[[int], None] | None = None,
) -> FileId:
    """Seal a stream to the spool until it ends and register it as an exhibit; returns its id.

    What can be refused is refused before anything is read. Meanwhile `tell` is called with the
    bytes that came. Whatever fails, nothing is left.

    Raises:
        NoInputError: it cannot be read; DiskError: there is no room.
        BadInputError, AcquisitionDiffersError, HandlingCodeError, DuplicateError, PutBackError,
        NotPermittedError: as for `add_evidence`.
    """
    said = registering.said(new.name, new.number, new.facts, session.clock.now())
    await session.run(registering.may_go, session, space, to, 0)
    file, key = FileId(session.entropy.token(16)), session.entropy.token(32)
    path = spooling.spool_file(session.profile, space, file)
    session.spooling.add(file)
    try:
        came = await _come_in(new, path, SpoolCipher(key, space, file), said, tell)
        await _judge(session, space, new, said, came, to)
        found = Found(path, came.stat, said.name, said.number, said.facts)
        found.also = new.also
        found.content, found.file, found.spool_key = came.digests["sha256"], file, key
        return await session.run(registering.register, session, space, found, to)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    finally:
        session.spooling.discard(file)


async def _come_in(
    new: NewStream,
    path: Path,
    cipher: SpoolCipher,
    said: Said,
    tell: Callable[[int], None] | None,
) -> Spooled:
    loop = asyncio.get_running_loop()

    def moved(done: int) -> None:
        if tell is not None:
            loop.call_soon_threadsafe(tell, done)

    algorithms = {"sha256", *digests(said.facts)}
    return await asyncio.to_thread(spooling.take_in, new.stream, path, cipher, algorithms, moved)


async def _judge(
    session: Session,
    space: SpaceId,
    new: NewStream,
    said: Said,
    came: Spooled,
    to: tuple[UserId, ...],
) -> None:
    """Everything that is asked of a file, now that its hashes are known."""
    found = {name: value.hex() for name, value in came.digests.items()}
    try:
        acquisition.judge(Path(said.name), digests(said.facts), found)
    except AcquisitionDiffersError as error:
        words = ("acquisition-differs", said.name, error.sentence)
        await session.run(registering.note, session, space, *words)
        raise
    going = Going(came.stat.size, came.digests["sha256"], said.facts)
    against = await session.run(restrictions.against, session, going, to)
    if against:
        raise HandlingCodeError(against)
    if not new.again:
        content = came.digests["sha256"]
        await duplicates.refuse_content(session, space, came.stat.size, content)
