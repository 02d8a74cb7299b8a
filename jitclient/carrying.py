"""Transfers that go on while the window is locked: given to a carrier, and taken over again.

Only where the person asked for it. Spec: docs/protocol/80-vault.md §80.8.
"""

from __future__ import annotations

import os
import subprocess
from typing import Final

from jitclient import handing_over, queueing, taking_over
from jitclient.carriedjobs import MAX_JOBS, Fetch, Job, Lot, fitting
from jitclient.foundation.programs import CARRIER, words_to_start
from jitclient.session import Session
from localstore import carried, chunks, evidence, spool
from protocol import codec
from protocol.errors import JitError
from protocol.ids import FileId, SpaceId
from sync.api import StoreApi

COMMAND: Final = words_to_start(CARRIER)


async def gather(session: Session, api: StoreApi, *, small: bool = False) -> Lot | None:
    """What a carrier needs for the transfers that are due; None: there are none, or no store.

    The transfers of this process have ended before. `small`: the line is metered, large ones wait.
    """
    found = await session.run(_jobs, session, small)
    if not found:
        return None
    try:
        await api.sign_in()  # so that the session has all of its hour left
        token = await api.token()
    except JitError:
        return None
    return Lot(
        version=1,
        profile=os.fsencode(session.profile.directory),
        store=session.identity.store_address,
        certificate=session.identity.store_certificate,
        token=token,
        jobs=tuple(one for one in found if isinstance(one, Job)),
        fetches=tuple(one for one in found if isinstance(one, Fetch)),
    )


def start(lot: Lot) -> None:
    """Start the carrier, after the session was closed. Waits until it holds the profile's lock."""
    # A list of our own words, no shell; keys go through the pipe, never into words or environment.
    process = subprocess.Popen(  # noqa: S603
        list(COMMAND),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        close_fds=True,
    )
    if process.stdin is None or process.stdout is None:
        return
    try:
        process.stdin.write(codec.encode(lot))
        process.stdin.close()
        process.stdout.readline()
    except OSError:
        process.kill()


# --- below: database thread only -----------------------------------------------------------------


def _jobs(session: Session, small: bool) -> list[Job | Fetch]:
    found: list[Job | Fetch] = []
    due = queueing.due_in_order(session, -1 if small else MAX_JOBS, ())
    for space, file in [one.key for one in due if one.small or not small][:MAX_JOBS]:
        try:
            job = _job(session, space, file) or _fetch(session, space, file)
        except JitError:
            continue  # why it does not go is told where it is tried
        if job is not None:
            found.append(job)
    return fitting(found)


def _job(session: Session, space: SpaceId, file: FileId) -> Job | None:
    sp = session.stores.space(space)
    record = evidence.exhibit(sp, file)
    if record is None or not record.mine or not queueing.is_due(record):
        return None
    audience = handing_over.audience(session, space, record)
    # First what a carrier before this one sealed: its journal is about to be replaced.
    handing_over.taken_back(session, space, file)
    journal = carried.journal_file(session.profile.directory, space, file)
    carried.begin(journal, chunks.numbered(sp, file))
    return Job(
        version=1,
        space=space,
        file=file,
        file_key=record.file_key,
        salt=record.salt,
        size=record.size,
        source=os.fsencode(record.source),
        source_stat=record.source_stat,
        spool_key=spool.key(sp, file) or b"",
        recipients=tuple(audience),
    )


def _fetch(session: Session, space: SpaceId, file: FileId) -> Fetch | None:
    sp = session.stores.space(space)
    record = evidence.exhibit(sp, file)
    if record is None or record.mine or not queueing.is_due(record):
        return None
    # First what a carrier before this one kept: its journal is about to be replaced.
    taking_over.taken_back(session, space, file)
    chunks.make_parts_folder(session.profile, space, file)
    kept = chunks.have(sp, file)
    journal = carried.journal_file(session.profile.directory, space, file)
    carried.begin(journal, (row for row in chunks.numbered(sp, file) if row[0] in kept))
    return Fetch(version=1, space=space, file=file, size=record.size, root=record.root)
