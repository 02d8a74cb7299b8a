"""The process of a training's window: its own application, profile and end.

Nothing of a person's profile is known here: the only folder it opens is the training's.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import sys
import time
from pathlib import Path
from typing import Final

os.environ.setdefault("QT_API", "pyside6")

import qasync

from jitclient.training.house import House, open_door, trainee_folder, training_folder
from protocol.errors import EXIT_IO, JitError
from ui.app import preload, report
from ui.application import application
from ui.language.speaking import speak, wanted
from ui.practising import LANGUAGE, start_training
from ui.reaching.instance import Instance
from ui.reaching.wishes import Act, Wish
from ui.shell import Shell
from ui.training.farewell import FarewellWindow
from ui.training.marking import Marking, dress
from ui.training.preparing import PreparingView
from ui.training.presenter import TrainingPresenter
from ui.training.view import Band, said

_WINDOW: Final = "window"


def main() -> int:
    """Show a training until it is ended; returns the exit status."""
    os.umask(0o077)
    # Neither this process nor the director's may write into the keyring of the person who trains.
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
    app = application()
    if os.environ.get(LANGUAGE):
        speak(wanted(os.environ[LANGUAGE]))
    root = training_folder()
    (root / _WINDOW).mkdir(mode=0o700, parents=True, exist_ok=True)
    instance = Instance(root, app, root / _WINDOW)
    if not instance.claim():
        return 0 if instance.hand_over(Wish(Act.RAISE)) else EXIT_IO
    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    training = Training(instance)
    with loop:
        loop.run_until_complete(training.live())
    instance.release()
    _leave_nothing(root)
    if training.again:
        start_training()
    return 0


def _leave_nothing(root: Path) -> None:
    shutil.rmtree(root / _WINDOW, ignore_errors=True)
    with contextlib.suppress(OSError):  # what could not be erased keeps it, and was named
        root.rmdir()


class Training:
    """From the first step of its making to the last file that is erased."""

    def __init__(self, instance: Instance) -> None:
        self.house = House()
        clock = time.time  # noqa: TID251 - here the window gets its clock
        self.shell = Shell(trainee_folder(), clock, report)
        self.shell.setMenuWidget(Band(said))
        self.ready = False
        self.again = False
        self._closed = asyncio.Event()
        self.shell.closed.connect(self._closed.set)
        instance.asked.connect(self._asked)

    async def live(self) -> None:
        """Until the person has read what was erased."""
        preparing = PreparingView()
        preparing.cancelled.connect(self.shell.close)
        self.shell.show_page(preparing)
        self.shell.show()
        self.shell.tasks.start(self._begin(preparing), name="training")
        self.shell.tasks.start(preload(), name="preload")
        await self._closed.wait()
        self.shell.tasks.close()
        await self._farewell()

    async def _begin(self, preparing: PreparingView) -> None:
        try:
            ready = await self.house.begin(preparing.show_step)
            door = await asyncio.to_thread(open_door, ready.profile)
            desk = await door.unlock(ready.passphrase)
        except JitError as failure:
            preparing.fail(failure)
            return
        self.ready = True
        presenter = TrainingPresenter(self.shell.tasks, ready)
        Marking(self.shell, presenter)
        view = dress(self.shell, presenter)
        view.ends.connect(self.shell.close)
        self.shell.gate_shown.connect(presenter.locked)
        self.shell.opened = presenter.follow
        self.shell.open_gate(door)
        self.shell.enter(desk)
        if self.shell.frame is not None:
            self.shell.frame.show_home()  # a colleague has asked something
        presenter.stopped(await self.house.lost())

    def _asked(self, _wish: object) -> None:
        self.shell.show()
        self.shell.raise_()
        self.shell.activateWindow()

    def _repeat(self) -> None:
        self.again = True

    async def _farewell(self) -> None:
        if not self.ready:
            await self.house.end()
            return
        closed = asyncio.Event()
        farewell = FarewellWindow()
        farewell.ended.connect(closed.set)
        farewell.again.connect(self._repeat)
        farewell.show()
        farewell.show_gone(await self.house.end())
        await closed.wait()


if __name__ == "__main__":
    sys.exit(main())
