"""The index follows what it indexes, is caught up in slices, and inside the encrypted file."""

from __future__ import annotations

from pathlib import Path

import pytest

from localstore import evidence, messages, migrate, rows, searchindex
from localstore.connection import Connection, attempt, check, open_database, transaction
from localstore.messages import MessageRecord
from localstore.search import Finder, Wanted
from localstore.searchindex import EXHIBITS, MESSAGES
from protocol.errors import BugError
from tests.localstore.samples import KEY, exhibit, number_id, put, text
from tests.localstore.test_search import look as found
from tests.localstore.test_search import settle

STEPS = migrate.load("space")
BEFORE_SEARCH = next(at for at, script in enumerate(STEPS) if "message_search" in script)
"""How many migrations a space without an index has."""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A space of the schema before, with 25 messages and 3 exhibits."""
    steps = tmp_path / "steps"
    steps.mkdir()
    for number, script in enumerate(STEPS[:BEFORE_SEARCH], start=1):
        (steps / f"{number:04}_step.sql").write_text(script)
    path = tmp_path / "space.db"
    sp = open_database(path, KEY, migrations=steps)
    with transaction(sp), pytest.MonkeyPatch.context() as patch:
        patch.setattr(searchindex, "add", lambda *_: None)
        for number in range(1, 26):
            _as_it_was(sp, text(number, text=f"Łódź {number}"))
        for number in range(1, 4):
            evidence.add_exhibit(sp, exhibit(file=number_id(number), name=f"ε{number}.pdf"))
    sp.close()
    return path


def _as_it_was(sp: Connection, record: MessageRecord) -> None:
    """Add a message with the columns that its table had then."""
    had = {str(row[1]) for row in sp.execute("PRAGMA table_info(message)").fetchall()}
    every = {**rows.values(record), "audience": b""}
    kept = {name: value for name, value in every.items() if name in had}
    names = ", ".join(kept)
    sp.execute(f"INSERT INTO message ({names}) VALUES (:{names.replace(', ', ', :')})", kept)


def fails_after_writing(sp: Connection) -> None:
    with attempt(sp):
        messages.add_message(sp, text(2, text="kept not"))
        raise ZeroDivisionError


def test_what_is_undone_is_not_found(sp: Connection) -> None:
    with transaction(sp):
        messages.add_message(sp, text(1, text="kept"))
        with pytest.raises(ZeroDivisionError):
            fails_after_writing(sp)

    assert found(sp, MESSAGES, "kept") == [1]
    settle(sp)
    assert found(sp, MESSAGES, "kept") == [1]
    assert sp.execute("SELECT count(*) FROM message_search").fetchall() == [(1,)]


def test_a_text_is_never_stored_outside_an_act(sp: Connection) -> None:
    with pytest.raises(BugError):
        messages.add_message(sp, text(1))
    with pytest.raises(BugError):
        evidence.add_exhibit(sp, exhibit())


@pytest.mark.parametrize("indexed", [True, False])
def test_a_changed_text_is_found_as_it_is_now(sp: Connection, *, indexed: bool) -> None:
    put(sp, text(1, text="before"), exhibit(name="before.pdf"))
    if indexed:
        settle(sp)

    with transaction(sp):
        messages.update_message(sp, number_id(1), text="after")
        evidence.update_exhibit(sp, number_id(9), name="after.pdf")
    assert sp.execute("SELECT count(*) FROM message_search").fetchall() == [(indexed,)]

    assert found(sp, MESSAGES, "before") == found(sp, EXHIBITS, "before") == []
    assert found(sp, MESSAGES, "after") == found(sp, EXHIBITS, "after") == [1]
    assert not settle(sp)
    assert found(sp, MESSAGES, "before") == found(sp, EXHIBITS, "before") == []
    assert found(sp, MESSAGES, "after") == found(sp, EXHIBITS, "after") == [1]


def test_what_came_last_is_found_at_every_moment_until_all_is_indexed(tmp_path: Path) -> None:
    sp = open_database(tmp_path / "space.db", KEY, migrations="space")
    put(sp, *(text(n, text=f"Łódź {n}") for n in range(1, 26)))
    assert found(sp, MESSAGES, "lodz") == list(range(25, 0, -1))

    assert settle(sp, 10)
    assert sp.execute("SELECT count(*) FROM message_search").fetchall() == [(10,)]
    assert found(sp, MESSAGES, "lodz") == list(range(25, 0, -1))
    put(sp, text(26, text="łódź, meanwhile"))
    sp.close()

    sp = open_database(tmp_path / "space.db", KEY, migrations="space")  # cut off, and gone on
    assert found(sp, MESSAGES, "lodz") == list(range(26, 0, -1))
    assert settle(sp, 10)
    assert not settle(sp, 10)
    assert searchindex.fresh(sp, MESSAGES) == 0
    assert sp.execute("SELECT count(*) FROM message_search").fetchall() == [(26,)]
    assert found(sp, MESSAGES, "lodz") == list(range(26, 0, -1))
    check(sp)
    sp.close()


def test_a_search_that_is_under_way_while_rows_are_indexed_finds_each_once(sp: Connection) -> None:
    put(sp, *(text(n, text=f"Łódź {n}") for n in range(1, 21)))
    settle(sp)
    put(sp, *(text(n, text=f"Łódź {n}") for n in range(21, 41)))
    finder = Finder(sp, MESSAGES, Wanted(terms=("lodz",)), key="message")

    seen = [position for position, _ in finder.step(sp, 7)]
    settle(sp, 15)
    while not finder.done:
        seen += [position for position, _ in finder.step(sp, 7)]
        settle(sp, 2)

    assert seen == list(range(40, 0, -1))


def test_an_older_space_is_indexed_in_slices_from_the_newest_down(old: Path) -> None:
    sp = open_database(old, KEY, migrations="space")
    put(sp, text(26, text="łódź, new"))
    assert found(sp, MESSAGES, "lodz") == [26]
    assert searchindex.backlog(sp) == (25 + 3, 26 + 3)

    with transaction(sp):
        assert searchindex.catch_up(sp, MESSAGES, 10)
    assert found(sp, MESSAGES, "lodz") == list(range(26, 15, -1))
    sp.close()

    sp = open_database(old, KEY, migrations="space")  # cut off, and gone on from there
    for subject in (MESSAGES, EXHIBITS):
        more = True
        while more:
            with transaction(sp):
                more = searchindex.catch_up(sp, subject, 10)

    assert found(sp, MESSAGES, "lodz") == list(range(26, 0, -1))
    assert found(sp, EXHIBITS, "ε2") == [2]
    assert searchindex.backlog(sp)[0] == 0
    check(sp)
    sp.close()


def test_a_row_of_the_backlog_that_changes_is_indexed_once(old: Path) -> None:
    sp = open_database(old, KEY, migrations="space")

    with transaction(sp):
        messages.update_message(sp, number_id(3), text="changed")
    with transaction(sp):
        assert not searchindex.catch_up(sp, MESSAGES, 100)

    assert found(sp, MESSAGES, "changed") == [3]
    assert sp.execute("SELECT count(*) FROM message_search").fetchall() == [(25,)]
    sp.close()


def test_a_fresh_space_has_nothing_to_catch_up(sp: Connection) -> None:
    assert searchindex.backlog(sp) == (0, 0)
    with transaction(sp):
        assert not searchindex.catch_up(sp, MESSAGES, 10)


def test_the_index_reads_nothing_on_the_disk(tmp_path: Path) -> None:
    sp = open_database(tmp_path / "space.db", KEY, migrations="space")
    put(sp, *(text(n, text="zeugenaussage") for n in range(1, 300)))

    raw = b"".join(path.read_bytes() for path in tmp_path.iterdir())

    assert not any(part in raw for part in (b"zeugen", b"message_search", b"aussage"))
    sp.close()
