"""What the window remembers between runs: places and sizes, never words of a case.

One INI file in the profile folder, readable by its owner only. A space is remembered by its id.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QByteArray, QSettings

from protocol.ids import ID_BYTES, SpaceId, from_hex

FILE: Final = "window.ini"
CARRIES: Final = "uploads-while-locked"
LETTERS: Final = "letters-alone"
YES: Final = "yes"
NO: Final = "no"
BEGINS: Final = "begins-with-today"
_PLACE: Final = frozenset({"space", "tab", "home", "evidence", "window"})


class Memory:
    """Reads and writes `window.ini`. Without a folder (pictures, tests) it remembers nothing.

    Args:
        folder: that of the profile.
        safe: neither read nor write the file: it may be what keeps the window from being used.
    """

    def __init__(self, folder: Path | None, *, safe: bool = False) -> None:
        self.folder = folder
        self._file = folder / FILE if folder is not None and not safe else None
        self._settings: QSettings | None = None
        if self._file is not None and folder is not None and folder.is_dir():
            self._settings = QSettings(str(self._file), QSettings.Format.IniFormat)

    def shape(self, name: str) -> QByteArray | None:
        """A geometry or a splitter."""
        if self._settings is None:
            return None
        value = self._settings.value(name)
        return value if isinstance(value, QByteArray) else None

    def text(self, name: str) -> str:
        """A word."""
        value = self._settings.value(name, "") if self._settings is not None else ""
        return value if isinstance(value, str) else ""

    def space(self) -> SpaceId | None:
        """The space that was in front last."""
        raw = from_hex(self.text("space"), ID_BYTES)
        return None if raw is None else SpaceId(raw)

    def keep(self, name: str, value: QByteArray | str) -> None:
        """Remember."""
        if self._settings is not None:
            self._settings.setValue(name, value)

    def save(self) -> None:
        """Write the file, for its owner only."""
        if self._settings is None or self._file is None:
            return
        self._settings.sync()
        if self._file.exists():
            self._file.chmod(0o600)


class Part(Memory):
    """The same file for a further window: its place and shapes have names of their own."""

    def __init__(self, whole: Memory, number: int) -> None:
        super().__init__(None)
        self._whole = whole
        self._number = number

    def _named(self, name: str) -> str:
        return f"window-{self._number}/{name}" if name in _PLACE else name

    def shape(self, name: str) -> QByteArray | None:
        """A geometry or a splitter."""
        return self._whole.shape(self._named(name))

    def text(self, name: str) -> str:
        """A word."""
        return self._whole.text(self._named(name))

    def keep(self, name: str, value: QByteArray | str) -> None:
        """Remember."""
        self._whole.keep(self._named(name), value)

    def save(self) -> None:
        """Write the file."""
        self._whole.save()
