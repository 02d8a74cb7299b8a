"""Whether this process should get requests, check by check, each with its reason.

The answer is for the operator's own network (admin.py): reasons name no person, space or file.
Checks: database, migrations, blobs, disk, clock, certificate, stopping. A certificate that soon
ends, or a new file that does not fit, warns; one out of its dates turns the process away (F25).
"""

from __future__ import annotations

import asyncio
import datetime
import shutil
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from centralstore import logwaiting, schema
from centralstore.accesslog import stamp
from centralstore.database import Transaction
from centralstore.service import Service
from centralstore.settings import Store
from centralstore.tables import ACCESS_LOG
from protocol.errors import JitError

_SECONDS: Final = 2.0
_PROBE_SECONDS: Final = 15.0
_FREE_SHARE: Final = 0.05
_STEP_SECONDS: Final = 60.0
_BEHIND_SECONDS: Final = 300.0
_DAY: Final = 86_400.0
_WARN_DAYS: Final = 30
_PROBE: Final = b"jitstore"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check's result; `blocks` says whether it makes the process not ready."""

    ok: bool
    reason: str
    blocks: bool = True


class Health:
    """Looks when asked; only what costs a write (the probe of the parts) is remembered a while."""

    def __init__(self, service: Service, store: Store) -> None:
        self._service, self._store = service, store
        self._offset = self._apart()
        self._probed: tuple[float, Check] | None = None
        self.stopping = False

    async def look(self) -> dict[str, Check]:
        """Every check, by name; at most a few seconds."""
        checks: dict[str, Callable[[], Awaitable[Check]]] = {
            "database": self._database,
            "migrations": self._migrations,
            "blobs": self._blobs,
            "disk": self._disk,
            "clock": self._clock,
            "certificate": self._certificate,
            "stopping": self._stops,
        }
        results = await asyncio.gather(*(_bounded(check) for check in checks.values()))
        found = dict(zip(checks, results, strict=True))
        self._service.metrics.ready.set(ready(found))
        return found

    def days_left(self) -> float:
        """Days until the certificate's date is over; negative afterwards."""
        return (self._service.presented.now.not_after - self._service.clock()) / _DAY

    async def _database(self) -> Check:
        began = time.monotonic()
        await self._service.database.run("", lambda tx: tx.conn.execute(select(1)).scalar_one())
        spent = round((time.monotonic() - began) * 1000)
        return Check(ok=True, reason=f"answered in {spent} ms")

    async def _migrations(self) -> Check:
        have = await self._service.database.run("", lambda tx: schema.current(tx.conn))
        newest = schema.newest()
        if have == newest:
            return Check(ok=True, reason=f"at {have}")
        return Check(ok=False, reason=f"at {have or 'nothing'}, this program wants {newest}")

    async def _blobs(self) -> Check:
        now = time.monotonic()
        if self._probed is not None and now - self._probed[0] < _PROBE_SECONDS:
            return self._probed[1]
        blobs = self._service.blobs
        key = await blobs.put("probe", 0, [_PROBE])
        read = b"".join([piece async for piece in blobs.read(key, len(_PROBE))])
        await blobs.remove(key)
        fine = read == _PROBE
        reason = "a part was written, read and deleted" if fine else "a part came back altered"
        check = Check(ok=fine, reason=reason)
        self._probed = (now, check) if fine else None
        return check

    async def _disk(self) -> Check:
        disk = shutil.disk_usage(self._store.data)
        self._service.metrics.disk_free.set(disk.free)
        self._service.metrics.disk_size.set(disk.total)
        share = disk.free / disk.total
        reason = f"{share:.0%} free ({disk.free // 1_000_000_000} GB)"
        return Check(ok=share > _FREE_SHARE, reason=reason)

    async def _clock(self) -> Check:
        stepped = self._apart() - self._offset
        if abs(stepped) > _STEP_SECONDS:
            reason = f"stepped by {stepped:.0f} s since the start; set it right and restart"
            return Check(ok=False, reason=reason)
        behind = await self._service.database.run("", _behind)
        if behind > _BEHIND_SECONDS:
            return Check(ok=False, reason=f"{behind:.0f} s behind the newest row of the access log")
        return Check(ok=True, reason="steady, and not behind the access log")

    async def _certificate(self) -> Check:
        left, presented = self.days_left(), self._service.presented
        self._service.metrics.certificate.set(round(left, 2))
        if left < 0:
            return Check(ok=False, reason=f"its date was over {int(-left)} days ago")
        begins = presented.now.not_before
        if begins > self._service.clock():
            return Check(ok=False, reason=f"it is not valid before {stamp(begins)}")
        if presented.trouble:
            return Check(ok=False, reason=presented.trouble, blocks=False)
        return Check(ok=left > _WARN_DAYS, reason=f"{int(left)} days left", blocks=False)

    async def _stops(self) -> Check:
        reason = "told to stop; requests that have begun are finished" if self.stopping else "no"
        return Check(ok=not self.stopping, reason=reason)

    def _apart(self) -> float:
        """The wall clock against one that nobody sets and that also counts sleep."""
        return self._service.clock() - time.clock_gettime(time.CLOCK_BOOTTIME)


def ready(found: dict[str, Check]) -> bool:
    """Whether nothing that blocks is wrong."""
    return all(check.ok or not check.blocks for check in found.values())


async def _bounded(check: Callable[[], Awaitable[Check]]) -> Check:
    try:
        async with asyncio.timeout(_SECONDS):
            return await check()
    except TimeoutError:
        return Check(ok=False, reason=f"no answer within {_SECONDS:.0f} s")
    except JitError as error:
        return Check(ok=False, reason=error.sentence)
    except OSError as error:
        return Check(ok=False, reason=f"the system says: {error.strerror or type(error).__name__}")


def _behind(tx: Transaction) -> float:
    """How many seconds our clock is behind the newest logged access."""
    placed = select(ACCESS_LOG.c.at).order_by(ACCESS_LOG.c.id.desc()).limit(1)
    newest = logwaiting.newest(tx.conn) or tx.conn.execute(placed).scalar()
    return _seconds_of(newest) - tx.now


def _seconds_of(stamp: str | None) -> float:
    """Seconds since 1970 of a stamp of the access log; 0 for none."""
    return 0.0 if stamp is None else datetime.datetime.fromisoformat(stamp).timestamp()
