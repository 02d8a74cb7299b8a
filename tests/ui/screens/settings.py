"""Every page of the settings."""

from __future__ import annotations

from tests.ui.screens.stagecraft import SCREENS, Play, Screen
from tests.ui.waiting import until
from ui.settings.pages import PAGES
from ui.settings.storage import StoragePage
from ui.settings.view import SettingsSheet


def _page(name: str) -> None:
    async def go(play: Play) -> None:
        frame, _ = await play.frame()
        frame.show_settings(name)
        shown = (await play.shown(SettingsSheet)).shown_page()
        if isinstance(shown, StoragePage):
            await until(lambda: not shown._presenter.state.loading)

    SCREENS.append(Screen(f"settings-{name}", go))


for one in PAGES:
    _page(one.name)
