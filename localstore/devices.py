"""This device: who it is, its prekeys, and settings (device.db)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from localstore import rows
from localstore.connection import Connection
from protocol.errors import AlreadyEnrolledError, NotEnrolledError

ZERO_HEAD: Final = bytes(32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The identity this profile was enrolled with; `repr` shows no seed."""

    user: bytes
    device: bytes
    user_root: bytes = field(repr=False)  # 32 B, the person's: crypto.recovery
    signing_seed: bytes = field(repr=False)  # 64 B
    identity_seed: bytes = field(repr=False)  # 32 B
    name: str
    authority: str
    country: str
    party: str
    store_address: str
    store_certificate: bytes  # SHA-256
    store_key: bytes  # Ed25519
    enrolled_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PrekeyRow:
    """The private half of one prekey; `kind` is spk, opk, kem or kem_once."""

    kind: str
    id: int
    secret: bytes = field(repr=False)
    created: int
    published: bool


_SAVE_IDENTITY: Final = rows.insertion("identity", Identity)
_IDENTITY: Final = rows.selection(Identity, "FROM identity")
_ENROLLED: Final = "SELECT count(*) FROM identity"
_NAME: Final = """
    UPDATE identity SET name = :name, authority = :authority, country = :country, party = :party"""
_REPIN: Final = "UPDATE identity SET store_certificate = :certificate"
_NEXT_PREKEY: Final = """
    INSERT INTO prekey_counter (kind, last) VALUES (:kind, 1)
    ON CONFLICT (kind) DO UPDATE SET last = last + 1 RETURNING last"""
_SAVE_PREKEY: Final = rows.insertion("prekey", PrekeyRow)
_PREKEY: Final = rows.selection(PrekeyRow, "FROM prekey WHERE kind = :kind")
_ONE_PREKEY: Final = f"{_PREKEY} AND id = :id"
_NEWEST_PREKEY: Final = f"{_PREKEY} ORDER BY id DESC LIMIT 1"
_UNPUBLISHED: Final = f"{_PREKEY} AND published = 0 ORDER BY id"
_PUBLISHED: Final = "UPDATE prekey SET published = 1 WHERE kind = :kind AND id = :id"
_DELETE_PREKEY: Final = "DELETE FROM prekey WHERE kind = :kind AND id = :id"
_DROP_PREKEYS: Final = "DELETE FROM prekey WHERE kind = :kind AND created < :created"
_SETTING: Final = "SELECT value FROM setting WHERE name = :name"
_DROP_SETTING: Final = "DELETE FROM setting WHERE name = :name"
_SET_SETTING: Final = "INSERT OR REPLACE INTO setting (name, value) VALUES (:name, :value)"


def save_identity(db: Connection, identity: Identity) -> None:
    """Store the identity of this profile, once.

    Raises:
        AlreadyEnrolledError: there is one.
    """
    if db.execute(_ENROLLED).fetchall()[0][0]:
        raise AlreadyEnrolledError("This profile already holds an identity.")
    db.execute(_SAVE_IDENTITY, rows.values(identity))


def load_identity(db: Connection) -> Identity | None:
    """The identity of this profile, or None before enrolment."""
    row = db.execute(_IDENTITY).fetchone()
    return None if row is None else rows.build(Identity, row)


def name_identity(db: Connection, identity: Identity) -> None:
    """Take over what the store calls this person: name, authority, country and party only.

    Raises:
        NotEnrolledError: there is no identity.
    """
    if db.execute(_NAME, rows.values(identity)).rowcount != 1:
        raise NotEnrolledError("This profile holds no identity yet.")


def repin(db: Connection, certificate: bytes) -> None:
    """The store is known by this certificate (SHA-256) from now on.

    Raises:
        NotEnrolledError: there is no identity.
    """
    rows.require_transaction(db)
    if db.execute(_REPIN, {"certificate": certificate}).rowcount != 1:
        raise NotEnrolledError("This profile holds no identity yet.")


def next_prekey_id(db: Connection, kind: str) -> int:
    """Draw the next id of a kind, from 1. Drawn is used: it never comes again."""
    return int(db.execute(_NEXT_PREKEY, {"kind": kind}).fetchall()[0][0])


def save_prekeys(db: Connection, prekeys: Iterable[PrekeyRow]) -> None:
    """Store new prekeys; their ids come from `next_prekey_id`."""
    db.executemany(_SAVE_PREKEY, [rows.values(row) for row in prekeys])


def prekey(db: Connection, kind: str, id: int) -> PrekeyRow | None:  # noqa: A002 - its name
    """One prekey, or None when it was used or dropped."""
    row = db.execute(_ONE_PREKEY, {"kind": kind, "id": id}).fetchone()
    return None if row is None else rows.build(PrekeyRow, row)


def newest_prekey(db: Connection, kind: str) -> PrekeyRow | None:
    """The last one made of a kind."""
    row = db.execute(_NEWEST_PREKEY, {"kind": kind}).fetchone()
    return None if row is None else rows.build(PrekeyRow, row)


def unpublished(db: Connection, kind: str) -> list[PrekeyRow]:
    """Prekeys the store has not confirmed yet, oldest first."""
    return [
        rows.build(PrekeyRow, row) for row in db.execute(_UNPUBLISHED, {"kind": kind}).fetchall()
    ]


def mark_published(db: Connection, prekeys: Iterable[tuple[str, int]]) -> None:
    """Note that the store has them."""
    db.executemany(_PUBLISHED, [{"kind": kind, "id": id_} for kind, id_ in prekeys])


def delete_prekey(db: Connection, kind: str, id: int) -> None:  # noqa: A002 - its name
    """Destroy a used one-time key; no error when it is gone."""
    db.execute(_DELETE_PREKEY, {"kind": kind, "id": id})


def drop_prekeys_before(db: Connection, kind: str, created: int) -> None:
    """Destroy keys made before `created` (limits.PREKEY_KEEP_SECONDS ago)."""
    db.execute(_DROP_PREKEYS, {"kind": kind, "created": created})


def setting(db: Connection, name: str) -> str | None:
    """The value of a setting, or None."""
    row = db.execute(_SETTING, {"name": name}).fetchone()
    return None if row is None else str(row[0])


def drop_setting(db: Connection, name: str) -> None:
    """Forget a setting, if there is one."""
    db.execute(_DROP_SETTING, {"name": name})


def set_setting(db: Connection, name: str, value: str) -> None:
    """Set a setting."""
    db.execute(_SET_SETTING, {"name": name, "value": value})
