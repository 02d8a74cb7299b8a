"""Whether the disk of a profile takes writing: tried with a small file before it is believed."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path
from typing import Final

from localstore import files
from localstore.faults import translate_os
from protocol.errors import JitError
from protocol.limits import KIB

NAME: Final = ".tried"
_BYTES: Final = 64 * KIB


def refusal(folder: Path) -> JitError | None:
    """Write, make durable, read back and remove a small file; None: the disk does all of it."""
    place, data = folder / NAME, secrets.token_bytes(_BYTES)
    try:
        handle = os.open(place, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, files.FILE_MODE)
        try:
            written = os.write(handle, data)
            os.fsync(handle)
        finally:
            os.close(handle)
        if written != _BYTES or place.read_bytes() != data:
            raise OSError
        place.unlink()
        files.sync_folder(folder)
    except OSError as error:
        with contextlib.suppress(OSError):
            place.unlink(missing_ok=True)
        return translate_os(error)
    except JitError as error:
        return error
    return None
