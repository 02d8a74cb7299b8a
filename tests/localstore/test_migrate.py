"""Schemas move forward only; a newer one is refused, an older one copied aside first."""

from __future__ import annotations

from pathlib import Path

import pytest

from localstore import migrate
from localstore.connection import Connection, check, open_database
from protocol.errors import BugError, ConfigurationError
from tests.localstore.samples import KEY

FIRST = "CREATE TABLE thing (name TEXT);\n"
SECOND = "-- a remark; with a semicolon\nALTER TABLE thing ADD COLUMN size INTEGER;\n"
THIRD = """CREATE TRIGGER kept BEFORE DELETE ON thing
BEGIN
    SELECT RAISE(ABORT, 'kept');
END;
UPDATE thing SET size = length(name);
"""


@pytest.fixture
def sets(tmp_path: Path) -> dict[int, Path]:
    """Migration sets of one, two and three steps."""
    made = {}
    for count in (1, 2, 3):
        made[count] = tmp_path / f"set{count}"
        made[count].mkdir()
        for number, script in enumerate((FIRST, SECOND, THIRD)[:count], start=1):
            (made[count] / f"{number:04}_step.sql").write_text(script)
    return made


def schema(conn: Connection) -> list[tuple[object, ...]]:
    return conn.execute("SELECT type, name, sql FROM sqlite_schema ORDER BY name").fetchall()


@pytest.mark.parametrize("name", ["device", "space"])
def test_our_own_sets_apply_and_end_at_their_number(name: str, tmp_path: Path) -> None:
    conn = open_database(tmp_path / "x.db", KEY, migrations=name)

    version = conn.execute("PRAGMA user_version").fetchall()[0][0]

    assert version == len(migrate.load(name)) >= 1
    tables = [row for row in schema(conn) if row[0] == "table" and "sqlite_" not in str(row[1])]
    ours = [row for row in tables if "_search" not in str(row[1])]  # FTS5 makes those itself
    assert all("STRICT" in str(row[2]) for row in ours)
    check(conn)
    conn.close()


def test_a_migrated_database_has_the_schema_of_a_fresh_one(
    sets: dict[int, Path], tmp_path: Path
) -> None:
    open_database(tmp_path / "old.db", KEY, migrations=sets[1]).close()

    migrated = open_database(tmp_path / "old.db", KEY, migrations=sets[3])
    fresh = open_database(tmp_path / "new.db", KEY, migrations=sets[3])

    assert schema(migrated) == schema(fresh)
    migrated.close()
    fresh.close()


def test_a_newer_schema_is_refused_and_left_untouched(
    sets: dict[int, Path], tmp_path: Path
) -> None:
    path = tmp_path / "x.db"
    open_database(path, KEY, migrations=sets[3]).close()
    data = path.read_bytes()

    with pytest.raises(ConfigurationError, match="newer"):
        open_database(path, KEY, migrations=sets[2])

    assert path.read_bytes() == data


def test_an_older_database_is_copied_aside_before_it_changes(
    sets: dict[int, Path], tmp_path: Path
) -> None:
    path, aside = tmp_path / "x.db", tmp_path / "x.db.before-v2"
    old = open_database(path, KEY, migrations=sets[1])
    old.execute("INSERT INTO thing VALUES ('exhibit')")
    data, log = path.read_bytes(), (tmp_path / "x.db-wal").read_bytes()
    old.close()
    path.write_bytes(data)
    (tmp_path / "x.db-wal").write_bytes(log)  # as after a kill: the row stands in the log alone

    conn = open_database(path, KEY, migrations=sets[2])

    assert conn.execute("SELECT name, size FROM thing").fetchall() == [("exhibit", None)]
    assert (aside.read_bytes(), aside.stat().st_mode & 0o777) == (data, 0o600)
    assert (tmp_path / "x.db.before-v2-wal").read_bytes() == log
    conn.close()
    kept = open_database(aside, KEY, migrations=sets[1])
    assert kept.execute("SELECT name FROM thing").fetchall() == [("exhibit",)]
    kept.close()


def test_the_copy_goes_once_the_migrated_database_has_opened_again(
    sets: dict[int, Path], tmp_path: Path
) -> None:
    path = tmp_path / "x.db"
    open_database(path, KEY, migrations=sets[1]).close()
    open_database(path, KEY, migrations=sets[2]).close()
    assert migrate.copies(path) != []

    open_database(path, KEY, migrations=sets[2]).close()

    assert migrate.copies(path) == []


def test_a_failing_step_leaves_the_database_as_it_was(
    sets: dict[int, Path], tmp_path: Path
) -> None:
    path = tmp_path / "x.db"
    open_database(path, KEY, migrations=sets[1]).close()
    (sets[2] / "0002_step.sql").write_text(SECOND + "INSERT INTO nowhere VALUES (1);\n")

    with pytest.raises(Exception, match="nowhere"):
        open_database(path, KEY, migrations=sets[2])

    conn = open_database(path, KEY, migrations=sets[1])
    assert conn.execute("PRAGMA table_info(thing)").fetchall()[-1][1] == "name"
    conn.close()


def test_a_gap_in_the_numbers_is_our_mistake(sets: dict[int, Path]) -> None:
    (sets[3] / "0002_step.sql").unlink()

    with pytest.raises(BugError):
        migrate.load(sets[3])


def test_a_script_that_ends_in_the_middle_is_our_mistake() -> None:
    with pytest.raises(BugError):
        list(migrate.statements("CREATE TABLE a (b);\nCREATE TABLE c ("))
