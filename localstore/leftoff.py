"""How a person left a space: begun texts, places in lists, filters (space.db); it goes with it."""

from __future__ import annotations

from typing import Final

from localstore.connection import Connection

_LOAD: Final = "SELECT name, text FROM left_off"
_KEEP: Final = "INSERT OR REPLACE INTO left_off (name, text) VALUES (:name, :text)"
_DROP: Final = "DELETE FROM left_off WHERE name = :name"


def load(sp: Connection) -> dict[str, str]:
    """Everything noted, by name."""
    return {str(name): str(text) for name, text in sp.execute(_LOAD).fetchall()}


def keep(sp: Connection, name: str, text: str) -> None:
    """Note a text in the place of the one before; an empty one is none."""
    if text:
        sp.execute(_KEEP, {"name": name, "text": text})
    else:
        sp.execute(_DROP, {"name": name})
