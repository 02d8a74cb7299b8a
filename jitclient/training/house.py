"""The window's side of a training: starts the director, hears it, and lets it end.

Light: nothing here loads the client before there is something to open.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import platformdirs

from jitclient.foundation.programs import DIRECTOR, TRAINING, words_to_start
from jitclient.training.lines import ERASED, FAILED, READY, STEP, read
from jitclient.training.views import PROFILES, SESSION, Erased, Reads, Ready, Step
from protocol.errors import ConfigurationError, JitError
from protocol.ids import SpaceId, parse_id

if TYPE_CHECKING:
    from jitclient.door import DoorKeeper

PLACE: Final = "JIT_TRAINING_DIR"
"""The environment variable that names another folder; tests use it."""
TRAINEE: Final = "trainee"
_NEEDED: Final = ("centralstore", "granian", "uvloop", "sqlalchemy")
_END_SECONDS: Final = 60


def can_train() -> bool:
    """Whether this installation brings a store, and runs on a system where the store does."""
    return os.name == "posix" and all(importlib.util.find_spec(one) for one in _NEEDED)


def training_folder() -> Path:
    """Where trainings lie: never inside a profile, and on this computer only."""
    named = os.environ.get(PLACE)
    if named:
        return Path(named)
    return Path(platformdirs.user_data_dir("jitclient-training", appauthor=False, roaming=False))


def trainee_folder() -> Path:
    """The profile of the person who trains; it is there once the case is made."""
    return training_folder() / SESSION / PROFILES / TRAINEE


def words_of_window() -> tuple[str, ...]:
    """What starts a training's window."""
    return words_to_start(TRAINING)


def open_door(profile: Path) -> DoorKeeper:
    """The door of a training's profile. Loads the client: off the window's thread."""
    from jitclient import networking  # noqa: PLC0415 - not before there is something to open
    from jitclient.door import DoorKeeper  # noqa: PLC0415

    door = DoorKeeper(profile)
    networking.directly()  # after what the door took from the settings of the machine
    return door


class House:
    """One training, from its first process to the last file that is erased."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._after: asyncio.Task[None] | None = None  # hears what is said once the case is made
        self._why = ""
        self._gone: Erased | None = None

    async def begin(self, tell: Callable[[Step], None]) -> Ready:
        """Have the case made.

        Raises:
            ConfigurationError: it could not be; the sentence says why.
        """
        self._process = process = await asyncio.to_thread(_started)
        while True:
            said = await self._heard(process)
            if STEP in said:
                tell(Step(said[STEP]))
            elif READY in said:
                self._after = asyncio.get_running_loop().create_task(
                    self._hear_out(process), name="training-director"
                )
                return _ready(said[READY])
            elif FAILED in said:
                raise ConfigurationError(str(said[FAILED]))
            else:
                raise ConfigurationError("The training ended before it began. Try again.")

    async def lost(self) -> str:
        """Wait until the director is gone; what it said of why, or nothing where it was killed."""
        if self._after is not None:
            await asyncio.shield(self._after)
        return self._why

    async def end(self) -> Erased | None:
        """Let it erase everything; None when nobody can say what was erased.

        What a director that was killed has left behind is erased from here.
        """
        process, self._process = self._process, None
        if process is None:
            return self._gone
        with contextlib.suppress(OSError):
            if process.stdin is not None:
                process.stdin.close()
        after = self._after or asyncio.get_running_loop().create_task(self._hear_out(process))
        try:
            async with asyncio.timeout(_END_SECONDS):
                await asyncio.shield(after)
        except TimeoutError:
            process.kill()
            await after
        await asyncio.to_thread(process.wait)
        if self._gone is None:
            self._gone = await asyncio.to_thread(_erase_leftovers)
        return self._gone

    async def _hear_out(self, process: subprocess.Popen[bytes]) -> None:
        """Until it says nothing any more."""
        while said := await self._heard(process):
            self._why = str(said.get(FAILED, self._why))

    async def _heard(self, process: subprocess.Popen[bytes]) -> Mapping[str, Any]:
        """The next line; nothing when there is none any more."""
        line = await asyncio.to_thread(process.stdout.readline) if process.stdout else b""
        try:
            said = read(line) if line else {}
        except JitError:
            return {}
        if ERASED in said:
            self._gone = _erased(said[ERASED])
        return said


def _erase_leftovers() -> Erased | None:
    from jitclient.training.ground import Ground  # noqa: PLC0415 - for a killed director only

    try:
        ground = Ground(training_folder())
    except JitError:
        return None  # the next training is there already, and has erased them
    ground.close()
    return ground.leftovers


def _started() -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own program
        words_to_start(DIRECTOR),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # Ctrl+C ends the window; then the director erases
    )


def _ready(told: Mapping[str, Any]) -> Ready:
    return Ready(
        profile=Path(told["profile"]),
        passphrase=str(told["passphrase"]),
        space=SpaceId(parse_id(told["space"])),
        reads=tuple(Reads(name=one["name"], digits=one["digits"]) for one in told["reads"]),
        practice=Path(told["practice"]),
    )


def _erased(told: Mapping[str, Any]) -> Erased:
    return Erased(
        profiles=int(told["profiles"]),
        files=int(told["files"]),
        bytes=int(told["bytes"]),
        left=tuple(str(one) for one in told["left"]),
    )
