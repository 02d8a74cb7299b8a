"""A desktop's own memory of files, as file dialogs and file managers leave it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest

_LIST = """<?xml version="1.0" encoding="UTF-8"?>
<xbel version="1.0" xmlns:bookmark="http://www.freedesktop.org/standards/desktop-bookmarks">
{}</xbel>
"""
_ENTRY = """  <bookmark href={} added="2026-11-01T10:00:00Z" visited="2026-11-01T10:00:00Z">
    <info><metadata owner="http://freedesktop.org"><mime:mime-type type="image/png"/>
      <bookmark:applications><bookmark:application name="JIT Client" count="1"/>
      </bookmark:applications></metadata></info>
  </bookmark>
"""


@dataclass(frozen=True)
class Desktop:
    """The folders of one account: `home`, and what stands for /tmp and for /run/user."""

    home: Path
    temporary: Path
    runtime: Path

    @classmethod
    def made(cls, folder: Path, patch: pytest.MonkeyPatch) -> Desktop:
        """Fresh folders, and an environment that names them."""
        one = cls(folder / "home", folder / "tmp", folder / "run")
        for path in (one.home, one.temporary, one.runtime):
            path.mkdir(parents=True)
        patch.setenv("HOME", str(one.home))
        patch.setenv("XDG_DATA_HOME", str(one.home / "data"))
        patch.setenv("XDG_CACHE_HOME", str(one.home / "cache"))
        patch.setenv("XDG_CONFIG_HOME", str(one.home / "config"))
        patch.setenv("XDG_RUNTIME_DIR", str(one.runtime))
        patch.setenv("TMPDIR", str(one.temporary))
        patch.setattr("tempfile.tempdir", None)
        return one

    @property
    def recent(self) -> Path:
        """The list of recent files."""
        return self.home / "data" / "recently-used.xbel"

    def thumbnail(self, path: Path, size: str = "normal") -> Path:
        """Where the picture of a file is."""
        name = hashlib.md5(path.as_uri().encode(), usedforsecurity=False).hexdigest()
        return self.home / "cache" / "thumbnails" / size / f"{name}.png"

    def remember(self, *paths: Path) -> None:
        """Somebody saved these through a dialog and looked into their folder."""
        self.recent.parent.mkdir(parents=True, exist_ok=True)
        entries = "".join(_ENTRY.format(quoteattr(path.as_uri())) for path in paths)
        self.recent.write_text(_LIST.format(entries), encoding="utf-8")
        for path in paths:
            for size in ("normal", "fail/gnome-thumbnail-factory"):
                picture = self.thumbnail(path, size)
                picture.parent.mkdir(parents=True, exist_ok=True)
                picture.write_bytes(b"\x89PNG of " + str(path).encode())
