"""What the keys do that open a place: Today, and a further window."""

from __future__ import annotations

from tests.ui.pressing import Hand, effect, evidence
from tests.ui.waiting import calm, until
from ui.evidence.queuesheet import QueueSheet
from ui.spaces.state import Tab


@effect("home")
async def home(hand: Hand) -> None:
    hand.press(hand.shell)

    assert hand.frame.stage.home.isVisible()
    hand.frame.room.spaces.show_tab(Tab.CONVERSATION)
    await calm(hand.frame)


@effect("window-new")
async def further(hand: Hand) -> None:
    windows = hand.shell.windows
    assert windows is not None
    hand.press(hand.shell)
    await until(lambda: len(windows.open) == 1)
    windows.open[0].close()
    await until(lambda: hand.shell.tasks.idle)
    await hand.front()


@effect("transfers")
async def transfers(hand: Hand) -> None:
    await hand.opens(QueueSheet)


@effect("details")
async def details(hand: Hand) -> None:
    table = await evidence(hand)
    inspector = hand.frame.stage.evidence.inspector
    assert inspector.isVisible()

    hand.press(table)
    assert not inspector.isVisible()
    hand.press(table)
    assert inspector.isVisible()


@effect("undo")
async def undo(hand: Hand) -> None:
    taken: list[str] = []
    hand.frame.room.status.offer("Done", lambda: taken.append("back"))

    hand.press(hand.shell)

    assert taken == ["back"]
