"""The product's window at work in a space of years: driven by keys and clicks, watched by a heart.

Run by `bench.desktop` as a process of its own: `python -m bench.deskwork` with a line of JSON. It
unlocks, goes through the acts one after another, and prints a line of JSON for each. An act's time
runs until what was asked for is painted; the heart goes on beating until nothing is under way.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QCoreApplication, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

import ui.app
from bench.heart import BEAT, Heart
from jitclient import unlocking
from jitclient.reviewviews import ReviewState
from protocol.ids import MessageId, SpaceId
from ui.conversation.rowviews import MessageView
from ui.conversation.timeline import Timeline
from ui.evidence.state import ExhibitItem
from ui.spaces.state import Tab

_PATIENCE: Final = 120.0
_WORDS: Final = "the second disk came with the courier today and is being read "


class Worker:
    """Goes through the acts and tells of each."""

    def __init__(self, asked: dict[str, Any]) -> None:
        self._asked = asked
        self._large, self._small = (SpaceId(bytes.fromhex(asked[k])) for k in ("large", "small"))
        self._derived = 0.0
        self._shell: Any = None

    def watch_key(self) -> None:
        """Note when the key has been derived."""
        derive = unlocking.master_key

        def derived(*words: Any, **named: Any) -> Any:
            found = derive(*words, **named)
            self._derived = time.perf_counter()
            return found

        unlocking.master_key = derived

    @property
    def _frame(self) -> Any:
        return self._shell.frame

    @property
    def _line(self) -> Timeline:
        line: Timeline = self._frame.stage.conversation.timeline
        return line

    def begin(self) -> None:
        """The passphrase can be typed; the screens behind it are let load first."""
        self._shell = next(w for w in QApplication.topLevelWidgets() if type(w).__name__ == "Shell")
        QTimer.singleShot(1500, lambda: self._shell.tasks.start(self._work(), name="bench"))

    async def _work(self) -> None:
        try:
            await self._every_act()
        except Exception as failure:  # noqa: BLE001 - said, and the run ends
            sys.stderr.write(f"{failure!r}\n")
            os._exit(1)
        os._exit(0)

    async def _every_act(self) -> None:
        await self._unlock()
        await self._keys("key in the composer", 120)
        self._shown_conversation().composer.edit.setPlainText(_WORDS * 80)
        await self._keys("key in a text of 5,000 characters", 60)
        self._shown_conversation().composer.edit.clear()
        await self._send()
        await self._hear()
        await self._scroll()
        await self._thread()
        await self._switch()
        await self._exhibits()

    # --- acts ------------------------------------------------------------------------------------

    async def _unlock(self) -> None:
        gate = self._shell.pages.currentWidget()
        gate.passphrase.edit.setFocus()
        QTest.keyClicks(gate.passphrase.edit, self._asked["passphrase"])
        with self._act("open at the newest message") as act:
            gate.button.click()
            await _until(lambda: self._derived)
            act.began = self._derived
            await _until(lambda: self._frame is not None and self._row_shown(self._large))
            act.done()
            await self._quiet()
            act.settled()
        self._shell.activateWindow()

    async def _keys(self, name: str, count: int) -> None:
        edit = self._shown_conversation().composer.edit
        edit.setFocus()
        with self._act(name) as act:
            for at in range(count):
                act.again()
                QTest.keyClicks(edit, _WORDS[at % len(_WORDS)])
                QCoreApplication.sendPostedEvents()  # layouts and painting
                act.done()
                await asyncio.sleep(0.01)
            await self._quiet()

    async def _send(self) -> None:
        edit, before = self._shown_conversation().composer.edit, self._last()
        with self._act("send") as act:
            for _ in range(5):
                edit.setFocus()
                QTest.keyClicks(edit, "sent now")
                before = self._last()
                act.again()
                self._frame.room.conversation.send()
                await _until(partial(self._moved_on, before, self._last))
                act.done()
                await self._quiet()

    async def _hear(self) -> None:
        with self._act("a message arrives") as act:
            for _ in range(3):
                before = self._last()
                act.again()
                print(json.dumps({"say": "something new"}), flush=True)
                await _until(partial(self._moved_on, before, self._last))
                await self._quiet()
        act.took.clear()  # most of it is the network

    async def _scroll(self) -> None:
        await self._wheel("wheel through 200 messages", self._line, 60)
        with self._act("load 100 older messages") as act:
            for _ in range(self._asked["pages"]):
                first = self._first()
                act.again()
                self._line.older_button.click()
                await _until(partial(self._moved_on, first, self._first))
                act.done()
                await self._quiet()
        self._memory()
        await self._wheel("wheel, every page loaded", self._line, 60)
        await self._keys("key in the composer, every page loaded", 60)
        middle = MessageId(bytes.fromhex(self._asked["middle"]))
        with self._act("go to a message in the middle") as act:
            self._frame.room.conversation.go_to(self._large, middle)
            await _until(lambda: self._row_of(middle))
            act.done()
            await self._quiet()

    async def _wheel(self, name: str, area: Any, count: int) -> None:
        with self._act(name) as act:
            for _ in range(count):
                act.again()
                _turn_wheel(area.viewport(), 120)
                QCoreApplication.sendPostedEvents()
                act.done()
                await asyncio.sleep(0.01)
            await self._quiet()

    async def _thread(self) -> None:
        room, side = self._frame.room, self._shown_conversation().side
        with self._act("open a thread of 300") as act:
            for _ in range(3):
                act.again()
                room.thread.open(MessageId(bytes.fromhex(self._asked["root"])))
                await _until(side.timeline.message_views)
                act.done()
                await _until(lambda: side.timeline.built)
                await self._quiet()
                room.thread.close()
                await self._quiet()

    async def _switch(self) -> None:
        with self._act("switch of conversation") as act:
            for _ in range(6):
                for space in (self._small, self._large):
                    act.again()
                    self._frame.room.spaces.select(space)
                    await _until(partial(self._row_shown, space))
                    act.done()
                    await asyncio.sleep(0.3)
            await self._quiet()

    async def _exhibits(self) -> None:
        view = self._frame.stage.evidence
        with self._act("show the exhibits") as act:
            self._frame.go(Tab.EVIDENCE)
            await _until(lambda: view.table.isVisible() and view.model.rowCount() > 0)
            act.done()
            await self._quiet()
        every = view.model.rowCount()
        await self._wheel("wheel through the exhibits", view.table, 60)
        with self._act("page, end, home in the exhibits") as act:
            view.table.setFocus()
            for key in (*[Qt.Key.Key_PageDown] * 30, Qt.Key.Key_End, Qt.Key.Key_Home):
                act.again()
                QTest.keyClick(view.table, key)
                QCoreApplication.sendPostedEvents()
                act.done()
                await asyncio.sleep(0.01)
            await self._quiet()
        with self._act("filter, six letters at once") as act:
            QTest.keyClicks(view.query.edit, "77.E01")
            await _until(lambda: 0 < view.model.rowCount() < every // 2)
            act.done()
            await self._quiet()
        with self._act("no filter") as act:
            view.query.edit.clear()
            await _until(lambda: view.model.rowCount() == every)
            act.done()
            await self._quiet()
        await self._change(view)

    async def _change(self, view: Any) -> None:
        """The first of the list, from being marked until its row says so; and all read again."""

        def first() -> ExhibitItem:
            item: ExhibitItem = view.model.items[0]
            return item

        with self._act("an exhibit changed") as act:
            for state in (ReviewState.FLAGGED, ReviewState.IN_REVIEW, ReviewState.NEW):
                before = first().review
                act.again()
                await self._frame.room.desk.reviewing.mark(self._large, first().file, state)
                await _until(partial(_other, before, lambda: first().review))
                act.done()
                await self._quiet()
        with self._act("every exhibit read again") as act:
            self._frame.room.evidence.refresh()
            await self._quiet()
            act.done()

    # --- looking ---------------------------------------------------------------------------------

    def _shown_conversation(self) -> Any:
        return self._frame.stage.conversation

    def _row_shown(self, space: SpaceId) -> bool:
        """Whether a message of a space stands in its timeline."""
        state = self._frame.room.conversation.state
        views = self._line._views
        return (
            state.space == space
            and self._line.isVisible()
            and bool(state.rows)
            and state.rows[-1].key in views
        )

    def _row_of(self, message: bytes) -> bool:
        now = self._line.current()
        return now is not None and now.item.message == message

    def _moved_on(self, before: bytes, end: Callable[[], bytes]) -> bool:
        return self._line.built and end() != before

    def _views(self) -> list[MessageView]:
        return self._line.message_views()

    def _first(self) -> bytes:
        return self._views()[0].item.message

    def _last(self) -> bytes:
        return self._views()[-1].item.message

    async def _quiet(self) -> None:
        """Until no task of the screens is under way and every row has its widget."""
        still = 0
        while still < 20:
            await asyncio.sleep(BEAT)
            still = still + 1 if self._frame.room.tasks.idle and self._line.built else 0

    def _memory(self) -> None:
        for row in Path("/proc/self/status").read_text().splitlines():
            if row.startswith("VmRSS:"):
                print(json.dumps({"rss": int(row.split()[1]) / 1024}), flush=True)

    @contextmanager
    def _act(self, name: str) -> Iterator[Act]:
        act = Act()
        yield act
        act.heart.stop()
        print(json.dumps({"act": name, **act.told()}), flush=True)


class Act:
    """One kind of act: how long each took until painted, what its thread worked for it, in ms."""

    def __init__(self) -> None:
        self.heart = Heart()
        self.took: list[float] = []
        self.used: list[float] = []
        self.again()
        self.after = 0.0

    def again(self) -> None:
        """It begins once more."""
        self.began, self._worked = time.perf_counter(), time.thread_time()

    def done(self) -> None:
        """What was asked for is on the screen."""
        QCoreApplication.sendPostedEvents()
        self.took.append(1000 * (time.perf_counter() - self.began))
        self.used.append(1000 * (time.thread_time() - self._worked))

    def settled(self) -> None:
        """Nothing is under way any more."""
        self.after = 1000 * (time.perf_counter() - self.began)

    def told(self) -> dict[str, Any]:
        heart = self.heart
        return {
            "took": self.took, "used": self.used, "after": self.after,
            "stands": heart.longest, "own": heart.own, "works": heart.busiest,
        }  # fmt: skip


async def _until(holds: Callable[[], object]) -> None:
    limit = time.perf_counter() + _PATIENCE
    while not holds():
        if time.perf_counter() > limit:
            raise TimeoutError(repr(holds))
        await asyncio.sleep(BEAT)


def _other(before: object, now: Callable[[], object]) -> bool:
    return now() != before


def _turn_wheel(over: QWidget, by: int) -> None:
    at = QPointF(over.rect().center())
    event = QWheelEvent(
        at, over.mapToGlobal(at), QPoint(0, 0), QPoint(0, by), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(over, event)


def main() -> None:
    """See the module's text."""
    asked = json.loads(sys.argv[1])
    worker = Worker(asked)
    worker.watch_key()
    space = SpaceId(bytes.fromhex(asked["large"]))
    ui.app.run(Path(asked["profile"]), ready=worker.begin, open_space=space)


if __name__ == "__main__":
    main()
