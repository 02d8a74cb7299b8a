"""People this device knows, and whose keys a person has compared (device.db)."""

from __future__ import annotations

from collections.abc import Collection
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


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyChange:
    """A person was let in again under another key (digests, 32 B) by an administrator's entry.

    `decided`: a person at this device has compared the new key, or accepted it unverified.
    """

    user: bytes
    old_key: bytes
    new_key: bytes
    by: bytes
    at: int
    decided: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A key (digest, 32 B) that a person compared: `how` is "number" or "code".

    `device` is one's own (16 B) at which it was; None where an older version noted it.
    """

    user: bytes
    user_key: bytes
    how: str
    at: int
    device: bytes | None


_SAVE: Final = rows.insertion("person", Person, verb="INSERT OR REPLACE")
_ONE: Final = rows.selection(Person, "FROM person WHERE user = :user")
_SOME: Final = rows.selection(Person, "FROM person WHERE user IN (%s)")
_ALL: Final = rows.selection(Person, "FROM person ORDER BY name COLLATE NOCASE, user")
_KNOWN_KEY: Final = "SELECT user_key FROM person WHERE user = :user"
_SET_VERIFIED: Final = rows.insertion("verified", Compared, verb="INSERT OR REPLACE")
_COMPARED: Final = rows.selection(Compared, "FROM verified WHERE user = :user")
_FORGET_VERIFIED: Final = "DELETE FROM verified WHERE user = :user"
_VERIFIED: Final = "SELECT user_key FROM verified WHERE user = :user"
_NOTE_CHANGE: Final = rows.insertion("key_change", KeyChange, verb="INSERT OR IGNORE")
_FORMER_KEYS: Final = "SELECT old_key FROM key_change WHERE user = :user"
_UNDECIDED: Final = rows.selection(
    KeyChange, "FROM key_change WHERE decided = 0 ORDER BY at, user, new_key"
)
_IS_UNDECIDED: Final = """
    SELECT EXISTS (SELECT 1 FROM key_change WHERE user = :user AND decided = 0)"""
_CAME_INSTEAD: Final = """
    SELECT EXISTS (SELECT 1 FROM key_change WHERE user = :user AND new_key = :new_key)"""
_DECIDE: Final = "UPDATE key_change SET decided = 1 WHERE user = :user"


def save_person(db: Connection, person: Person) -> None:
    """Store or replace somebody."""
    db.execute(_SAVE, rows.values(person))


def person(db: Connection, user: bytes) -> Person | None:
    """One person, or None."""
    row = db.execute(_ONE, {"user": user}).fetchone()
    return None if row is None else rows.build(Person, row)


def some(db: Connection, users: Collection[bytes]) -> dict[bytes, Person]:
    """Those of `users` that are known, in one question."""
    asked = _SOME % ", ".join("?" * len(users))
    found = (rows.build(Person, row) for row in db.execute(asked, tuple(users)).fetchall())
    return {one.user: one for one in found}


def known_key(db: Connection, user: bytes) -> bytes | None:
    """The key digest by which this device knows somebody, or None."""
    row = db.execute(_KNOWN_KEY, {"user": user}).fetchone()
    return None if row is None or row[0] is None else bytes(row[0])


def people(db: Connection) -> list[Person]:
    """Everybody, by name."""
    return [rows.build(Person, row) for row in db.execute(_ALL).fetchall()]


def set_verified(db: Connection, compared: Compared) -> None:
    """Note that a person compared a key, how, when and where."""
    db.execute(_SET_VERIFIED, rows.values(compared))


def compared(db: Connection, user: bytes) -> Compared | None:
    """What was compared of somebody, or None. The key may differ from the present one."""
    row = db.execute(_COMPARED, {"user": user}).fetchone()
    return None if row is None else rows.build(Compared, row)


def forget_verified(db: Connection, user: bytes) -> None:
    """Nothing counts as compared for this person any more."""
    db.execute(_FORGET_VERIFIED, {"user": user})


def verified_key(db: Connection, user: bytes) -> bytes | None:
    """The key digest that was compared, or None. It may differ from the present one: CHANGED."""
    row = db.execute(_VERIFIED, {"user": user}).fetchone()
    return None if row is None else bytes(row[0])


def note_key_change(db: Connection, change: KeyChange) -> None:
    """Note that somebody's key was replaced; the same change again changes nothing."""
    db.execute(_NOTE_CHANGE, rows.values(change))


def former_keys(db: Connection, user: bytes) -> set[bytes]:
    """Key digests that were replaced: they stand in older logs."""
    return {bytes(row[0]) for row in db.execute(_FORMER_KEYS, {"user": user}).fetchall()}


def came_instead(db: Connection, user: bytes, new_key: bytes) -> bool:
    """Whether a key (digest, 32 B) came in the place of another one of this person."""
    row = {"user": user, "new_key": new_key}
    return bool(db.execute(_CAME_INSTEAD, row).fetchall()[0][0])


def undecided(db: Connection) -> list[KeyChange]:
    """Changes of keys that nobody at this device has decided about, oldest first."""
    return [rows.build(KeyChange, row) for row in db.execute(_UNDECIDED).fetchall()]


def is_undecided(db: Connection, user: bytes) -> bool:
    """Whether somebody's key was replaced and nobody here has decided about it."""
    return bool(db.execute(_IS_UNDECIDED, {"user": user}).fetchall()[0][0])


def decide(db: Connection, user: bytes) -> None:
    """A person has decided to go on with the present key of somebody."""
    db.execute(_DECIDE, {"user": user})
