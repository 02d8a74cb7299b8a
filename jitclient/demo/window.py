"""The end of the story: the prosecutor's window, live, or pictures of it where no display is."""

from __future__ import annotations

import asyncio
import os
import threading
from pathlib import Path

from jitclient.demo.stage import Stage
from jitclient.demo.story import CAST
from jitclient.desk import Desk
from jitclient.door import DoorKeeper
from protocol.ids import SpaceId, parse_id

PAUSE_SECONDS = 2.0
ANSWERS = (
    "Understood. We confirm as soon as the team is in place.",
    "Received. The report is with the investigating judge.",
    "Agreed. Thursday, 06:00, both cities at the same minute.",
)


def _space(stage: Stage) -> SpaceId:
    return SpaceId(parse_id((stage.folder / "space").read_text()))


def live(stage: Stage) -> int:
    """Open Ana's window; Bruno and Eva answer through `jitclient` on the command line."""
    from ui.app import run  # noqa: PLC0415 - Qt is loaded for the window only

    stop = threading.Event()
    answering = threading.Thread(target=_answer, args=(stage, stop), daemon=True)
    answering.start()

    async def unlocked() -> Desk:
        return await DoorKeeper(stage.profile("ana")).unlock(stage.passphrase)

    try:
        return run(stage.profile("ana"), open_space=_space(stage), unlocked=unlocked)
    finally:
        stop.set()
        answering.join()


def _answer(stage: Stage, stop: threading.Event) -> None:
    """Whenever something new came from Ana, one of the other two answers."""
    space, said = _space(stage).hex(), 0
    others = [who for who in CAST if who != "ana"]
    while not stop.wait(PAUSE_SECONDS):
        for who in others:
            came = stage.client(who, "sync").get("messages_in", 0)
            if isinstance(came, int) and came and not stop.is_set() and who == others[said % 2]:
                stage.client(who, "msg", "send", space, ANSWERS[said % len(ANSWERS)])
                said += 1


def pictures(stage: Stage) -> list[Path]:
    """Render Ana's window offscreen, light and dark, into the demo's folder."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from ui.pictures import take  # noqa: PLC0415 - Qt is loaded for the window only

    async def taken() -> list[Path]:
        desk = await DoorKeeper(stage.profile("ana")).unlock(stage.passphrase)
        try:
            await desk.sync_now()
            return await take(desk, stage.folder, _space(stage))
        finally:
            await desk.close()

    return asyncio.run(taken())
