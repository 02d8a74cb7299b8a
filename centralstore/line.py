"""What leaves on a connection to PostgreSQL, and when: everything at once, when somebody waits.

psycopg's pipeline writes to its line, and listens to it, at every statement; it waits for the line
to be ready before each, and each of these waits gives the interpreter to another thread, which is
not given back at once. Here statements are held back, then written one behind the other without
waiting in between: libpq keeps what does not leave. Listening is psycopg's again.

This overrides what psycopg calls its own; the version is pinned, and tests count the waits.
Spec: docs/protocol/70-store.md §9, docs/adr/0066.
"""

from __future__ import annotations

from typing import Any, Final

import psycopg
from psycopg.abc import Params, PQGen, Query
from psycopg.adapt import Transformer
from psycopg.generators import send

from centralstore import values

_IDLE: Final = int(psycopg.pq.TransactionStatus.IDLE)


class Patient(psycopg.Cursor[Any]):
    """In a pipeline: sends when somebody waits, and the begin of a transaction with its first."""

    def _execute_gen(
        self,
        query: Query,
        params: Params | None = None,
        *,
        prepare: bool | None = None,
        binary: bool | None = None,
    ) -> PQGen[None]:
        pipeline = self._conn._pipeline  # noqa: SLF001
        if pipeline is None:
            yield from super()._execute_gen(query, params, prepare=prepare, binary=binary)
            return
        # Begin and first statement go together, with a sync between: from its answer on the line
        # knows of the transaction, of which psycopg has to know to take it back.
        if not pipeline.command_queue and idle(self._conn):
            yield from self._conn._exec_command(self._conn._get_tx_start_command())  # noqa: SLF001
            pipeline._enqueue_sync()  # noqa: SLF001
        self._tx = Transformer(self)
        named: Any = params
        given: Any = values.given(self._tx, str(query), named)
        yield from self._maybe_prepare_gen(given, prepare=prepare, binary=True)
        yield from self._conn._prepared.maintain_gen(self._conn)  # noqa: SLF001

    def send(self) -> None:
        """Let what was held back go, if this is not answered yet."""
        if self.pgresult is None:
            _write(self._conn)


def idle(driver: Any) -> bool:
    """Whether the line knows of no transaction."""
    return bool(driver.pgconn.transaction_status == _IDLE)


def commit(driver: Any) -> None:
    """Send what was held back and the commit behind it, and wait for all of it.

    Nothing is left for psycopg's own commit. Without a pipeline it does everything.

    Raises:
        psycopg.Error: the server refused something of it; nothing of the transaction is there.
    """
    pipeline = driver._pipeline  # noqa: SLF001
    if pipeline is None or (not pipeline.command_queue and idle(driver)):
        return
    with driver.lock:
        driver.wait(_committing(driver, pipeline))


def _committing(driver: Any, pipeline: Any) -> PQGen[None]:
    yield from driver._exec_command(b"COMMIT")  # noqa: SLF001
    pipeline._enqueue_sync()  # noqa: SLF001
    _write(driver)
    yield from send(driver.pgconn)
    yield from pipeline._fetch_gen(flush=False)  # noqa: SLF001


def _write(driver: Any) -> None:
    """Give libpq what was held back; it leaves when somebody waits for it."""
    pipeline = driver._pipeline  # noqa: SLF001
    if pipeline is not None:
        while pipeline.command_queue:
            pipeline.command_queue.popleft()()
