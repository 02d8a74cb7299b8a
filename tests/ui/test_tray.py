"""The status icon says whether the window is locked and nothing else; unasked there is none."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QSystemTrayIcon

from jitclient.foundation.policy import DEFAULTS, Setting
from tests.ui.waiting import enter, until
from ui.reaching.reaching import Reaching
from ui.reaching.tray import Tray

pytestmark = pytest.mark.asyncio(loop_scope="session")

BY_ITSELF = {key: Setting(value, "default") for key, value in DEFAULTS.items()}


async def test_the_icon_follows_the_lock_and_names_nothing(
    locked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: True)
    shell, door = locked
    reaching = Reaching(shell)
    reaching.settle({**BY_ITSELF, "tray": Setting("on", "profile")})
    shell.opened = lambda _desk: reaching.entered()
    tray = reaching.tray
    assert tray is not None
    texts = [tray.icon.toolTip()]
    assert not tray.menu.actions()[1].isEnabled()

    await enter(shell, door)
    texts.append(tray.icon.toolTip())
    assert tray.menu.actions()[1].isEnabled()
    tray.menu.actions()[1].trigger()
    await until(lambda: shell.frame is None and tray.icon.toolTip() == texts[0])

    assert texts == ["JIT Client, locked", "JIT Client, unlocked"]
    assert not tray.menu.actions()[1].isEnabled()


async def test_a_click_brings_the_window(locked: Any) -> None:
    shell, _ = locked
    shown: list[int] = []
    tray = Tray(shell, lambda: shown.append(1), lambda: None)

    tray.icon.activated.emit(QSystemTrayIcon.ActivationReason.Context)
    tray.icon.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)

    assert shown == [1]


async def test_without_a_wish_or_a_place_there_is_no_icon(
    locked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell, _ = locked
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: True)
    by_itself = Reaching(shell)
    by_itself.settle(BY_ITSELF)
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: False)
    nowhere = Reaching(shell)
    nowhere.settle({**BY_ITSELF, "tray": Setting("on", "profile")})

    assert by_itself.tray is None
    assert nowhere.tray is None
