"""Lanes: a thread for each kind of job that can be done beside others of its kind.

It takes all that waits in its lane at once, a job alone when nobody else waits. So nobody waits for
company: there is company when there is more to do than can be done one by one.
Spec: docs/protocol/70-store.md §9, docs/adr/0074.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from centralstore import grouping, pipelined
from centralstore.accesslog import Sealer
from centralstore.database import Job, translated
from centralstore.load import AtWork, Load
from centralstore.steps import Lane

Serve = Callable[[Connection | None, Job[Any]], Connection | None]
_Queue = queue.SimpleQueue[Job[Any] | None]


class Lanes:
    """The threads of all lanes.

    `serve` brings one job to its end, and returns the connection to go on with; `alone` queues one
    for who takes one at a time; `told` tells of those that are done, and in how many seconds.
    """

    def __init__(
        self,
        engine: Engine,
        clock: Callable[[], float],
        sealer: Sealer,
        serve: Serve,
        alone: Callable[[Job[Any]], None],
        told: Callable[[list[Job[Any]], float], None],
    ) -> None:
        self._engine, self._clock, self._sealer = engine, clock, sealer
        self._serve, self._alone, self._told = serve, alone, told
        self._working = AtWork()
        self._queues: dict[Lane, _Queue] = {}
        self._threads: list[threading.Thread] = []

    def put(self, lane: Lane, job: Job[Any]) -> None:
        """Queue a job in its lane; called on the event loop."""
        waiting = self._queues.get(lane)
        if waiting is None:
            waiting = self._queues[lane] = queue.SimpleQueue()
            thread = threading.Thread(
                target=self._run,
                args=(waiting, lane.most),
                name=f"database-{lane.name}",
                daemon=True,
            )
            self._threads.append(thread)
            thread.start()
        waiting.put(job)

    def load(self) -> Load:
        """How full they are: each has a transaction at a time."""
        queues = tuple(self._queues.values())
        return Load(len(queues), len(self._working), sum(one.qsize() for one in queues))

    def close(self) -> None:
        """Finish what is queued, and end the threads."""
        for waiting in self._queues.values():
            waiting.put(None)
        for thread in self._threads:
            thread.join()

    def _run(self, waiting: _Queue, most: int) -> None:
        connection: Connection | None = None
        last = False
        while not last and (job := waiting.get()) is not None:
            group = [job]
            with suppress(queue.Empty):
                while len(group) < most and not last:
                    further = waiting.get_nowait()
                    if further is None:
                        last = True
                    else:
                        group.append(further)
            began = time.perf_counter()
            with self._working():
                if len(group) == 1:
                    connection, done = self._serve(connection, job), group
                else:
                    connection, done = self._serve_together(connection, group)
            if done:
                self._told(done, time.perf_counter() - began)
        leave(connection)

    def _serve_together(
        self, connection: Connection | None, group: list[Job[Any]]
    ) -> tuple[Connection | None, list[Job[Any]]]:
        """Run jobs in one transaction; the connection to go on with, and who is done."""
        left = group
        try:
            if connection is None:
                connection = self._engine.connect()
            left = grouping.run(connection, group, self._clock, self._sealer)
        except DBAPIError as error:
            if connection is not None and not pipelined.take_back(connection):
                drop(connection)
                connection = None
            # Of whoever has a transaction still nobody knows whether it was committed.
            left = [job for job in group if job.transaction is None]
            for job in group:
                job.result, job.error = None, translated(error)
        except Exception:  # noqa: BLE001 - each of them says alone what is wrong with it
            left = group
        done = [job for job in group if job.transaction is not None]
        for job in left:
            self._alone(job)
        return connection, done


def leave(connection: Connection | None) -> None:
    """Give a connection back."""
    if connection is not None:
        with suppress(DBAPIError):
            pipelined.leave(connection)
        connection.close()


def drop(connection: Connection) -> None:
    """Give up a connection that is of no use any more."""
    with suppress(DBAPIError):
        connection.invalidate()
        connection.close()
