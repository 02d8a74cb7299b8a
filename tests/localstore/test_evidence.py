"""Exhibits come back as they were, whatever their file is called."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from localstore import evidence, migrate, rows
from localstore.connection import Connection, open_database, transaction
from protocol.errors import BugError, NotFoundError
from tests.localstore.samples import ALICE, BOB, KEY, exhibit, number_id, put

FILE = number_id(9)


@pytest.mark.parametrize(
    "source", ["/tmp/a.pdf", "/tmp/ünïcode 证据.pdf", "/tmp/not-utf8-\udcff.bin", ""]
)
def test_an_exhibit_comes_back_with_any_path(source: str, sp: Connection) -> None:
    record = exhibit(source=source, exported_to=source, message=number_id(1), expires_at=9)

    put(sp, record)

    assert evidence.exhibit(sp, FILE) == record
    assert evidence.exhibits(sp) == [record]
    assert evidence.exhibit(sp, number_id(1)) is None


def test_facts_come_back_in_their_order_with_any_text(sp: Connection) -> None:
    facts = (("title", "Ένα"), ("description", "one\ntwo "), ("tlp", "AMBER"))

    put(sp, exhibit(facts=facts))

    found = evidence.exhibit(sp, FILE)
    assert found is not None
    assert found.facts == facts
    with transaction(sp):
        evidence.update_exhibit(sp, FILE, facts=())
    assert evidence.exhibit(sp, FILE) == exhibit()


def test_an_exhibit_from_before_there_were_facts_states_none(tmp_path: Path) -> None:
    old = tmp_path / "set"
    old.mkdir()
    for number, script in enumerate(migrate.load("space")[:2], start=1):
        (old / f"{number:04}_step.sql").write_text(script)
    columns = rows.values(exhibit())
    del columns["facts"], columns["rank"], columns["digest"]
    columns |= {"source": b"/a", "exported_to": b"", "recipients": BOB}
    sp = open_database(tmp_path / "space.db", KEY, migrations=old)
    named = ", ".join(f":{column}" for column in columns)
    sp.execute(f"INSERT INTO exhibit ({', '.join(columns)}) VALUES ({named})", columns)
    sp.close()

    sp = open_database(tmp_path / "space.db", KEY, migrations="space")

    assert evidence.exhibit(sp, FILE) == exhibit(source="/a")
    sp.close()


def test_columns_change_by_name(sp: Connection) -> None:
    put(sp, exhibit())

    evidence.update_exhibit(
        sp, FILE, state="verified", source="/x-\udcff", recipients=(ALICE, BOB), announced=True
    )

    assert evidence.exhibit(sp, FILE) == exhibit(
        state="verified", source="/x-\udcff", recipients=(ALICE, BOB), announced=True
    )
    with pytest.raises(NotFoundError):
        evidence.update_exhibit(sp, number_id(1), state="verified")
    with pytest.raises(BugError):
        evidence.update_exhibit(sp, FILE, colour="red")


def test_exhibits_are_listed_by_the_time_they_were_added(sp: Connection) -> None:
    for number, at in ((1, 30), (2, 10), (3, 10)):
        put(sp, replace(exhibit(), file=number_id(number), added_at=at))

    assert [e.file for e in evidence.exhibits(sp)] == [number_id(n) for n in (2, 3, 1)]


def test_the_first_receipt_of_a_person_stands(sp: Connection) -> None:
    evidence.mark_verified(sp, FILE, BOB, 20, b"r")
    evidence.mark_verified(sp, FILE, BOB, 10, b"another")
    evidence.mark_verified(sp, FILE, ALICE, 15, b"r")

    assert evidence.verified_by(sp, FILE) == [(ALICE, 15), (BOB, 20)]
