"""The customs detection of a space that is not handed over yet (space.db); it goes with it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from localstore.connection import Connection
from localstore.evidence import joined, parted

_KEEP: Final = "INSERT OR REPLACE INTO intake_draft (here, form, images) VALUES (1, :form, :images)"
_LOAD: Final = "SELECT form, images FROM intake_draft"
_DROP: Final = "DELETE FROM intake_draft"


def keep(sp: Connection, form: tuple[tuple[str, str], ...], images: tuple[Path, ...]) -> None:
    """Keep what is filled in, in the place of what was before."""
    paths = b"".join(os.fsencode(one) + b"\0" for one in images)
    sp.execute(_KEEP, {"form": joined(form), "images": paths})


def load(sp: Connection) -> tuple[tuple[tuple[str, str], ...], tuple[Path, ...]]:
    """What is filled in, and the images; empty when there is no draft."""
    row = sp.execute(_LOAD).fetchone()
    if row is None:
        return (), ()
    paths = bytes(row[1]).split(b"\0")[:-1]
    return parted(bytes(row[0])), tuple(Path(os.fsdecode(one)) for one in paths)


def drop(sp: Connection) -> None:
    """It was handed over, or thrown away."""
    sp.execute(_DROP)
