"""A real store that gets SIGKILL in the middle of one kind of request, once.

`python -m tests.support.dying_store DATA OPERATION NTH before|after` serves like `jitstore serve`
and dies at the n-th job of OPERATION: right before its commit, or right after it and before the
answer leaves. `DyingStore` starts one, and starts the store again as soon as it is dead.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

from tests.support.store import StoreHandle

_ROOT: Final = Path(__file__).resolve().parents[2]


@contextlib.asynccontextmanager
async def dying(store: StoreHandle, operation: str, nth: int, when: str) -> AsyncIterator[None]:
    """Let `store` (stopped) run so that it dies as ordered, and come back by itself.

    Raises:
        AssertionError: nobody asked for that operation often enough: it never died.
    """
    words = [str(store.data_dir), operation, str(nth), when]
    with store.errors.open("a") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.dying_store", *words],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            cwd=_ROOT,
            env={**os.environ, "PYTHONPATH": str(_ROOT)},
        )
    assert process.stdout is not None
    line = await asyncio.to_thread(process.stdout.readline)
    assert line.startswith("jitstore ready"), store.errors.read_text()[-2000:]

    def come_back() -> None:
        process.wait()
        if process.returncode == -signal.SIGKILL:
            store.start()

    waiting = asyncio.get_running_loop().create_task(asyncio.to_thread(come_back))
    try:
        yield
    finally:
        if process.poll() is None:
            process.terminate()
        await waiting
        process.stdout.close()
    assert process.returncode == -signal.SIGKILL, "the store was never killed"


def _arm(operation: str, nth: int, when: str) -> None:
    from sqlalchemy import event

    from centralstore.embedded import Embedded

    commit, settle = Embedded._commit, Embedded._settle
    seen = 0
    doomed: Any = None

    def kill(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def _commit(self: Embedded, connection: Any, group: Any) -> None:
        nonlocal seen, doomed
        before = seen
        seen += sum(1 for job in group if job.operation == operation)
        if before < nth <= seen:
            if when == "before":
                event.listen(connection, "commit", kill)
            else:
                doomed = group  # other groups are settled meanwhile
        commit(self, connection, group)

    def _settle(self: Embedded, group: Any) -> None:
        if group is doomed:
            kill()
        settle(self, group)

    Embedded._commit, Embedded._settle = _commit, _settle  # type: ignore[assignment,method-assign]


def _main(data: Path, operation: str, nth: int, when: str) -> None:
    import time

    from centralstore import server, settings

    _arm(operation, nth, when)
    store = settings.load(data)
    server.serve(
        store, clock=time.time, ready=lambda: print(f"jitstore ready {store.address}", flush=True)
    )


if __name__ == "__main__":
    _main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4])
