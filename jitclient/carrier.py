"""The carrier: goes on with transfers while the window is locked. A process of its own.

`python -m jitclient.carrier` reads one `Lot` from its standard input. It knows the keys of the
files that are on their way up, none of those on their way down, and a session at the store, which
ends within the hour and which it cannot renew; no key of a database, a message or a device. It
writes sealed parts, the journal of `localstore.carried`, and nothing else.
Spec: docs/protocol/80-vault.md §80.8.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from crypto.filestream import FileShape, Sealer
from crypto.spool import SpoolCipher
from jitclient import carrierlock, networking
from jitclient.carriedjobs import MAX_LOT_BYTES, Fetch, Job, Lot
from jitclient.evidence_source import EvidenceSource
from jitclient.foundation.clock import SystemClock
from jitclient.limiting import Watched
from jitclient.sealedsink import SealedSink
from jitclient.sourcefile import PlainFile, SourceStat
from jitclient.spool import SpoolFile
from jitclient.unlocking import forbid_core_dumps
from localstore import carried
from protocol import codec
from protocol.errors import JitError, NotEnrolledError, NotSignedInError, StoreIdentityError
from protocol.ids import FileId, SpaceId, UserId
from protocol.limits import SESSION_SECONDS
from sync.api import StoreApi
from sync.line import Line
from sync.terms import Terms
from sync.throttle import Throttle
from sync.tls import pinned_context
from sync.transfers import DownloadJob, UploadJob, download, upload
from sync.transport import Transport

READY: Final = b"ready\n"
_LOOK_SECONDS: Final = 1.0
_TIMEOUT: Final = 30.0
_OVER: Final = (NotEnrolledError, NotSignedInError, StoreIdentityError)
"""The session is over, or it is another store: nothing more can go."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Between where and where parts move."""

    profile: Path
    api: StoreApi
    line: Line


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
    """End with the window that was locked, with the session, or with the last transfer."""
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
    place = _Place(Path(os.fsdecode(lot.profile)), api, line)
    limits = Watched(place.profile)
    up, down = Throttle(wanted=limits.up()), Throttle(wanted=limits.down())
    try:
        await asyncio.gather(
            _each(_send(job, place, _terms(up)) for job in lot.jobs),
            _each(_fetch(one, place, _terms(down)) for one in lot.fetches),
        )
        with contextlib.suppress(JitError):
            await api.sign_out()
    finally:
        await transport.aclose()


async def _each(acts: Iterable[Coroutine[object, object, None]]) -> None:
    """One after the other, until the session is over."""
    for act in acts:
        try:
            await act
        except _OVER:
            return
        except JitError:
            continue  # whoever unlocks tries it again, and is told


def _terms(throttle: Throttle) -> Terms:
    clock = SystemClock()
    return Terms(clock=clock.monotonic, jitter=clock.jitter, throttle=throttle)


async def _fetch(one: Fetch, place: _Place, terms: Terms) -> None:
    space, file = SpaceId(one.space), FileId(one.file)
    shape = FileShape(one.size)
    folder = place.profile / "spaces" / space.hex() / "parts" / file.hex()
    journal = carried.Journal(carried.journal_file(place.profile, space, file))
    with contextlib.closing(journal):
        sink = SealedSink(folder, shape, one.root, journal)
        longest = shape.sealed_len(0)
        job = DownloadJob(space=space, file=file, parts=shape.parts, part_bytes=longest)
        await download(job, sink, store=place.api, line=place.line, terms=terms)


async def _send(job: Job, place: _Place, terms: Terms) -> None:
    space, file = SpaceId(job.space), FileId(job.file)
    profile, shape = place.profile, FileShape(job.size)
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
            await upload(told, source, store=place.api, line=place.line, terms=terms)


if __name__ == "__main__":
    raise SystemExit(main())
