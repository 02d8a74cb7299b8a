"""What a person does with the window, and waiting for what a person would see."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Final, TypeVar

from PySide6.QtWidgets import QApplication

from jitclient.door import DoorKeeper
from tests.support.people_at_work import PASSPHRASE, PATIENCE, Team
from ui.application import application
from ui.conversation.state import MessageItem
from ui.firstrun.view import FirstRunView
from ui.frame import Frame
from ui.room import Room
from ui.shell import Shell
from ui.unlock.view import UnlockView
from ui.widgets.sheet import Sheet

_TURN: Final = 0.01  # between two looks; how long a wait takes is never judged
_Sheet = TypeVar("_Sheet", bound=Sheet)


async def until(seen: Callable[[], object]) -> None:
    """Let the loop work until something is seen; fail when it never is."""
    async with asyncio.timeout(PATIENCE):
        while not seen():
            await asyncio.sleep(_TURN)


async def sheet(kind: type[_Sheet]) -> _Sheet:
    """Wait for a sheet of this kind."""
    await until(lambda: _sheet(kind) is not None)
    found = _sheet(kind)
    assert found is not None
    return found


def _sheet(kind: type[_Sheet]) -> _Sheet | None:
    for widget in QApplication.topLevelWidgets():
        if isinstance(widget, kind) and widget.isVisible():
            return widget
    return None


@contextlib.asynccontextmanager
async def window(profile: Path) -> AsyncIterator[Window]:
    """The program as it starts on a profile; closed at the end, and no failure unseen."""
    application()
    failures: list[Exception] = []
    shell = Shell(profile, time.time, failures.append)
    shell.show()
    shell.open_gate(DoorKeeper(profile))
    made = Window(shell)
    try:
        yield made
    finally:
        await made.quit()
    assert failures == []


@contextlib.asynccontextmanager
async def ana_at_work(team: Team) -> AsyncIterator[Window]:
    """Ana's window, unlocked, on the space of the team, in step with the store."""
    async with window(team.profile("ana")) as ana:
        await ana.unlock()
        await until(lambda: ana.room.conversation.state.space == team.space and ana.shows_rows)
        yield ana


class Window:
    """One window of the program and the hand in front of it."""

    def __init__(self, shell: Shell) -> None:
        self.shell = shell

    @property
    def frame(self) -> Frame:
        """The unlocked frame."""
        assert self.shell.frame is not None
        return self.shell.frame

    @property
    def room(self) -> Room:
        """The presenters behind the frame."""
        return self.frame.room

    @property
    def unlock_card(self) -> UnlockView:
        """The card that is shown while locked."""
        card = self.shell.pages.currentWidget()
        assert isinstance(card, UnlockView)
        return card

    @property
    def first_run(self) -> FirstRunView:
        """The first run."""
        card = self.shell.pages.currentWidget()
        assert isinstance(card, FirstRunView)
        return card

    @property
    def shows_rows(self) -> bool:
        """Whether the conversation stands on the screen."""
        line = self.frame.stage.conversation.timeline
        return bool(self.room.conversation.state.rows) and line.built

    async def unlock(self, passphrase: str = PASSPHRASE) -> None:
        """Type the passphrase and wait for the frame."""
        card = self.unlock_card
        card.passphrase.edit.setText(passphrase)
        card.button.click()
        await until(lambda: self.shell.frame is not None)
        await until(lambda: not self.room.spaces.state.loading)

    def messages(self) -> list[MessageItem]:
        """The messages on the screen, oldest first."""
        return [one.item for one in self.frame.stage.conversation.timeline.message_views()]

    def says(self, text: str) -> str:
        """The state shown beside the message with this text; empty when it is not shown."""
        return next((one.badge.word for one in self.messages() if one.text == text), "")

    def write(self, text: str) -> None:
        """Type a message and press Send."""
        composer = self.frame.stage.conversation.composer
        composer.edit.setPlainText(text)
        composer.send.click()

    async def quit(self) -> None:
        """Close the window as its corner button does."""
        closed = asyncio.Event()
        self.shell.closed.connect(closed.set)
        self.shell.close()
        await asyncio.wait_for(closed.wait(), PATIENCE)
        self.shell.tasks.close()
        self.shell.deleteLater()
        await asyncio.sleep(0)
