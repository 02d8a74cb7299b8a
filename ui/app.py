"""Starts the window: application, theme, loop; then, behind the first window, the client itself."""

from __future__ import annotations

import asyncio
import gc
import importlib
import os
import sys
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

os.environ.setdefault("QT_API", "pyside6")

import qasync

from protocol.errors import EXIT_NOT_FOUND, JitError, ProfileInUseError
from protocol.ids import SpaceId
from ui import metered
from ui.again import begin_anew
from ui.application import application
from ui.reaching.instance import Instance
from ui.reaching.reaching import Reaching
from ui.reaching.wishes import Act, Wish
from ui.shell import Shell
from ui.theme import icons
from ui.theme.sheet import leave_no_marks

if TYPE_CHECKING:
    from jitclient.door import DoorKeeper
    from ui.ports import DeskPort

_SCREENS: Final = (
    "jitclient.views",
    "ui.errors.cards",
    "ui.conversation.state",
    "ui.conversation.view",
    "ui.evidence.state",
    "ui.evidence.view",
    "ui.evidence.sheet",
    "ui.people.state",
    "ui.people.view",
    "ui.people.sheets",
    "ui.people.verifysheet",
    "ui.people.meetingsheet",
    "ui.sheets",
    "ui.viewing.windows",
    "ui.custody.view",
    "ui.closing.view",
    "ui.search.view",
    "ui.settings.view",
    "ui.spaces.view",
    "ui.spaces.sheet",
    "ui.room",
    "ui.stage",
    "ui.frame",
)

_SWITCH: Final = 0.001
"""Seconds after which a worker thread gives the interpreter to the one that paints, if it waits.

Each of the many calls into Qt lets go of it; at Python's 5 ms a window at work is one that stands.
"""


def run(  # noqa: PLR0913 - the demonstration and the benchmark each add theirs
    profile_dir: Path,
    *,
    screenshot_dir: Path | None = None,
    open_space: SpaceId | None = None,
    shown: Callable[[], None] | None = None,
    ready: Callable[[], None] | None = None,
    unlocked: Callable[[], Awaitable[DeskPort]] | None = None,
    wish: Wish | None = None,
    safe: bool = False,
) -> int:
    """Show the window of a profile until it is closed; where there is one, bring that to the front.

    Args:
        profile_dir: the profile folder.
        screenshot_dir: after unlocking, leave pictures of the space here.
        open_space: the space to bring to the front.
        shown: called once when the first window is on the screen.
        ready: called when the passphrase, or the invitation, can be typed.
        unlocked: opens the profile without asking; the demonstration knows its passphrase.
        wish: what was asked for beyond a window.
        safe: the window remembers nothing of its look and its places, and begins without them.

    Returns:
        The exit status of the program.
    """
    app = application(None if safe else profile_dir)
    sys.setswitchinterval(_SWITCH)
    instance = Instance(profile_dir, app)
    wish = wish or Wish(Act.RAISE, token=os.environ.get("XDG_ACTIVATION_TOKEN", ""))
    if not instance.claim():
        return _in_the_way() if safe else _handed_over(instance, wish)
    if wish.act is Act.LOCK:
        instance.release()
        return _say("No window of this profile is open.", EXIT_NOT_FOUND)
    metered.prepare()
    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    shell = Shell(profile_dir, time.time, report, safe=safe)  # noqa: TID251 - here it gets its clock
    done = asyncio.Event()
    shell.closed.connect(done.set)
    if shown is not None:
        shell.shown_first.connect(shown)
    if ready is not None:
        shell.gate_shown.connect(ready)
    if unlocked is None:  # who knows the passphrase already would walk through the gate again
        shell.begin_anew = partial(_anew, instance)
    reaching = _reach(shell, instance, wish)
    if screenshot_dir is not None:
        shell.opened = _photographer(shell, screenshot_dir, open_space)
    shell.show()
    with loop:
        loop.run_until_complete(_live(reaching, profile_dir, open_space, done, unlocked))
    instance.release()
    return 0


def _reach(shell: Shell, instance: Instance, wish: Wish) -> Reaching:
    """Join the window to what asks for it from outside."""
    reaching = Reaching(shell)
    instance.asked.connect(reaching.asked)
    shell.opened = lambda _desk: reaching.entered()
    if wish.link is not None:
        reaching.asked(wish)
    return reaching


def _handed_over(instance: Instance, wish: Wish) -> int:
    """What a second start ends with."""
    if instance.hand_over(wish):
        return 0
    return _say(
        "The window of this profile does not answer. Wait a moment, or end it and try again.",
        ProfileInUseError.exit_status,
    )


def _in_the_way() -> int:
    """The window that is open has its look already."""
    return _say(
        "The window of this profile is open. Close it first; then start it in safe mode.",
        ProfileInUseError.exit_status,
    )


def _say(sentence: str, status: int) -> int:
    sys.stderr.write(f"jitclient: {sentence}\n")
    return status


def report(failure: Exception) -> None:
    """A failure that no screen showed: to the log, by its name only."""
    import logging  # noqa: PLC0415

    logging.getLogger("ui").error("ui.failure", extra={"kind": type(failure).__name__})


async def _live(
    reaching: Reaching,
    profile_dir: Path,
    open_space: SpaceId | None,
    done: asyncio.Event,
    unlocked: Callable[[], Awaitable[DeskPort]] | None,
) -> None:
    shell = reaching.shell
    # The client brings TLS, SQLCipher and the keyring; they load behind the first window.
    try:
        door = await asyncio.to_thread(_door, profile_dir)
    except JitError as error:  # a file of settings that nobody can mean
        await _cannot_start(shell, error)
        return
    reaching.settle(door.settings)
    shell.open_gate(door, open_space=open_space)
    if unlocked is not None:
        shell.enter(await unlocked())
    await preload()
    await done.wait()
    shell.tasks.close()


async def _cannot_start(shell: Shell, error: JitError) -> None:
    from ui.language import told, tr  # noqa: PLC0415 - rare
    from ui.widgets.sheet import Sheet  # noqa: PLC0415

    sheet = Sheet(shell, tr("JIT Client cannot start"), lead=told(error.sentence))
    await sheet.shown()


async def preload() -> None:
    """Load the screens of the frame in small steps while the passphrase is typed."""
    await asyncio.to_thread(icons.read_all)
    for name in _SCREENS:
        importlib.import_module(name)
        await asyncio.sleep(0.02)
    gc.freeze()  # the collector would stop the window to go through all of it, again and again


def _door(profile_dir: Path) -> DoorKeeper:
    from jitclient.door import DoorKeeper  # noqa: PLC0415

    return DoorKeeper(profile_dir)


def _photographer(shell: Shell, folder: Path, space: SpaceId | None) -> Callable[[DeskPort], None]:
    async def photograph(desk: DeskPort) -> None:
        from ui.pictures import take  # noqa: PLC0415

        wanted = space
        if wanted is None:
            listed = await desk.spaces()
            wanted = listed[0].space if listed else None
        if wanted is not None:
            await take(desk, folder, wanted)

    return lambda desk: shell.tasks.start(photograph(desk), name="pictures")


def _anew(instance: Instance) -> None:
    leave_no_marks()
    instance.release()  # the same process asks for it again, as the first
    begin_anew()
