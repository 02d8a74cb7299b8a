"""The real store in this process: its ASGI application over its own database, without a socket."""

from __future__ import annotations

import asyncio
import random
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import Engine, select
from starlette.types import ASGIApp

from centralstore import embedded, mailbox, schema
from centralstore.accesslog import Sealer
from centralstore.app import application
from centralstore.blobs import Folder
from centralstore.database import Job, Transaction
from centralstore.directory import Invited, invite, reinvite
from centralstore.embedded import open_engine
from centralstore.limiter import Limiter
from centralstore.renewal import Loaded, Presented
from centralstore.sequencer import Sequencer
from centralstore.service import Service
from centralstore.sweeper import Sweeper
from centralstore.tables import DELIVERY
from centralstore.wakes import Hub, Listeners
from crypto.signatures import StoreKey
from protocol.ids import UserId
from protocol.invitation import Invitation, to_text
from protocol.roles import Party
from tests.simulation.clocks import Time
from tests.support.entropy import Seeded

T = TypeVar("T")
ADDRESS = "store.example:8443"
CERTIFICATE = bytes(range(32))
_SHARED: dict[str, Any] = {}
KEY = StoreKey.generate(Seeded(b"the simulated store"))


@cache
def _empty_store() -> Path:
    """A migrated, empty database, made once per process: migrations take longer than a seed."""
    path = Path(tempfile.mkdtemp(prefix="jit-empty-store-")) / "store.db"
    engine = open_engine(path)
    schema.migrate(engine)
    engine.dispose()
    return path


class InlineFacts(embedded.Embedded):
    """The store's database thread without a thread: one job, one commit."""

    def __init__(
        self,
        engine: Engine,
        clock: Callable[[], float],
        on_commit: Callable[[list[Transaction]], None],
    ) -> None:
        self._engine, self._clock, self._on_commit = engine, clock, on_commit
        self._on_time = lambda _jobs, _seconds: None
        self._sealer = Sealer(KEY.dump())
        self._on_time = lambda _jobs, _seconds: None
        self._connection = engine.connect()

    def _queue(self, job: Job[Any]) -> None:
        self._commit(self._connection, [job])

    def now(self, work: Callable[[Transaction], T]) -> T:
        """Look into the store from outside: the oracle and the operator do."""
        with self._connection.begin():
            return work(Transaction(conn=self._connection, now=self._clock(), sealer=self._sealer))

    def close(self) -> None:
        self._connection.close()
        self._engine.dispose()


class SimStore:
    """The store of one world. `restart` forgets what only memory held."""

    def __init__(self, folder: Path, time: Time) -> None:
        folder.mkdir()
        self._folder, self._time = folder, time
        shutil.copy(_empty_store(), folder / "store.db")
        self.app: ASGIApp
        self.facts: InlineFacts
        self._sweeper: Sweeper
        self._start()

    def _start(self) -> None:
        hub = Hub()
        engine = open_engine(self._folder / "store.db")
        # Every world asks the same questions: they are compiled once per process.
        engine.dialect = _SHARED.setdefault("dialect", engine.dialect)
        engine._compiled_cache = _SHARED.setdefault("compiled", engine._compiled_cache)
        self.facts = InlineFacts(engine, self._time, hub.committed)
        blobs = Folder(self._folder / "parts")
        self._sweeper = Sweeper(self.facts, blobs, self._time)
        service = Service(
            clock=self._time,
            presented=Presented(Loaded(digest=CERTIFICATE, not_before=0, not_after=2**40)),
            key=KEY,
            database=self.facts,
            blobs=blobs,
            hub=hub,
            slots=Listeners[bytes](),
            limiter=Limiter(),
            sweeper=self._sweeper,
            sequencer=Sequencer(self.facts, self._time),
            arriving=asyncio.Semaphore(24),
        )
        self.app = application(service)

    def restart(self) -> None:
        self.facts.close()
        self._start()

    async def sweep(self) -> None:
        await self._sweeper.sweep()

    def forget(self, dice: random.Random) -> bool:
        """Lose one delivery without a trace, as a store does that was set back to a copy."""
        return self.facts.now(lambda tx: _forget(tx, dice))

    def reinvite(self, user: UserId) -> str:
        """A new invitation for somebody who lost every device."""
        return _line(self.facts.now(lambda tx: reinvite(tx, user)))

    def invite(self, name: str, party: Party) -> str:
        """An invitation as the operator hands it out."""
        made = self.facts.now(
            lambda tx: invite(tx, name=name, authority="PGR", country="PT", party=party)
        )
        return _line(made)


def _line(made: Invited) -> str:
    return to_text(
        Invitation(
            version=1,
            address=ADDRESS,
            certificate=CERTIFICATE,
            store_key=KEY.public,
            user=made.user,
            code=made.code,
        )
    )


def _forget(tx: Transaction, dice: random.Random) -> bool:
    waiting = select(DELIVERY).order_by(DELIVERY.c.device_id, DELIVERY.c.position)
    rows = tx.conn.execute(waiting).all()
    if rows:
        one = dice.choice(rows)
        gone = {"device": one.device_id, "positions": [one.position]}
        mailbox._release(tx, mailbox._TAKEN.rows(tx.conn, gone))
    return bool(rows)


@contextmanager
def seeded_secrets(seed: int) -> Iterator[None]:
    """The store draws its ids and tokens from the seed while the block runs."""
    drawn = Seeded(b"secrets" + seed.to_bytes(8, "big"))

    def token_bytes(size: int | None = None) -> bytes:
        return drawn.token(32 if size is None else size)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(secrets, "token_bytes", token_bytes)
        yield
