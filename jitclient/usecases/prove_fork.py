"""Proofs of two logs as a file, for anybody with this program: `jitclient check-proof FILE`."""

from __future__ import annotations

import asyncio
from pathlib import Path

from crypto import forkproof, logdispute
from crypto.forkproof import Fork
from crypto.logdispute import Dispute
from jitclient import carrying_out, forks, gossip, newfile
from jitclient.session import Session
from protocol.errors import MalformedError, NoInputError
from protocol.forks import MAX_PROOF_BYTES
from protocol.ids import SpaceId


async def export(session: Session, space: SpaceId, path: Path) -> Path:
    """Write the proof of a fork of this space to a new file.

    Raises:
        NotFoundError: no fork was found, or nothing that is signed shows it.
        CannotCreateError: `path` exists, or cannot be made there.
    """
    data = await session.run(forks.proof, session, space)
    copy = carrying_out.planned(path.absolute(), "proof")
    async with carrying_out.carried(session, space, [copy]):
        await _write(data, copy.path, copy.temporary)
    return path


async def export_dispute(session: Session, path: Path) -> Path:
    """Write what proves two heads of the store's access log to a new file.

    Raises:
        NotFoundError: nothing contradicts it.
        CannotCreateError: `path` exists, or cannot be made there.
    """
    await _write(await session.run(gossip.proof, session), path)
    return path


async def _write(data: bytes, path: Path, temporary: Path | None = None) -> None:
    view = memoryview(data)
    await asyncio.to_thread(
        newfile.create, path, lambda out: newfile.write_all(out, view), temporary=temporary
    )


def check(path: Path) -> Fork | Dispute:
    """Verify the proof in a file; needs no profile and no store.

    Raises:
        NoInputError: it cannot be read; RefusedError: it proves nothing.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_PROOF_BYTES + 1)
    except OSError as error:
        raise NoInputError(f"{path} cannot be read: {error.strerror}.") from error
    try:
        return logdispute.check(data)
    except MalformedError:
        return forkproof.check(data)
