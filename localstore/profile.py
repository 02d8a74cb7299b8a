"""A profile: one person's folder on one device, held by one process at a time.

profile/                 0700
  lock                   held while a process uses the profile
  id                     32 hex digits; names the keyring entry
  vault                  the sealed master key
  device.db              keys, spaces, people, alarms
  carrying               held while transfers go on although the window is locked
  limits                 bytes per second of transfers; no secret
  spaces/<hex>/space.db  one database per space
  spaces/<hex>/parts/<file hex>/<index>   sealed parts, as they travelled
  spaces/<hex>/spool/<file hex>   what came from standard input, sealed, until it is handed over
"""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from localstore import files
from localstore.faults import translated
from protocol.errors import ConfigurationError, ProfileInUseError
from protocol.limits import KIB

_MAX_FILE_BYTES: Final = 4 * KIB
_IN_USE: Final = "Another window or command is using this profile. Close it and try again."


class Profile:
    """The folder of one profile, locked for this process until `close()`.

    Raises:
        ProfileInUseError: another process (or another `Profile` here) holds it.
        ConfigurationError: the folder belongs to somebody else, or is no folder.
        DiskError: it cannot be made or read.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = Path(directory).absolute()
        _refuse_strangers(self.directory)
        files.make_folder(self.directory)
        self._lock: int | None = take_lock(self.directory / "lock")
        try:
            files.make_folder(self.directory / "spaces")
            _tighten(self.directory)
            self.id: str = _identify(self.directory / "id")
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the lock. The system does the same when the process dies."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    @property
    def key_id(self) -> bytes:
        """The id as 16 bytes: what ties the vault to this profile."""
        return bytes.fromhex(self.id)

    @property
    def vault_file(self) -> Path:
        """The sealed master key."""
        return self.directory / "vault"

    @property
    def device_database(self) -> Path:
        """Keys, spaces, people, alarms."""
        return self.directory / "device.db"

    def load_vault(self) -> bytes | None:
        """The vault's bytes, or None before the first run."""
        return files.load_file(self.vault_file, _MAX_FILE_BYTES)

    def save_vault(self, data: bytes) -> None:
        """Replace the vault whole or not at all.

        Raises:
            DiskError: full or failing disk; the old vault stands.
        """
        files.save_file(self.vault_file, data)

    def space_folder(self, space: bytes) -> Path:
        """Everything of one space."""
        return self.directory / "spaces" / space.hex()

    def space_database(self, space: bytes) -> Path:
        """The database of one space; its folder is made on the way."""
        folder = self.space_folder(space)
        files.make_folder(folder)
        return folder / "space.db"

    def parts_folder(self, space: bytes, file: bytes) -> Path:
        """Where the sealed parts of one exhibit stand."""
        return self.space_folder(space) / "parts" / file.hex()


def _refuse_strangers(directory: Path) -> None:
    with translated():
        if directory.exists() and not directory.is_dir():
            raise ConfigurationError("The profile is not a folder.")
        if hasattr(os, "getuid") and directory.exists() and directory.stat().st_uid != os.getuid():
            raise ConfigurationError("The profile folder belongs to another account.")


def take_lock(path: Path) -> int:
    """Lock a file for this process, as long as the handle is open.

    Raises:
        ProfileInUseError: another process, or another handle here, has it.
        DiskError: it cannot be made.
    """
    with translated():
        handle = os.open(path, os.O_CREAT | os.O_RDWR, files.FILE_MODE)
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - exists on Windows only

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415 - does not exist on Windows

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise ProfileInUseError(_IN_USE) from None
    return handle


def _tighten(directory: Path) -> None:
    """Correct folders and files of ours that something made readable for others."""
    with translated():
        for folder, _, names in os.walk(directory):
            if Path(folder).stat().st_mode & 0o077:
                Path(folder).chmod(files.FOLDER_MODE)
            if Path(folder).parent.name == "parts":
                continue  # up to 250,000 parts of one exhibit, inside a folder that is 0700
            for name in names:
                file = Path(folder) / name
                if not file.is_symlink() and file.stat().st_mode & 0o077:
                    file.chmod(files.FILE_MODE)


def _identify(path: Path) -> str:
    known = files.load_file(path, _MAX_FILE_BYTES)
    if known is None:
        known = secrets.token_hex(16).encode()  # a name, not a key
        files.save_file(path, known)
    text = known.decode("ascii", errors="replace")
    if len(text) != 32 or not all(c in "0123456789abcdef" for c in text):
        raise ConfigurationError("The file “id” of this profile is damaged.")
    return text
