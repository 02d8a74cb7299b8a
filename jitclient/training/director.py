"""The process behind a training: it makes the case, plays the colleagues, and erases everything.

It lives as long as its standard input: when the window ends, or is killed, the director ends the
store and erases the folder. When it is killed itself, the next one finds the leftovers.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import threading
from dataclasses import asdict

from crypto import entropy
from jitclient.training import cast
from jitclient.training.colleagues import Colleague
from jitclient.training.ground import Ground
from jitclient.training.house import TRAINEE, training_folder
from jitclient.training.lines import ERASED, FAILED, READY, STEP, written
from jitclient.training.ownstore import OwnStore
from jitclient.training.story import MIRA, PAVEL, Story
from jitclient.training.views import Step
from jitclient.wordlist import listed
from protocol.errors import EXIT_INTERNAL, JitError
from protocol.ids import SpaceId

_WORDS = 4


def main() -> int:
    """Entry point; the status of what failed, or 0."""
    os.umask(0o077)
    no_keyring()
    try:
        ground = Ground(training_folder())
    except JitError as error:
        return _failed(error)
    status = 0
    store = OwnStore(ground.session / "store", ground.session / "store.log")
    try:
        ground.begin()
        asyncio.run(_live(ground, store))
    except JitError as error:
        status = _failed(error)
    except Exception as error:  # noqa: BLE001 - the window must not wait for a process that is gone
        say(**{FAILED: f"The training failed ({type(error).__name__}). This is our fault."})
        status = EXIT_INTERNAL
    finally:
        store.stop()
        gone = ground.erase()
        ground.close()
    say(**{ERASED: asdict(gone)})
    return status


def no_keyring() -> None:
    """Nothing of a training goes into the keyring of the person who trains."""
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"


def say(**said: object) -> None:
    """One line for the window, if it is still there."""
    with contextlib.suppress(BrokenPipeError, ValueError):
        sys.stdout.write(written(**said))
        sys.stdout.flush()


def _failed(error: JitError) -> int:
    say(**{FAILED: error.sentence})
    return error.exit_status


def passphrase() -> str:
    """Four words that nobody has chosen: enough for what lives an hour."""
    words = listed()
    drawn = entropy.draw(entropy.SYSTEM, 2 * _WORDS)
    return " ".join(words[int.from_bytes(drawn[i : i + 2]) % len(words)] for i in range(0, 8, 2))


async def _live(ground: Ground, store: OwnStore) -> None:
    ended = _end_of_window()
    story = Story(ground.session, passphrase(), lambda step: say(**{STEP: step.value}))
    work = asyncio.get_running_loop().create_task(_work(story, store), name="training")
    gone = asyncio.get_running_loop().create_task(ended.wait(), name="window")
    try:
        await asyncio.wait((work, gone), return_when=asyncio.FIRST_COMPLETED)
        if work.done():
            await work
    finally:
        for task in (work, gone):
            task.cancel()
        await asyncio.gather(work, gone, return_exceptions=True)
        await story.close()


async def _work(story: Story, store: OwnStore) -> None:
    story.tell(Step.STORE)
    await asyncio.to_thread(store.start, cast.GUESTS)
    space = await story.play(store)
    trainee = story.desks[TRAINEE].me.user
    reads = [
        {"name": one.me.name, "digits": (await one.verify(space, trainee)).digits}
        for one in (story.desks[MIRA], story.desks[PAVEL])
    ]
    await story.leave(TRAINEE)
    _say_ready(story, space, reads)
    async with asyncio.TaskGroup() as at_work:
        for who in (MIRA, PAVEL):
            colleague = Colleague(story.desks[who], space, trainee, talks=who == MIRA)
            at_work.create_task(colleague.attend())
    await asyncio.Event().wait()  # their devices go on receiving until the window ends


def _say_ready(story: Story, space: SpaceId, reads: list[dict[str, str]]) -> None:
    ready = {
        "profile": str(story.profile(TRAINEE)),
        "passphrase": story.passphrase,
        "space": space.hex(),
        "reads": reads,
        "practice": str(story.practice),
    }
    say(**{READY: ready})


def _end_of_window() -> asyncio.Event:
    """Set when standard input ends, or somebody asks this process to."""
    ended, loop = asyncio.Event(), asyncio.get_running_loop()

    def wait() -> None:
        with contextlib.suppress(RuntimeError):  # the loop was closed before
            sys.stdin.read()
            loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=wait, daemon=True).start()
    with contextlib.suppress(NotImplementedError):
        loop.add_signal_handler(signal.SIGTERM, ended.set)
    return ended


if __name__ == "__main__":
    sys.exit(main())
