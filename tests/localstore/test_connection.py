"""Only a database that is ours, whole and readable is opened; a refused one is left as it was."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from localstore import connection, devices, files
from localstore.connection import (
    SQLCIPHER,
    Connection,
    Driver,
    check,
    check_version,
    open_database,
    transaction,
)
from protocol.errors import BugError, ConfigurationError, DamagedStoreError
from tests.localstore.samples import KEY, MARK, OTHER_KEY

PAGE = 4096


def filled(path: Path, rows: int = 400) -> bytes:
    """A closed database of many pages; returns its bytes."""
    db = open_database(path, KEY, migrations="device")
    with transaction(db):
        for number in range(rows):
            devices.set_setting(db, f"name {number}", MARK * 10)
    db.execute("DELETE FROM setting WHERE name > 'name 2'")  # leaves pages that no table uses
    assert db.execute("PRAGMA freelist_count").fetchall()[0][0] > 2
    db.close()
    return path.read_bytes()


@pytest.mark.parametrize("version", ["3.40.1", "3.51.2", "3.7", "", "unknown"])
def test_an_sqlite_that_can_corrupt_its_log_is_refused(version: str, tmp_path: Path) -> None:
    old = Driver(SQLCIPHER.connect, version)

    with pytest.raises(ConfigurationError):
        open_database(tmp_path / "x.db", KEY, migrations="device", driver=old)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("version", ["3.51.3", "3.53.4", "4.0.0"])
def test_a_sound_sqlite_is_accepted(version: str) -> None:
    check_version(version)


def test_the_installed_driver_is_sound() -> None:
    check_version(SQLCIPHER.sqlite_version)


def test_a_driver_that_does_not_encrypt_is_refused(tmp_path: Path) -> None:
    connect: Any = sqlite3.connect
    plain = Driver(connect, "3.53.4")

    with pytest.raises(ConfigurationError, match="SQLCipher"):
        open_database(tmp_path / "x.db", KEY, migrations="device", driver=plain)

    assert not (tmp_path / "x.db").exists()


def test_the_settings_that_protect_are_in_force(db: Connection) -> None:
    def value(pragma: str) -> object:
        return db.execute(f"PRAGMA {pragma}").fetchall()[0][0]

    assert value("journal_mode") == "wal"
    assert value("synchronous") == 2
    assert value("secure_delete") == 1
    assert value("foreign_keys") == 1
    assert value("temp_store") == 2
    assert value("cache_size") == -65536


def _cut_pages(data: bytes) -> bytes:
    return data[: -3 * PAGE]


def _cut_half_a_page(data: bytes) -> bytes:
    return data[: -PAGE // 2]


def _only_first_page(data: bytes) -> bytes:
    return data[:PAGE]


def _only_first_bytes(data: bytes) -> bytes:
    return data[:100]


def _empty(data: bytes) -> bytes:
    return data[:0]


def _plain(data: bytes) -> bytes:
    return b"SQLite format 3\x00" + data[16:]


def _noise(data: bytes) -> bytes:
    return data[:16] + bytes(len(data) - 16)


@pytest.mark.parametrize(
    "damage",
    [_cut_pages, _cut_half_a_page, _only_first_page, _only_first_bytes, _empty, _plain, _noise],
)
def test_a_damaged_database_is_refused_and_left_untouched(
    damage: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    path = tmp_path / "x.db"
    data = damage(filled(path))
    path.write_bytes(data)

    with pytest.raises(DamagedStoreError):
        check(open_database(path, KEY, migrations="device"))

    assert path.read_bytes() == data


def test_a_database_of_ours_without_tables_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    files.create_file(path)
    empty = connection._connect(path, KEY, SQLCIPHER)
    empty.execute("CREATE TABLE thing (name TEXT)")
    empty.execute("DROP TABLE thing")
    empty.close()
    data = path.read_bytes()

    with pytest.raises(DamagedStoreError):
        open_database(path, KEY, migrations="device")

    assert path.read_bytes() == data


def test_tables_that_stand_in_each_others_pages_are_found_by_the_check(db: Connection) -> None:
    """The pages are authentic: only their structure is wrong."""
    check(db)
    page = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'person'").fetchall()[0][0]
    db.execute("PRAGMA writable_schema = ON")
    db.execute("UPDATE sqlite_schema SET rootpage = :page WHERE name = 'alarm'", {"page": page})
    db.execute("PRAGMA writable_schema = RESET")

    with pytest.raises(DamagedStoreError):
        check(db)


def test_one_flipped_bit_anywhere_is_found_by_the_check(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    data = bytearray(filled(path))
    for page in range(len(data) // PAGE):
        data[page * PAGE + 1000] ^= 1
        path.write_bytes(data)

        with pytest.raises(DamagedStoreError):
            check(open_database(path, KEY, migrations="device"))

        assert path.read_bytes() == data
        data[page * PAGE + 1000] ^= 1


@pytest.mark.parametrize(
    "key",
    [OTHER_KEY, KEY[:32] + bytes(32), bytes([KEY[0] ^ 1]) + KEY[1:]],
    ids=["another key", "another salt", "the right salt, one bit off"],
)
def test_a_wrong_key_is_refused_and_the_file_left_untouched(key: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    data = filled(path)

    with pytest.raises(DamagedStoreError):
        open_database(path, key, migrations="device")

    assert path.read_bytes() == data


def test_a_wrong_key_does_not_even_fold_in_the_log(tmp_path: Path) -> None:
    path, log = tmp_path / "x.db", tmp_path / "x.db-wal"
    db = open_database(path, KEY, migrations="device")
    devices.set_setting(db, "name", "value")
    data, logged = path.read_bytes(), log.read_bytes()
    db.close()
    path.write_bytes(data)
    log.write_bytes(logged)

    with pytest.raises(DamagedStoreError):
        open_database(path, bytes([KEY[0] ^ 1]) + KEY[1:], migrations="device")

    assert (path.read_bytes(), log.read_bytes()) == (data, logged)
    db = open_database(path, KEY, migrations="device")
    assert devices.setting(db, "name") == "value"
    db.close()


@pytest.mark.parametrize("index", ["older", "noise", "of another", "none"])
def test_f05_an_index_of_the_log_that_does_not_fit_it_is_made_anew(
    index: str, tmp_path: Path
) -> None:
    """After a crash, or a folder that was put back in parts: the log itself counts."""
    path, log, shm = (tmp_path / f"x.db{end}" for end in ("", "-wal", "-shm"))
    db = open_database(path, KEY, migrations="device")
    older = shm.read_bytes()
    for number in range(50):
        devices.set_setting(db, f"name {number}", "value")
    kept = [(one, one.read_bytes()) for one in (path, log)]
    db.close()
    filled(tmp_path / "other.db")
    other = open_database(tmp_path / "other.db", KEY, migrations="device")
    devices.set_setting(other, "name", "other")
    stranger = (tmp_path / "other.db-shm").read_bytes()
    other.close()
    for one, data in kept:
        one.write_bytes(data)
    stale = {"older": older, "noise": b"\xa5" * len(older), "of another": stranger, "none": b""}
    shm.write_bytes(stale[index])
    if index == "none":
        shm.unlink()

    db = open_database(path, KEY, migrations="device")

    assert all(devices.setting(db, f"name {number}") == "value" for number in range(50))
    check(db)
    db.close()


def test_a_missing_database_is_not_replaced_by_an_empty_one(tmp_path: Path) -> None:
    path = tmp_path / "x.db"

    with pytest.raises(DamagedStoreError):
        open_database(path, KEY, migrations="device", create=False)

    (tmp_path / "x.db-wal").write_bytes(b"acknowledged pages")
    with pytest.raises(DamagedStoreError):
        open_database(path, KEY, migrations="device")

    assert [p.name for p in tmp_path.iterdir()] == ["x.db-wal"]


def test_a_key_of_another_length_is_our_mistake(tmp_path: Path) -> None:
    with pytest.raises(BugError):
        open_database(tmp_path / "x.db", KEY[:32], migrations="device")


def test_a_wrong_key_says_nothing_on_the_terminal(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.db"
    filled(path)

    with pytest.raises(DamagedStoreError) as refused:
        open_database(path, bytes([KEY[0] ^ 1]) + KEY[1:], migrations="device")

    assert capfd.readouterr() == ("", "")
    assert KEY[:8].hex() not in repr(refused.getrepr(showlocals=False))


def test_a_failed_act_leaves_nothing_of_itself(db: Connection) -> None:
    def half_an_act() -> None:
        with transaction(db):
            devices.set_setting(db, "a", "1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_an_act()

    assert devices.setting(db, "a") is None
    with transaction(db):
        devices.set_setting(db, "a", "2")
    assert devices.setting(db, "a") == "2"


def test_an_act_inside_an_act_is_our_mistake(db: Connection) -> None:
    with pytest.raises(BugError), transaction(db), transaction(db):
        pass

    assert not db.in_transaction


def test_a_part_of_an_act_that_fails_leaves_the_rest(db: Connection) -> None:
    def fails() -> None:
        with connection.attempt(db):
            devices.set_setting(db, "inside", "1")
            raise ZeroDivisionError

    with transaction(db):
        devices.set_setting(db, "before", "1")
        with pytest.raises(ZeroDivisionError):
            fails()
        with connection.attempt(db):
            devices.set_setting(db, "after", "1")

    assert devices.setting(db, "before") == devices.setting(db, "after") == "1"
    assert devices.setting(db, "inside") is None
    with pytest.raises(BugError), connection.attempt(db):
        pass
