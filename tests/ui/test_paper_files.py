"""Half a document is none: not on a full disk, and not where only a closed file can be removed."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path

import pytest

from protocol.errors import CannotCreateError
from ui.printing import writing

_FILES = Path("/proc/self/fd")
pytestmark = pytest.mark.skipif(not _FILES.is_dir(), reason="lists open files")


def test_what_a_full_disk_cut_off_is_removed_once_it_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, removing = tmp_path / "log.pdf", Path.unlink

    def unlink_closed(self: Path, missing_ok: bool = False) -> None:
        if self in _open():
            raise PermissionError(errno.EACCES, "in use")  # as Windows has it
        removing(self, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", unlink_closed)
    monkeypatch.setattr(writing, "_own", _to_a_full_disk)

    with pytest.raises(CannotCreateError):
        writing.save(path, bytes(100_000))

    assert not path.exists()


def test_a_file_that_was_there_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "log.pdf"
    path.write_bytes(b"theirs")

    with pytest.raises(CannotCreateError):
        writing.save(path, b"ours")

    assert path.read_bytes() == b"theirs"


def _to_a_full_disk(path: str, flags: int) -> int:
    """Opened for reading only: no byte can be written to it."""
    os.close(os.open(path, flags, 0o600))
    return os.open(path, os.O_RDONLY)


def _open() -> set[Path]:
    found: set[Path] = set()
    for one in _FILES.iterdir():
        with contextlib.suppress(OSError):  # the one that lists them
            found.add(one.readlink())
    return found
