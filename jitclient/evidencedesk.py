"""The part of the desk that handles exhibits: handing over, receiving, reading, their log."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from jitclient import acquisition, describing, duplicates, exhibitlist, folders
from jitclient.checkviews import SpaceCheck
from jitclient.paperviews import PaperKind
from jitclient.queries import exhibits, timeline
from jitclient.transferdesk import TransferDesk
from jitclient.usecases import (
    add_evidence,
    add_stream,
    check_space,
    keep_template,
    read_evidence,
    write_paper,
)
from jitclient.usecases.add_evidence import NewExhibit
from jitclient.usecases.add_stream import NewStream
from jitclient.usecases.record_permission import record_permission
from jitclient.views import CustodyChain, CustodyRow, ExhibitRow, ListRow, Purpose
from protocol.facts import Facts
from protocol.ids import FileId, SpaceId, UserId


class EvidenceDesk(TransferDesk):
    """Exhibits of an unlocked profile."""

    async def exhibits(self, space: SpaceId) -> tuple[ExhibitRow, ...]:
        """All exhibits of a space, newest first; what else waits is served in between.

        What changes meanwhile is announced as ever, and read when it is asked for again.
        """
        every = await self._session.run(exhibits.files, self._session, space)
        found: list[ExhibitRow] = []
        for at in range(0, len(every), exhibits.SLICE):
            some = every[at : at + exhibits.SLICE]
            found += await self._session.run(exhibits.some, self._session, space, some)
        return tuple(found)

    async def exhibit(self, space: SpaceId, file: FileId) -> ExhibitRow:
        """One exhibit."""
        return await self._session.run(exhibits.one_exhibit, self._session, space, file)

    async def add_evidence(  # noqa: PLR0913 - what a person says of a file, each by its name
        self,
        space: SpaceId,
        path: Path,
        *,
        to: Sequence[UserId],
        exhibit: str = "",
        facts: Mapping[str, str] | None = None,
        tell: Callable[[int, int], None] | None = None,
        again: bool = False,
    ) -> ExhibitRow:
        """Register an exhibit; sealing and upload run in the background."""
        new = NewExhibit(path=path, number=exhibit, facts=facts or {}, again=again)
        file = await add_evidence.add_evidence(self._session, space, new, to=tuple(to), tell=tell)
        self._link.nudge()
        return await self.exhibit(space, file)

    async def look_through(self, paths: Sequence[Path], most: int) -> tuple[ListRow, ...]:
        """The files of files and folders, and what cannot go; at most `most`. See `folders`."""
        return await asyncio.to_thread(folders.listed, paths, most)

    async def already_there(self, space: SpaceId, path: Path) -> str:
        """Which exhibit has a file's content already, in words; empty: none. See `duplicates`."""
        return await duplicates.told(self._session, space, path)

    async def add_stream(
        self,
        space: SpaceId,
        new: NewStream,
        *,
        to: Sequence[UserId],
        tell: Callable[[int], None] | None = None,
    ) -> ExhibitRow:
        """Keep a stream sealed and register it as an exhibit; see `usecases.add_stream`."""
        file = await add_stream.add_stream(self._session, space, new, to=tuple(to), tell=tell)
        self._link.nudge()
        return await self.exhibit(space, file)

    async def read_report(
        self, report: Path, names: Sequence[str]
    ) -> tuple[Mapping[str, str], ...]:
        """The facts an acquisition report gives of files of these names; see `acquisition`."""
        read = await asyncio.to_thread(acquisition.read_report, report)
        return tuple(read.facts_of(name) for name in names)

    async def read_list(self, path: Path) -> tuple[ListRow, ...]:
        """The rows of a list of exhibits; see `exhibitlist`."""
        return await asyncio.to_thread(exhibitlist.read_list, path, self._session.clock.now())

    async def last_stated(self, space: SpaceId) -> Mapping[str, str]:
        """Case number and authority of the newest own exhibit of a space."""
        return await self._session.run(exhibits.last_stated, self._session, space)

    def fact_problem(self, name: str, value: str) -> str:
        """Why a fact would not be accepted; empty when it would. See `describing`."""
        return describing.problem_with(name, value, self._session.clock.now())

    async def write_paper(
        self, space: SpaceId, kind: PaperKind, path: Path, data: bytes, count: int = 0
    ) -> None:
        """Write a paper of a space to a new file; it is on record. See `usecases.write_paper`."""
        await write_paper.write(self._session, space, kind, path, data, count)

    async def templates(self) -> Mapping[str, Facts]:
        """The templates of this device by name; see `usecases.keep_template`."""
        return await self._session.run(keep_template.every, self._session)

    async def save_template(self, name: str, facts: Mapping[str, str]) -> Facts:
        """Keep those of the facts that are of no case; returns them."""
        return await self._session.run(keep_template.save, self._session, name, facts)

    async def drop_template(self, name: str) -> None:
        """Forget a template."""
        await self._session.run(keep_template.drop, self._session, name)

    async def export(
        self, space: SpaceId, file: FileId, out: Path, purpose: Purpose = Purpose.WORK
    ) -> Path:
        """Write an exhibit's plaintext to a file; see `usecases.read_evidence`."""
        path = await read_evidence.export(self._session, space, file, out, purpose)
        self._link.nudge()
        return path

    async def record_permission(
        self, space: SpaceId, file: FileId, code: str, *, given_by: str, reference: str
    ) -> ExhibitRow:
        """Record what an originator permitted; see `usecases.record_permission`."""
        act = partial(record_permission, given_by=given_by, reference=reference)
        await self._session.run(act, self._session, space, file, code)
        return await self.exhibit(space, file)

    async def verify_exhibit(
        self, space: SpaceId, file: FileId, tell: Callable[[int], None] = lambda _: None
    ) -> ExhibitRow:
        """Read an exhibit again, whole; see `usecases.read_evidence`."""
        await read_evidence.verify(self._session, space, file, tell)
        return await self.exhibit(space, file)

    async def check_space(self, space: SpaceId, tell: check_space.Tell) -> SpaceCheck:
        """Read everything of a space again; see `usecases.check_space`."""
        return await check_space.check_space(self._session, space, tell)

    async def custody(self, space: SpaceId) -> tuple[CustodyRow, ...]:
        """The local custody log of a space."""
        return await self._session.run(timeline.custody_log, self._session, space)

    async def custody_chain(
        self, space: SpaceId, known: CustodyChain | None = None
    ) -> CustodyChain:
        """Whether the local custody log is whole; see `queries.timeline.custody_chain`."""
        return await self._session.run(timeline.custody_chain, self._session, space, known)

    async def custody_of(self, space: SpaceId, file: FileId) -> tuple[CustodyRow, ...]:
        """What the local custody log says of one exhibit, oldest first."""
        return await self._session.run(timeline.custody_of, self._session, space, file)
