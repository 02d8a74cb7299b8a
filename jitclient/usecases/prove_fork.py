"""The proof of a fork as a file, for anybody who has this program: `jitclient check-proof FILE`."""

from __future__ import annotations

import asyncio
from pathlib import Path

from crypto import forkproof
from crypto.forkproof import Fork
from jitclient import forks, newfile
from jitclient.session import Session
from protocol.errors import NoInputError
from protocol.forks import MAX_PROOF_BYTES
from protocol.ids import SpaceId


async def export(session: Session, space: SpaceId, path: Path) -> Path:
    """Write the proof of a fork of this space to a new file.

    Raises:
        NotFoundError: no fork was found, or nothing that is signed shows it.
        CannotCreateError: `path` exists, or cannot be made there.
    """
    data = await session.run(forks.proof, session, space)
    view = memoryview(data)
    await asyncio.to_thread(newfile.create, path, lambda out: newfile.write_all(out, view))
    return path


def check(path: Path) -> Fork:
    """Verify the proof in a file; needs no profile and no store.

    Raises:
        NoInputError: it cannot be read; RefusedError: it proves nothing.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_PROOF_BYTES + 1)
    except OSError as error:
        raise NoInputError(f"{path} cannot be read: {error.strerror}.") from error
    return forkproof.check(data)
