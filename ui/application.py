"""The one QApplication: name, theme, fonts, locale and focus ring."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

from PySide6.QtCore import (
    QMessageLogContext,
    QSettings,
    Qt,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication

from ui.collecting import Collector
from ui.language.speaking import speak, wanted
from ui.layouts import Layouts
from ui.memory import Memory
from ui.onscreen import OnScreen
from ui.theme.style import CHOICES, theme
from ui.widgets.headings import tell_headings
from ui.widgets.reading import InSight
from ui.widgets.ring import FocusRing


def application(profile_dir: Path | None = None) -> QApplication:
    """The one QApplication, with theme, fonts, locale and focus ring."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication) and existing.property("jitc"):
        return existing
    qInstallMessageHandler(_heard)
    # Qt's own dialog would write which folders were opened, outside the profile (docs/WIPING.md).
    QSettings.setPath(QSettings.Format.NativeFormat, QSettings.Scope.UserScope, os.devnull)
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    app.setProperty("jitc", True)
    app.setApplicationName("JIT Client")
    app.setDesktopFileName("eu.jitclient.JitClient")
    app.setQuitOnLastWindowClosed(False)
    app.setAttribute(Qt.ApplicationAttribute.AA_DontShowIconsInMenus, True)
    memory = Memory(profile_dir)
    speak(wanted(memory.text("language")))
    theme().install(app, {what: memory.text(what) for what in CHOICES})
    tell_headings()
    app.setProperty("sight", InSight(app))
    app.setProperty("ring", FocusRing(app))
    app.setProperty("layouts", Layouts(app))
    app.setProperty("onscreen", OnScreen(app))
    app.setProperty("collector", Collector(app))
    return app


def _heard(kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
    """What Qt has to say goes to the log; its chatter about platforms and its texts do not."""
    if kind in (QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg):
        logging.getLogger("ui.qt").error("ui.qt", extra={"kind": kind.name, "size": len(message)})
