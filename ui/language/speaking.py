"""The language of the whole window: our sentences, Qt's own, and how numbers are typed."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from ui.language.catalogue import SOURCE, choose, trc
from ui.language.known import nearest

BUTTONS: Final = (
    "OK", "Cancel", "Save", "Open", "&Open", "&Save", "&Cancel", "Close", "&Yes", "&No",
    "&Undo", "&Redo", "Cu&t", "&Copy", "&Paste", "Delete", "Select All", "&Step up", "Step &down",
)  # fmt: skip
"""What Qt says in the fields and dialogs we use; for seven languages it has no catalogue at all."""
QT: Final = "a button or menu of Qt"
_KEPT: Final = "translators"


class _Own(QTranslator):
    """Asked before Qt's own catalogue; what it does not know, that one may."""

    def translate(
        self, context: str, source: str, disambiguation: str | None = None, n: int = -1
    ) -> str:
        """Our words for Qt's, or nothing; to Qt an empty text would be a translation."""
        said = trc(QT, source) if source in BUTTONS else ""
        return said if said and said != source else None  # type: ignore[return-value]

    def isEmpty(self) -> bool:
        """Qt asks no empty catalogue."""
        return False


def wanted(kept: str) -> str:
    """What a person chose; the language of the desktop as long as nobody did."""
    return nearest(kept or QLocale.system().name())


def speak(code: str) -> None:
    """Say everything that is shown from now on in this language."""
    choose(code)
    QLocale.setDefault(QLocale("en_IE" if code == SOURCE else "pt_PT" if code == "pt" else code))
    app = QCoreApplication.instance()
    if app is None:
        return
    for old in app.property(_KEPT) or ():
        app.removeTranslator(old)
    made: list[QTranslator] = []
    if code != SOURCE:
        theirs = QTranslator(app)
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if theirs.load(f"qtbase_{code}", folder):
            made.append(theirs)
        made.append(_Own(app))
    for one in made:  # the last one is asked first
        app.installTranslator(one)
    app.setProperty(_KEPT, made)
