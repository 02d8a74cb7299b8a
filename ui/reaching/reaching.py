"""Joins what comes from outside to the window: comes to the front, locks, asks about a link."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from jitclient.foundation.links import Link
from protocol.errors import BugError, JitError
from ui.language import tr
from ui.reaching.wishes import Act, Wish

if TYPE_CHECKING:
    from jitclient.foundation.policy import Setting
    from ui.reaching.tray import Tray
    from ui.shell import Shell

_WITH_BUS = ("xcb", "wayland", "wayland-egl")
_TOKEN = "XDG_ACTIVATION_TOKEN"  # noqa: S105 - the desktop's word for who may come to the front


class Reaching(QObject):
    """For one window. A link waits for the unlocking; while one is asked about, others are dropped.

    Args:
        shell: the window.
    """

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.shell = shell
        self._waiting: Link | None = None
        self._asking = False
        self.tray: Tray | None = None

    def asked(self, wish: Wish) -> None:
        """Do what a second start asks for."""
        if wish.act is Act.LOCK:
            self.shell.lock()
            return
        self.come_to_front(wish.token)
        if wish.act is Act.WINDOW:
            self._one_more()
        if wish.link is not None:
            self._waiting = wish.link
            self.entered()

    def _one_more(self) -> None:
        """Beside the first window; while it is locked that one asks for the passphrase."""
        if self.shell.frame is not None and self.shell.windows is not None:
            self.shell.windows.another(self.shell.frame)

    def come_to_front(self, token: str = "") -> None:
        """Show the window above the others, as far as the desktop allows."""
        if token:
            os.environ[_TOKEN] = token  # Qt hands it to the compositor and forgets it
        shell = self.shell
        if shell.isMinimized():
            shell.showNormal()
        shell.show()
        shell.raise_()
        shell.activateWindow()

    def entered(self) -> None:
        """The window may be unlocked: show it, and ask about the link that waits, if it is."""
        if self.tray is not None and self.shell.frame is not None:
            self.tray.locked(yes=False)
        if self.shell.frame is not None and self._waiting is not None and not self._asking:
            self._asking = True
            self.shell.tasks.start(self._ask(), name="deep-link")

    def settle(self, settings: Mapping[str, Setting]) -> None:
        """Do what the settings say of notices, pictures of the screen and a status icon."""
        if settings["screenshots"].value == "protected":
            from ui.reaching.pictures import KeptOut, keep_out  # noqa: PLC0415 - rare

            KeptOut(_app())
            keep_out(int(self.shell.winId()))
        if settings["notifications"].value == "on" and _app().platformName() in _WITH_BUS:
            from ui.reaching.notices import Desk, Notices  # noqa: PLC0415 - only where there is one

            Notices(self.shell, Desk(self), self.come_to_front)
        if settings["tray"].value == "on":
            self._put_into_the_tray()

    def _put_into_the_tray(self) -> None:
        from PySide6.QtWidgets import QSystemTrayIcon  # noqa: PLC0415 - for who wants one

        from ui.reaching.tray import Tray  # noqa: PLC0415

        if QSystemTrayIcon.isSystemTrayAvailable():
            tray = self.tray = Tray(self, self.come_to_front, self.shell.lock)
            self.shell.gate_shown.connect(lambda: tray.locked(yes=True))

    async def _ask(self) -> None:
        link, self._waiting = self._waiting, None
        frame = self.shell.frame
        try:
            if link is None or frame is None:
                return
            listed = {one.space: one.title for one in await frame.room.desk.spaces()}
            if await self._agreed(link, listed.get(link.space)) and self.shell.frame is frame:
                frame.room.spaces.select(link.space)
                if link.file is not None:
                    frame.room.show_hit(link.space, None, link.file)
        except JitError:
            return  # the space cannot be read; it says so where it stands
        finally:
            self._asking = False

    async def _agreed(self, link: Link, title: str | None) -> bool:
        from ui import words  # noqa: PLC0415 - behind the first window
        from ui.widgets.confirm import confirm  # noqa: PLC0415

        if title is None:
            unknown = (
                tr("It names a space that is not in this profile."),
                tr("Ask whoever gave it to you to add you to the space."),
            )
            await confirm(
                self.shell, tr("This link leads nowhere here"), unknown,
                action=tr("Close"), kind="primary", cancel=tr("Stay here"),
            )  # fmt: skip
            return False
        shown = words.plain(title)
        what = (
            tr("It leads to an exhibit in “{space}”.", space=shown)
            if link.file is not None
            else tr("It leads to the space “{space}”.", space=shown)
        )
        effects = (what, tr("Nothing is sent, and nobody is told."))
        return await confirm(
            self.shell, tr("Another program opened a link"), effects,
            action=tr("Show it"), kind="primary", cancel=tr("Stay here"),
        )  # fmt: skip


def _app() -> QApplication:
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        raise BugError("There is no application yet.")
    return app
