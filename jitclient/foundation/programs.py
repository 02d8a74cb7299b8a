"""How this program starts its own further processes, installed or as a bundle.

In a bundle there is no interpreter to name: the program itself takes the words `-m MODULE` for the
modules that are processes of their own, and for no others (packaging/bundle/start.py).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

CARRIER: Final = "jitclient.carrier"
VIEWER: Final = "jitclient.viewing.worker"
TRAINING: Final = "ui.training.window"
DIRECTOR: Final = "jitclient.training.director"
STORE: Final = "jitclient.training.storehouse"
PROCESSES: Final = frozenset({CARRIER, VIEWER, TRAINING, DIRECTOR, STORE})
"""Modules with a `main` that may be started as a process."""


def bundled() -> bool:
    """Whether this is the bundle, with its interpreter inside."""
    return bool(getattr(sys, "frozen", False))


def beside(name: str) -> Path | None:
    """A file that the bundle brings beside its program; None where there is no bundle, or none."""
    found = Path(sys.executable).parent / name
    return found if bundled() and found.is_file() else None


def words_to_start(module: str, *, isolated: bool = False) -> tuple[str, ...]:
    """What starts one of `PROCESSES`.

    Args:
        module: its name.
        isolated: without the person's own Python settings and folders; a bundle is always so.
    """
    if bundled():
        return (sys.executable, "-m", module)
    return (sys.executable, *(("-I",) if isolated else ()), "-m", module)
