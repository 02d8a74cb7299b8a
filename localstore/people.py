"""People this device knows, and whose keys a person has compared (device.db)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from localstore import rows
from localstore.connection import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody; `user_key` (key digest, 32 B) is None until it was learnt from a signed log."""

    user: bytes
    name: str
    authority: str
    country: str
    party: str
    device_list: bytes
    user_key: bytes | None


_SAVE: Final = rows.insertion("person", Person, verb="INSERT OR REPLACE")
_ONE: Final = rows.selection(Person, "FROM person WHERE user = :user")
_ALL: Final = rows.selection(Person, "FROM person ORDER BY name COLLATE NOCASE, user")
_SET_VERIFIED: Final = """
    INSERT OR REPLACE INTO verified (user, user_key, how, at)
    VALUES (:user, :user_key, :how, :at)"""
_FORGET_VERIFIED: Final = "DELETE FROM verified WHERE user = :user"
_VERIFIED: Final = "SELECT user_key FROM verified WHERE user = :user"


def save_person(db: Connection, person: Person) -> None:
    """Store or replace somebody."""
    db.execute(_SAVE, rows.values(person))


def person(db: Connection, user: bytes) -> Person | None:
    """One person, or None."""
    row = db.execute(_ONE, {"user": user}).fetchone()
    return None if row is None else rows.build(Person, row)


def people(db: Connection) -> list[Person]:
    """Everybody, by name."""
    return [rows.build(Person, row) for row in db.execute(_ALL).fetchall()]


def set_verified(db: Connection, user: bytes, user_key: bytes, how: str, at: int) -> None:
    """Note that a person compared this key (digest, 32 B), and how."""
    db.execute(_SET_VERIFIED, {"user": user, "user_key": user_key, "how": how, "at": at})


def forget_verified(db: Connection, user: bytes) -> None:
    """Nothing counts as compared for this person any more."""
    db.execute(_FORGET_VERIFIED, {"user": user})


def verified_key(db: Connection, user: bytes) -> bytes | None:
    """The key digest that was compared, or None. It may differ from the present one: CHANGED."""
    row = db.execute(_VERIFIED, {"user": user}).fetchone()
    return None if row is None else bytes(row[0])
