"""Looking at an exhibit in the safe viewer: one process for it, and a line in the custody log."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from jitclient.pageviews import Encoding, Kind, Opened, Pixels
from jitclient.session import Session
from jitclient.usecases import read_evidence
from jitclient.viewing.errors import ViewerEndedError, ViewerRefusedError
from jitclient.viewing.viewer import Viewer
from localstore import custody
from localstore.connection import transaction
from localstore.evidence import ExhibitRecord
from protocol.errors import HashMismatchError, JitError, PartCorruptedError
from protocol.ids import FileId, SpaceId

VIEWED: Final = "exhibit-viewed"
NOT_SHOWN: Final = "exhibit-not-shown"
BEFORE: Final = (
    "The viewer ended on this exhibit before. It is damaged, or it was made to attack whoever "
    "opens it."
)
CLOSED: Final = "This exhibit was closed."
T = TypeVar("T")


class Viewing:
    """One exhibit that is looked at; its process ends with `close`.

    Its process is started by, and ends with, a thread of its own.
    """

    def __init__(self, session: Session, space: SpaceId, record: ExhibitRecord) -> None:
        self._session = session
        self.space = space
        self._record = record
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="viewer")
        self._viewer: Viewer | None = None
        self.closed = False

    async def open(self, encoding: Encoding, command: Sequence[str]) -> Opened:
        """Start the process with `command`, look, and put on record that it was looked at.

        Raises:
            CannotShowError: of no type that is shown, or damaged, or too large;
            ViewerEndedError, ViewerRefusedError: on record in the log, the second as an alarm;
            ViewerUnconfinedError: this machine cannot confine it;
            PartCorruptedError: the local copy is damaged. Afterwards nothing more is shown.
        """
        reader = read_evidence.reader_of(self._session, self.space, self._record)
        viewer = self._viewer = Viewer(self._record.size, reader.read_range, command=command)
        shown = await self._do(lambda: viewer.open(encoding))
        what = "Text" if shown.kind is Kind.TEXT else shown.kind.name
        pages = f"{shown.pages} page" if shown.pages == 1 else f"{shown.pages} pages"
        await self._session.run(self._on_record, VIEWED, f"{what}, {pages}")
        return Opened(shown, viewer.walls)

    async def page(self, number: int, width: int, height: int) -> Pixels:
        """A page, from 0, that fits into so many points.

        Raises:
            As `open`.
        """
        viewer = self._viewer
        if viewer is None:
            raise ViewerEndedError(CLOSED)
        return await self._do(lambda: viewer.page(number, width, height))

    def close(self) -> None:
        """End the process. May be called again."""
        if not self.closed and self._viewer is not None:
            self._viewer.close()
            self._thread.submit(self._viewer.reap)
        self.closed = True
        self._thread.shutdown(wait=False)

    async def _do(self, act: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, act)
        except (ViewerEndedError, ViewerRefusedError) as error:
            if self.closed:
                raise ViewerEndedError(CLOSED) from error  # by us: that is no failure of its own
            self.close()
            await self._session.run(self._failed, error)
            raise
        except (PartCorruptedError, HashMismatchError) as error:
            self.close()
            file = FileId(self._record.file)
            await self._session.run(
                read_evidence.mark_damaged, self._session, self.space, file, error
            )
            raise
        except RuntimeError as error:  # closed between two pages
            raise ViewerEndedError(CLOSED) from error

    def _failed(self, error: JitError) -> None:
        self._on_record(NOT_SHOWN, _detail(self._record, error.reason))
        if isinstance(error, ViewerRefusedError):
            self._session.alarm(self.space, error, key=self._record.file.hex())

    def _on_record(self, what: str, detail: str) -> None:
        sp = self._session.stores.space(self.space)
        name, now = self._session.identity.name, self._session.clock.now()
        with transaction(sp):
            custody.append(sp, what, name, self._record, detail, now)


async def view_exhibit(
    session: Session, space: SpaceId, file: FileId, *, again: bool = False
) -> Viewing:
    """Get ready to look at a verified exhibit; `again`: also if the viewer ended on it before.

    Raises:
        NotFoundError, ActionNeededError, HashMismatchError: there is none, or it is one's own;
        ViewerEndedError: the viewer ended on it before.
    """
    return Viewing(session, space, await session.run(_record, session, space, file, again))


def _record(session: Session, space: SpaceId, file: FileId, again: bool) -> ExhibitRecord:
    record = read_evidence.exhibit_here(session, space, file)
    sp, me = session.stores.space(space), session.identity.name
    codes = (ViewerEndedError.code, ViewerRefusedError.code)
    if not again and any(custody.count(sp, NOT_SHOWN, me, _detail(record, code)) for code in codes):
        raise ViewerEndedError(BEFORE, code="viewer-ended-before")
    return record


def _detail(record: ExhibitRecord, code: str) -> str:
    return f"{code}, sha256 {record.sha256.hex()}"
