"""The client's side of the safe viewer: one process for one exhibit, ended with it.

Every method blocks and belongs on one thread; `close` may be called from any.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from typing import BinaryIO, Final, cast

from jitclient.foundation.programs import VIEWER, words_to_start
from jitclient.viewing import wire
from jitclient.viewing.errors import (
    CannotShowError,
    ViewerEndedError,
    ViewerRefusedError,
    ViewerUnconfinedError,
)
from jitclient.viewing.wire import Encoding, Frame, Pixels, Reason, Shown, Walls

COMMAND: Final = words_to_start(VIEWER, isolated=True)
PATIENCE: Final = 20.0
"""Seconds for one answer of the process, reading included."""
_UNCONFINED: Final = 3

UNCONFINED: Final = (
    "This computer cannot confine the viewing process, so nothing of the exhibit was opened."
)
_REASONS: Final = {
    Reason.TYPE: "This type cannot be shown safely.",
    Reason.DAMAGED: "What this exhibit says it is, it is not, or it is damaged.",
    Reason.TOO_LARGE: "Showing this needs more memory than the viewer may use.",
    Reason.LOCKED: "This document opens with a password only.",
    Reason.EMPTY: "There is nothing in this exhibit to show.",
}
_SLOW: Final = "It could not be shown: the viewer took too long and was ended."
_CRASHED: Final = "It could not be shown: the viewer crashed on it."
_TRIED: Final = (
    "The viewer tried something that showing a page does not need, and was ended at once."
)
_LIED: Final = "The viewer answered with something that is no page, and was ended."


def possible() -> bool:
    """Whether this system has what confines the process; elsewhere nothing is shown."""
    if sys.platform != "linux":
        return False
    from jitclient.viewing import confinement  # noqa: PLC0415 - Linux only

    return confinement.supported()


class Viewer:
    """One exhibit in its process.

    Args:
        size: of the exhibit, bytes.
        read: gives the plaintext from a start to a stop; called on the thread of `open`, `page`.
        command: starts the process.
        patience: seconds it has for each answer.
    """

    def __init__(
        self,
        size: int,
        read: Callable[[int, int], bytes],
        *,
        command: Sequence[str] = COMMAND,
        patience: float = PATIENCE,
    ) -> None:
        self._size = size
        self._read = read
        self._command = command
        self._patience = patience
        self._process: subprocess.Popen[bytes] | None = None
        self._slow = False
        self._guard = threading.Lock()
        self._closed = False
        self.walls = Walls(0)

    def open(self, encoding: Encoding = Encoding.OWN) -> Shown:
        """Start the process, and let it look at the exhibit.

        Raises:
            CannotShowError, ViewerEndedError, ViewerRefusedError, ViewerUnconfinedError: why not;
            whatever `read` raises.
        """
        if not possible():
            raise ViewerUnconfinedError(UNCONFINED)
        self._start()
        walls = self._exchange(b"", Frame.READY)
        if not isinstance(walls, Walls) or Walls.CALLS not in walls:
            self.close()
            raise ViewerUnconfinedError(UNCONFINED)
        self.walls = walls
        return cast("Shown", self._exchange(wire.open_exhibit(self._size, encoding), Frame.SHOWN))

    def page(self, number: int, width: int, height: int) -> Pixels:
        """A page, from 0, that fits into so many points. Raises as `open` does."""
        wide, high = min(width, wire.MAX_SIDE), min(height, wire.MAX_SIDE)
        answer = self._exchange(wire.get(number, max(1, wide), max(1, high)), Frame.PAGE)
        made = cast("Pixels", answer)
        if made.page != number:
            self.close()
            raise ViewerRefusedError(_LIED)
        return made

    def close(self) -> None:
        """End the process; nothing of the exhibit is left in it."""
        with self._guard:
            self._closed = True
            process = self._process
        if process is not None:
            process.kill()

    def _start(self) -> None:
        with self._guard:
            if self._closed:
                raise ViewerEndedError(_CRASHED)
            # A list of our own words, no shell; nothing of ours is inherited but two pipes.
            self._process = subprocess.Popen(  # noqa: S603
                list(self._command),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={},
                cwd="/",
                close_fds=True,
            )

    def _exchange(self, question: bytes, wanted: Frame) -> object:
        """Ask, hand over what is asked back, and return the answer."""
        process = self._process
        if self._closed or process is None or process.stdin is None or process.stdout is None:
            raise ViewerEndedError(_CRASHED)
        watch = threading.Timer(self._patience, self._too_slow)
        watch.daemon = True
        watch.start()
        try:
            return self._answer(process.stdin, process.stdout, question, wanted)
        except (EOFError, OSError) as error:
            raise self._why(process) from error
        except wire.WireError as error:
            self.close()
            raise ViewerRefusedError(_LIED) from error
        except BaseException:
            self.close()
            raise
        finally:
            watch.cancel()
            self._reap_if_closed()

    def _answer(self, to: object, source: object, question: bytes, wanted: Frame) -> object:
        sink, stream = cast("BinaryIO", to), cast("BinaryIO", source)
        sink.write(question)
        sink.flush()
        while True:
            frame, value = wire.read_answer(stream)
            if frame is Frame.NEED and wanted is not Frame.READY:
                offset, length = cast("tuple[int, int]", value)
                sink.write(wire.data(self._range(offset, length)))
                sink.flush()
            elif frame is Frame.CANNOT and isinstance(value, Reason):
                raise CannotShowError(_REASONS[value])
            elif frame is wanted:
                return value
            else:
                raise wire.WireError("an answer to nothing that was asked")

    def _range(self, offset: int, length: int) -> bytes:
        stop = min(offset + length, self._size)
        return self._read(offset, stop) if offset < stop else b""

    def _too_slow(self) -> None:
        self._slow = True
        self.close()

    def _why(self, process: subprocess.Popen[bytes]) -> Exception:
        """The error for a process that is gone."""
        asked_to = self._closed and not self._slow
        self.close()
        status = process.wait()
        if status == _UNCONFINED:
            return ViewerUnconfinedError(UNCONFINED)
        if not asked_to and status == -signal.SIGSYS:
            return ViewerRefusedError(_TRIED)
        return ViewerEndedError(_SLOW if self._slow else _CRASHED)

    def _reap_if_closed(self) -> None:
        if self._closed:
            self.reap()

    def reap(self) -> None:
        """After `close`: wait for its end, so that the system keeps nothing of it."""
        process = self._process
        if process is None:
            return
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue  # what was not written any more
