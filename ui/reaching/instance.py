"""One window per profile: the first holds a lock and listens; a second start hands over and ends.

The socket lies in a folder that only this person may enter, and whoever connects is asked of the
system who they are; names on Windows are open to this account only.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import socket
import stat
import struct
import sys
import tempfile
from pathlib import Path
from typing import Final

from PySide6.QtCore import QLockFile, QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from protocol.errors import BadInputError
from ui.reaching.wishes import MAX_WISH_BYTES, Wish, read_wish, written

_ANSWER: Final = b"ok\n"
_CONNECT_MS: Final = 2_000
_ANSWER_MS: Final = 5_000
_MAX_PATH_BYTES: Final = 100
"""A socket's name has 108 bytes on Linux, 104 on macOS."""
_MAX_WAITING: Final = 4
_DARWIN_LOCAL_PEERCRED: Final = 1


class Instance(QObject):
    """The place where starts of one profile meet.

    Args:
        profile: the profile folder; it need not exist.
        base: where the folder with the socket lies; None for the system's choice.
    """

    asked = Signal(object)

    def __init__(self, profile: Path, parent: QObject, base: Path | None = None) -> None:
        super().__init__(parent)
        digest = hashlib.sha256(os.fsencode(profile.resolve())).hexdigest()[:16]
        folder = private_folder(base, digest)
        self._name = f"jitclient-{digest}"
        self._lock: QLockFile | None = None
        if folder is not None:
            if sys.platform != "win32":
                self._name = str(folder / "window")
            self._lock = QLockFile(str(folder / "window.lock"))
            self._lock.setStaleLockTime(0)  # a window may be open for weeks
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.setMaxPendingConnections(_MAX_WAITING)
        self._server.newConnection.connect(self._connected)

    def claim(self) -> bool:
        """Become the window of the profile; False: there is one.

        Where no private folder is to be had every start is the first, as without this module.
        """
        if self._lock is None:
            return True
        if not self._lock.tryLock(0):
            return False
        QLocalServer.removeServer(self._name)  # of one that was killed
        self._server.listen(self._name)
        return True

    def hand_over(self, wish: Wish) -> bool:
        """Ask the window that is there and wait for its answer; False: it gave none."""
        line = QLocalSocket()
        line.connectToServer(self._name)
        if not line.waitForConnected(_CONNECT_MS) or not _same_person(line):
            return False
        line.write(written(wish))
        line.flush()
        done = line.waitForReadyRead(_ANSWER_MS) and bytes(line.readAll().data()) == _ANSWER
        line.close()
        return done

    def release(self) -> None:
        """Let another start be the first."""
        self._server.close()
        if self._lock is not None:
            self._lock.unlock()

    def _connected(self) -> None:
        while (line := self._server.nextPendingConnection()) is not None:
            line.disconnected.connect(line.deleteLater)
            if not _same_person(line):
                line.abort()
                continue
            line.readyRead.connect(lambda line=line: self._heard(line))
            if line.bytesAvailable():
                self._heard(line)

    def _heard(self, line: QLocalSocket) -> None:
        if not line.canReadLine():
            if line.bytesAvailable() > MAX_WISH_BYTES:
                line.abort()
            return
        try:
            wish = read_wish(bytes(line.readLine(MAX_WISH_BYTES + 2).data()))
        except BadInputError:
            line.abort()
            return
        line.write(_ANSWER)
        line.flush()
        line.disconnectFromServer()
        self.asked.emit(wish)


def private_folder(base: Path | None, name: str) -> Path | None:
    """A folder of this person's alone, made where it is missing; None where that cannot be had."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    places = [Path(runtime)] if runtime else []
    places.append(Path(tempfile.gettempdir()))
    for place in [base] if base is not None else places:
        above = place / f"jitclient-{_me()}"
        folder = above / name
        if len(os.fsencode(folder)) + len("/window.lock") > _MAX_PATH_BYTES:
            continue
        with contextlib.suppress(OSError):
            for one in (above, folder):
                one.mkdir(mode=0o700, exist_ok=True)
            if _mine(above) and _mine(folder):
                return folder
    return None


def _me() -> int:
    return os.getuid() if hasattr(os, "getuid") else 0


def _mine(folder: Path) -> bool:
    """Whether nobody else can enter: not a link, ours, closed to others; on Windows, its list."""
    if sys.platform == "win32":
        return folder.is_dir()
    found = folder.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == _me() and not found.st_mode & 0o077


def _same_person(line: QLocalSocket) -> bool:
    """Whether the other end is a process of this account, as the system says."""
    if sys.platform == "win32":
        return True  # the pipe's own list lets nobody else in
    try:
        with socket.socket(fileno=os.dup(int(line.socketDescriptor()))) as end:
            return _peer(end) == _me()
    except (OSError, ValueError):
        return False


def _peer(end: socket.socket) -> int:
    if sys.platform == "darwin":
        told = end.getsockopt(0, _DARWIN_LOCAL_PEERCRED, 76)
        return int(struct.unpack_from("=II", told)[1])
    told = end.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return int(struct.unpack("3i", told)[1])
