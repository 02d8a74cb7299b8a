"""Taking over several small exhibits at once: fetched, opened, compared and kept one by one.

Spec: docs/protocol/50-files.md §50.11.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from jitclient import taking_over
from jitclient.exhibits import sink_for
from jitclient.place import Place
from jitclient.session import Session
from jitclient.together import ONLY, Ended, Leaf, attempt, begun, in_one_act, slices, to_its_end
from localstore import chunks
from localstore.evidence import ExhibitRecord
from protocol.ids import FileId, SpaceId
from sync.filecalls import FileCalls


async def fetch(
    session: Session, calls: FileCalls, space: SpaceId, files: Sequence[FileId], end: Ended
) -> None:
    """Fetch, verify and take over several exhibits of one part each; see `send`.

    Raises:
        JitError: the store's refusal of the request; nothing of it is taken over.
    """
    ready = await session.run(_ready_to_fetch, session, space, files, end)
    if not ready:
        return
    parts = await calls.fetch_together(space, tuple(record.file for record in ready))
    leaves: dict[FileId, bytes] = {}

    def keep(record: ExhibitRecord, data: bytes) -> None:
        journal = Leaf()
        sink = sink_for(session, space, record, journal)
        sink.store(ONLY, memoryview(data))
        sink.finish()
        leaves[FileId(record.file)] = journal.known or b""

    def keep_all() -> None:
        for record, data in zip(ready, parts, strict=True):
            attempt(FileId(record.file), partial(keep, record, data), end)

    await to_its_end(keep_all)
    for some in slices(list(leaves)):
        await session.run(_taken_over, session, space, {f: leaves[f] for f in some}, end)


def _ready_to_fetch(
    session: Session, space: SpaceId, files: Sequence[FileId], end: Ended
) -> list[ExhibitRecord]:
    found = []
    for record in begun(session, space, files, "downloading"):
        file = FileId(record.file)
        taking_over.taken_back(session, space, file)
        if chunks.have(session.stores.space(space), file):
            end.alone.add(file)  # it is here, and only to be looked at
        else:
            found.append(record)
    return found


def _taken_over(session: Session, space: SpaceId, leaves: dict[FileId, bytes], end: Ended) -> None:
    def one(at: Place, file: FileId) -> bool:
        chunks.mark_have(at.sp, file, ONLY, leaves[file])
        return taking_over.within(at, file)

    session.counts.exhibits_in += in_one_act(session, space, list(leaves), one, end)
