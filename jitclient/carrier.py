"""The carrier: goes on with uploads while the window is locked. A process of its own.

`python -m jitclient.carrier` reads one `Lot` from its standard input. It knows the keys of the
files that are on their way and a session at the store, which ends within the hour and which it
cannot renew; no key of a database, a message or a device. It writes the journal of
`localstore.carried` and nothing else. Spec: docs/protocol/80-vault.md §80.8.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import time
from functools import partial
from pathlib import Path
from typing import Final

from crypto.filestream import FileShape, Sealer
from crypto.spool import SpoolCipher
from jitclient import carrierlock, networking
from jitclient.carriedjobs import MAX_LOT_BYTES, Job, Lot
from jitclient.evidence_source import EvidenceSource
from jitclient.foundation.clock import SystemClock
from jitclient.limiting import Watched
from jitclient.sourcefile import PlainFile, SourceStat
from jitclient.spool import SpoolFile
from jitclient.unlocking import forbid_core_dumps
from localstore import carried
from protocol import codec
from protocol.errors import JitError, NotEnrolledError, NotSignedInError, StoreIdentityError
from protocol.ids import FileId, SpaceId, UserId
from protocol.limits import SESSION_SECONDS
from sync.api import StoreApi
from sync.chunk_io import Line
from sync.terms import Terms
from sync.throttle import Throttle
from sync.tls import pinned_context
from sync.transfers import UploadJob, upload
from sync.transport import Transport

READY: Final = b"ready\n"
_LOOK_SECONDS: Final = 1.0
_TIMEOUT: Final = 30.0
_OVER: Final = (NotEnrolledError, NotSignedInError, StoreIdentityError)
"""The session is over, or it is another store: nothing more can go."""


def main() -> int:
    """Hold the profile's `carrying`, say so, and carry."""
    forbid_core_dumps()
    lot = codec.decode(Lot, sys.stdin.buffer.read(MAX_LOT_BYTES + 1), limit=MAX_LOT_BYTES)
    try:
        networking.apply(Path(os.fsdecode(lot.profile)))
        carrierlock.hold(Path(os.fsdecode(lot.profile)))
    except JitError:
        return 1
    with contextlib.suppress(OSError):
        sys.stdout.buffer.write(READY)
        sys.stdout.buffer.flush()
    asyncio.run(_while_somebody_is_there(lot))
    return 0


async def _while_somebody_is_there(lot: Lot) -> None:
    """End with the window that was locked, with the session, or with the last upload."""
    parent = os.getppid()
    work = asyncio.get_running_loop().create_task(_carry(lot))
    ends = time.monotonic() + SESSION_SECONDS
    while not work.done() and os.getppid() == parent and time.monotonic() < ends:
        await asyncio.wait((work,), timeout=_LOOK_SECONDS)
    work.cancel()
    await asyncio.wait((work,))


async def _carry(lot: Lot) -> None:
    transport = Transport(lot.store, lot.certificate, timeout=_TIMEOUT)
    api = StoreApi(transport, None, lot.token)
    host, _, port = lot.store.rpartition(":")
    line = Line(host.strip("[]"), int(port), pinned_context(lot.certificate))
    throttle = Throttle(wanted=Watched(Path(os.fsdecode(lot.profile))).up())
    try:
        for job in lot.jobs:
            try:
                await _one(job, lot, api, line, throttle)
            except _OVER:
                return
            except JitError:
                continue  # whoever unlocks tries it again, and is told
        with contextlib.suppress(JitError):
            await api.sign_out()
    finally:
        await transport.aclose()


async def _one(job: Job, lot: Lot, api: StoreApi, line: Line, throttle: Throttle) -> None:
    space, file = SpaceId(job.space), FileId(job.file)
    profile = Path(os.fsdecode(lot.profile))
    clock, shape = SystemClock(), FileShape(job.size)
    sealer = Sealer(job.file_key, space, file, job.salt, shape)
    journal = carried.Journal(carried.journal_file(profile, space, file))
    opened = PlainFile
    if job.spool_key:
        opened = partial(SpoolFile, cipher=SpoolCipher(job.spool_key, space, file))  # type: ignore[assignment]
    path, stat = Path(os.fsdecode(job.source)), SourceStat.parse(job.source_stat)
    with contextlib.closing(journal):
        source = await asyncio.to_thread(EvidenceSource, path, sealer, journal, stat, opened)
        with source:
            told = UploadJob(
                space=space,
                file=file,
                parts=shape.parts,
                sealed_bytes=shape.sealed_bytes,
                recipients=tuple(UserId(one) for one in job.recipients),
            )
            terms = Terms(clock=clock.monotonic, jitter=clock.jitter, throttle=throttle)
            await upload(told, source, store=api, line=line, terms=terms)


if __name__ == "__main__":
    raise SystemExit(main())
