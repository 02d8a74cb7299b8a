"""Puts connection, queue, transfers, retention and verification into words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from jitclient.events import ConnectionChanged, DiskChanged, TransferMoved
from jitclient.views import AlarmRow, Connection, SpaceDetail, Status
from protocol.errors import JitError
from protocol.ids import FileId, SpaceId
from ui import words
from ui.language import told, tr, trn
from ui.ports import DeskPort
from ui.presenting import Presenter
from ui.spaces import standing
from ui.status.state import StatusState, synced
from ui.tasks import Reload, TaskScope
from ui.theme.tokens import Tone
from ui.words import Badge

_SAID_SECONDS: Final = 4.0
_UNDO_SECONDS: Final = 8.0


class StatusPresenter(Presenter[StatusState]):
    """Asks the desk after every event that could change the strip."""

    def __init__(
        self,
        desk: DeskPort,
        tasks: TaskScope,
        clock: Callable[[], float],
        on_alarms: Callable[[tuple[AlarmRow, ...]], None],
    ) -> None:
        super().__init__(StatusState())
        self._desk = desk
        self._tasks = tasks
        self._clock = clock
        self._on_alarms = on_alarms
        self._status: Status | None = None
        self._detail: SpaceDetail | None = None
        self._moving: dict[FileId, TransferMoved] = {}
        self._said = 0.0
        self._back: Callable[[], None] | None = None
        self.refresh = Reload(tasks, self._load, name="status")

    @property
    def moving(self) -> int:
        """How many exhibits travel or wait to travel."""
        waiting = self._status.waiting_transfers if self._status is not None else 0
        return max(len(self._moving), waiting)

    def selected(self, detail: SpaceDetail | None) -> None:
        """Another space is in front."""
        self._detail = detail
        self._tell()

    def connection(self, event: ConnectionChanged | DiskChanged) -> None:
        """The store came or went, or the disk takes writing no more, or again."""
        if isinstance(event, DiskChanged):
            self.refresh()
            return
        if event.connection is not Connection.ONLINE:
            self._moving.clear()
        if self._status is not None:
            self._status = replace(self._status, connection=event.connection, problem=event.problem)
        self._tell()
        self.refresh()

    def moved(self, event: TransferMoved) -> None:
        """Bytes moved."""
        if event.done >= event.total:
            self._moving.pop(event.file, None)
            self.refresh()
        else:
            self._moving[event.file] = event
        self._tell()

    def settled(self, space: SpaceId) -> None:
        """Exhibits of a space changed state: what still travels tells so again at once."""
        for file in [one.file for one in self._moving.values() if one.space == space]:
            self._moving.pop(file)
        self._tell()

    def say(self, notice: str) -> None:
        """A short word of success; it stays for a few seconds."""
        self._said = self._clock()
        self._back = None
        self._show(replace(self.state, notice=notice, undo=False))

    def offer(self, notice: str, back: Callable[[], None]) -> None:
        """Say what was done; for a while `back` takes it back."""
        self.say(notice)
        self._back = back
        self._show(replace(self.state, undo=True))

    def undo(self) -> None:
        """Take back what was said last, while that is offered."""
        back = self._back
        if back is not None:
            self.say(tr("Taken back"))
            back()

    def tick(self) -> None:
        """Time went by."""
        patience = _UNDO_SECONDS if self.state.undo else _SAID_SECONDS
        if self.state.notice and self._clock() - self._said >= patience:
            self._back = None
            self._show(replace(self.state, notice="", undo=False))
        self._tell()

    def sync_now(self) -> None:
        """Ask for one complete round now."""
        self._tasks.start(self._sync(), name="sync")

    async def _sync(self) -> None:
        self.say(tr("Synchronising…"))
        report = await self._desk.sync_now()
        self.say(tr("Synchronised") if report.online else tr("Still offline"))
        await self._load()

    async def _load(self) -> None:
        try:
            self._status = await self._desk.status()
        except JitError as failure:
            self._show(replace(self.state, problem=told(failure.sentence)))
            return
        if not self._status.waiting_transfers:
            self._moving.clear()
        self._on_alarms(self._status.alarms)
        self._tell()

    def _tell(self) -> None:
        status = self._status
        if status is None:
            return
        now = int(self._clock())
        self._show(
            replace(
                self.state,
                connection=_connection(status),
                synced=synced(status.last_sync, now),
                transfers=self._transfers(status),
                retention=standing.retention(self._detail, now),
                security=standing.security(self._detail),
                keyring=status.keyring,
                sheet=status.sheet_at is not None,
                problem=told(status.problem),
            )
        )

    def _transfers(self, status: Status) -> Badge:
        if self._moving:
            done = sum(one.done for one in self._moving.values())
            total = sum(one.total for one in self._moving.values())
            speed = words.rate(sum(one.rate for one in self._moving.values()))
            moving = len(self._moving)
            count = trn("{count} transfer", "{count} transfers", moving)
            parts = [count, f"{words.percent(done, total)} %", speed]
            return Badge("  ·  ".join(part for part in parts if part), "arrow-up-down", Tone.ACCENT)
        if status.waiting_transfers:
            waiting = trn(
                "{count} transfer waiting", "{count} transfers waiting", status.waiting_transfers
            )
            return Badge(waiting, "hourglass", Tone.WARN)
        return Badge(tr("No transfers"), "arrow-up-down")


def _connection(status: Status) -> Badge:
    shown = words.CONNECTIONS[status.connection]
    waiting = status.waiting_messages + status.waiting_transfers
    if status.connection is Connection.OFFLINE and waiting:
        return replace(
            shown,
            word=trn("Offline: {count} item waiting", "Offline: {count} items waiting", waiting),
        )
    if status.connection is Connection.ONLINE and status.waiting_messages:
        count = status.waiting_messages
        said = trn("Online: sending {count} item", "Online: sending {count} items", count)
        return replace(shown, word=said)
    return shown
