"""Lists own devices, renames and revokes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import tzinfo

from jitclient.deviceviews import DeviceRow
from protocol.errors import JitError, WrongPassphraseError
from protocol.ids import DeviceId
from ui import words
from ui.devices.state import DeviceLine, DevicesState
from ui.errors.cards import card_at_once
from ui.language import told, tr
from ui.ports import DeskPort
from ui.presenting import Presenter
from ui.tasks import Reload, TaskScope


class DevicesPresenter(Presenter[DevicesState]):
    """Behind the sheet "My devices".

    Args:
        clock: seconds since 1970 UTC.
        zone: the viewer's time zone; None for the computer's.
    """

    def __init__(
        self,
        desk: DeskPort,
        tasks: TaskScope,
        clock: Callable[[], int],
        zone: tzinfo | None = None,
    ) -> None:
        super().__init__(DevicesState())
        self._desk = desk
        self._tasks = tasks
        self._clock = clock
        self._zone = zone
        self.refresh = Reload(tasks, self._load, name="devices")

    def edit(self, device: DeviceId | None) -> None:
        """Begin to rename a device, or leave it as it is."""
        if not self.state.busy:
            self._show(replace(self.state, editing=device, problem=None))

    def rename(self, device: DeviceId, name: str) -> None:
        """Give a device another name; an empty one changes nothing."""
        if self.state.busy:
            return
        if not name.strip():
            self.edit(None)
            return
        self._show(replace(self.state, busy=tr("Renaming…"), problem=None))
        self._tasks.start(self._rename(device, name.strip()), name="rename")

    async def revoke(self, device: DeviceId, passphrase: str, reason: str) -> str:
        """Revoke a device. Returns what is wrong with the passphrase; empty when there is an end.

        Any other failure is a card of the sheet.
        """
        self._show(replace(self.state, busy=tr("Revoking…"), problem=None))
        try:
            await self._desk.revoke_device(device, passphrase, reason)
        except WrongPassphraseError as failure:
            return told(failure.sentence)
        except Exception as failure:  # noqa: BLE001 - a person always gets an answer
            self._show(replace(self.state, problem=card_at_once(failure)))
        finally:
            self._show(replace(self.state, busy=""))
        self.refresh()
        return ""

    async def _load(self) -> None:
        try:
            rows = await self._desk.devices()
        except JitError as failure:
            self._show(replace(self.state, loading=False, problem=card_at_once(failure)))
            return
        order = sorted(rows, key=lambda one: (one.revoked, not one.this, one.name.casefold()))
        self._show(
            replace(self.state, lines=tuple(self._line(one) for one in order), loading=False)
        )

    async def _rename(self, device: DeviceId, name: str) -> None:
        try:
            await self._desk.rename_device(device, name)
        except Exception as failure:  # noqa: BLE001 - what was typed stays in its line
            self._show(replace(self.state, busy="", problem=card_at_once(failure)))
            return
        self._show(replace(self.state, busy="", editing=None))
        self.refresh()

    def _line(self, row: DeviceRow) -> DeviceLine:
        parts = []
        if row.added_at is not None:
            parts.append(tr("Added {added_at}", added_at=words.date(row.added_at, self._zone)))
        if row.this:
            parts.append(tr("in use now"))
        elif row.revoked:
            parts.append(tr("receives nothing any more"))
        elif row.last_seen is not None:
            parts.append(
                tr("last seen {last_seen}", last_seen=words.ago(row.last_seen, self._clock()))
            )
        else:
            parts.append(tr("not seen by the store yet"))
        return DeviceLine(
            device=row.device,
            name=words.plain(row.name)
            or (tr("This computer, without a name") if row.this else tr("Device without a name")),
            facts="  ·  ".join(parts),
            fingerprint=row.fingerprint,
            this=row.this,
            revoked=row.revoked,
        )
