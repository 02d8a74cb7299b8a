"""What is copied from this program: into the clipboard, and into no history of it where one heeds.

Windows' clipboard history and cloud, and KDE's manager leave out what carries these marks. Other
managers heed none (docs/WIPING.md).
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QByteArray, QMimeData
from PySide6.QtGui import QGuiApplication

_WINDOWS: Final = 'application/x-qt-windows-mime;value="{}"'
_MARKS: Final = {
    "x-kde-passwordManagerHint": b"secret",
    _WINDOWS.format("ExcludeClipboardContentFromMonitorProcessing"): b"\x01\0\0\0",
    _WINDOWS.format("CanIncludeInClipboardHistory"): b"\0\0\0\0",
    _WINDOWS.format("CanUploadToCloudClipboard"): b"\0\0\0\0",
}


def copy(text: str) -> None:
    """Put a text into the clipboard."""
    data = QMimeData()
    data.setText(text)
    for kind, mark in _MARKS.items():
        data.setData(kind, QByteArray(mark))
    QGuiApplication.clipboard().setMimeData(data)
