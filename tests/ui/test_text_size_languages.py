"""Text of twice the size in every language: nothing is cut off."""

from __future__ import annotations

from typing import Final

import pytest
from PySide6.QtWidgets import QApplication

from tests.ui.fitting import cut
from tests.ui.playing import playing
from tests.ui.screens import SCREENS
from tests.ui.waiting import sheets
from ui.language.catalogue import SOURCE
from ui.language.known import COMPLETE
from ui.language.speaking import speak
from ui.theme.style import TEXT, theme

pytestmark = pytest.mark.asyncio(loop_scope="session")

_ROOM: Final = (1600, 1000)
_SHOWN: Final = ("first-run", "locked-wrong", "gaps", "search-found", "verify", "words", "overview")


@pytest.mark.parametrize("code", [code for code in COMPLETE if code != SOURCE])
async def test_nothing_is_cut_off_at_200_percent_in_an_offered_language(
    code: str, qapp: QApplication, failures: list[Exception]
) -> None:
    speak(code)
    theme().choose(TEXT, "200")
    found = {}
    for screen in (one for one in SCREENS if one.name in _SHOWN):
        async with playing(screen, failures, size=_ROOM) as made:
            for root in (made.shell, *sheets()):
                if short := cut(root):
                    found[screen.name, root.windowTitle()] = short
    theme().choose(TEXT, "system")
    speak(SOURCE)

    assert found == {}
