"""A training as a person sees it: it says that it is one, ticks what was done, and says its end."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from jitclient.training.house import PLACE
from sync import network
from tests.ui_real.acting import until
from ui.application import application
from ui.reaching.instance import Instance
from ui.spaces.state import Tab
from ui.training.farewell import FarewellWindow
from ui.training.state import Task
from ui.training.view import TrainingView, said
from ui.training.window import Training
from ui.unlock.view import UnlockView

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture(name="root")
def _root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv(PLACE, str(tmp_path / "training"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    yield tmp_path / "training"
    network.use(proxy=network.SYSTEM, authorities="")


def _farewell() -> FarewellWindow | None:
    found = (one for one in QApplication.topLevelWidgets() if isinstance(one, FarewellWindow))
    return next((one for one in found if one.close_it.isVisible()), None)


async def test_a_training_from_its_first_step_to_its_last_word(root: Path, tmp_path: Path) -> None:
    training = Training(Instance(root, application(), tmp_path))
    living = asyncio.get_running_loop().create_task(training.live())
    await until(lambda: training.ready and training.shell.frame is not None)
    frame, band = training.shell.frame, training.shell.menuWidget()
    assert isinstance(band, TrainingView)
    assert band.band.words.text() == said()
    assert frame is not None
    await until(lambda: frame.room.spaces.state.tiles)
    assert frame.room.spaces.state.home

    frame.go(Tab.CONVERSATION)
    frame.stage.conversation.composer.edit.setPlainText("Good morning.")
    frame.stage.conversation.composer.send.click()
    await until(lambda: band._done == frozenset({Task.MESSAGE}))
    frame.go(Tab.LOG)
    await until(lambda: band._done == frozenset({Task.MESSAGE, Task.CUSTODY}))

    training.shell.lock()
    await until(lambda: isinstance(training.shell.pages.currentWidget(), UnlockView))
    card = training.shell.pages.currentWidget()
    assert isinstance(card, UnlockView)
    await until(band.key.isVisible)
    card.passphrase.edit.setText(band.passphrase.text().split(": ")[1])
    card.button.click()
    await until(lambda: training.shell.frame is not None)
    assert band._done == frozenset({Task.MESSAGE, Task.CUSTODY})

    band.end.click()
    await until(lambda: _farewell() is not None)
    last = _farewell()
    assert last is not None
    assert "3 profiles" in last.gone.text()
    last.close_it.click()
    await living
    training.shell.deleteLater()
    last.deleteLater()
    assert not root.exists()
