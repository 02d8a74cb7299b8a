"""Templates for the facts of exhibits (device.db); they outlive every space."""

from __future__ import annotations

from typing import Final

from localstore.connection import Connection
from localstore.evidence import joined, parted

_SAVE: Final = "INSERT OR REPLACE INTO template (name, facts) VALUES (:name, :facts)"
_ALL: Final = "SELECT name, facts FROM template ORDER BY name"
_DROP: Final = "DELETE FROM template WHERE name = :name RETURNING 1"


def save(db: Connection, name: str, facts: tuple[tuple[str, str], ...]) -> None:
    """Keep a template; one of that name is replaced."""
    db.execute(_SAVE, {"name": name, "facts": joined(facts)})


def templates(db: Connection) -> dict[str, tuple[tuple[str, str], ...]]:
    """Every template by its name."""
    return {str(name): parted(bytes(facts)) for name, facts in db.execute(_ALL).fetchall()}


def drop(db: Connection, name: str) -> bool:
    """Forget a template; False: there is none of that name."""
    return bool(db.execute(_DROP, {"name": name}).fetchall())
