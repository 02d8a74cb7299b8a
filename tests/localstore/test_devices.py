"""Ids never return, and one profile is one person."""

from __future__ import annotations

from dataclasses import replace

import pytest

from localstore import devices
from localstore.connection import Connection, transaction
from localstore.devices import PrekeyRow
from protocol.errors import AlreadyEnrolledError, NotEnrolledError
from tests.localstore.samples import identity


def prekey(db: Connection, kind: str, created: int = 1) -> PrekeyRow:
    number = devices.next_prekey_id(db, kind)
    row = PrekeyRow(kind=kind, id=number, secret=b"s", created=created, published=False)
    devices.save_prekeys(db, [row])
    return row


def test_an_identity_comes_back_as_it_was_and_only_once(db: Connection) -> None:
    assert devices.load_identity(db) is None
    with transaction(db):
        devices.save_identity(db, identity())

    with pytest.raises(AlreadyEnrolledError), transaction(db):
        devices.save_identity(db, identity())

    assert devices.load_identity(db) == identity()


def test_the_store_may_name_a_person_and_change_nothing_else(db: Connection) -> None:
    with pytest.raises(NotEnrolledError):
        devices.name_identity(db, identity())
    devices.save_identity(db, identity())

    devices.name_identity(db, replace(identity(), name="New", store_key=b"\x01" * 32))

    assert devices.load_identity(db) == replace(identity(), name="New")


@pytest.mark.parametrize("kind", ["spk", "opk", "kem", "kem_once"])
def test_a_prekey_id_never_returns_also_after_deletion(kind: str, db: Connection) -> None:
    first, second = prekey(db, kind), prekey(db, kind)
    devices.delete_prekey(db, kind, second.id)
    devices.delete_prekey(db, kind, second.id)

    third = prekey(db, kind)

    assert [first.id, second.id, third.id] == [1, 2, 3]
    assert devices.prekey(db, kind, 2) is None
    assert devices.prekey(db, kind, 3) == third
    assert devices.newest_prekey(db, kind) == third


def test_kinds_are_counted_apart(db: Connection) -> None:
    prekey(db, "opk")

    assert devices.next_prekey_id(db, "kem") == 1
    assert devices.prekey(db, "kem", 1) is None
    assert devices.newest_prekey(db, "kem") is None


def test_what_was_published_is_not_offered_again(db: Connection) -> None:
    rows = [prekey(db, "opk") for _ in range(3)]

    devices.mark_published(db, [("opk", 1), ("opk", 3)])

    assert devices.unpublished(db, "opk") == [rows[1]]
    assert devices.prekey(db, "opk", 1) == replace(rows[0], published=True)


def test_old_prekeys_are_dropped_by_age_and_kind(db: Connection) -> None:
    prekey(db, "spk", created=10)
    kept = prekey(db, "spk", created=20)
    other = prekey(db, "kem", created=10)

    devices.drop_prekeys_before(db, "spk", 20)

    assert devices.prekey(db, "spk", 1) is None
    assert devices.newest_prekey(db, "spk") == kept
    assert devices.newest_prekey(db, "kem") == other


def test_a_setting_is_replaced(db: Connection) -> None:
    assert devices.setting(db, "x") is None

    devices.set_setting(db, "x", "1")
    devices.set_setting(db, "x", "2")

    assert devices.setting(db, "x") == "2"
