"""Nothing readable on the disk, nothing secret in what the program prints of itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from localstore import chunks, devices, evidence, people, spaces
from localstore.connection import Connection, checkpoint, open_database, transaction
from localstore.devices import PrekeyRow
from localstore.people import Person
from localstore.profile import Profile
from localstore.sessions import SessionRow
from tests.localstore.pages import plain_pages
from tests.localstore.samples import (
    ALICE,
    KEY,
    MARK,
    OTHER_KEY,
    SPACE,
    exhibit,
    identity,
    outgoing,
    send,
    space_record,
)

SPELLINGS = (MARK.encode(), MARK.encode("utf-16-le"), MARK.encode().hex().encode())


def everything_under(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_i31_no_marker_is_readable_in_any_file_while_open_or_closed(profile: Profile) -> None:
    db = open_database(profile.device_database, KEY, migrations="device")
    sp = open_database(profile.space_database(SPACE), OTHER_KEY, migrations="space")
    with transaction(db):
        devices.save_identity(db, identity())
        spaces.add_space(db, space_record(database_key=OTHER_KEY))
    send(sp, 1)
    with transaction(sp):
        evidence.add_exhibit(sp, exhibit())
    secrets = (*SPELLINGS, KEY[:32], OTHER_KEY[:32])

    while_open = everything_under(profile.directory)
    db.close()
    sp.close()
    closed = everything_under(profile.directory)

    assert {"device.db", "device.db-wal", "device.db-shm", "space.db-wal"} <= set(while_open)
    hits = [
        (name, secret)
        for found in (while_open, closed)
        for name, data in found.items()
        for secret in secrets
        if secret in data
    ]
    assert hits == []


def test_the_search_above_would_find_the_marker_if_it_were_there(profile: Profile) -> None:
    sp = open_database(profile.space_database(SPACE), KEY, migrations="space")
    send(sp, 1)

    opened = b"".join(plain_pages(profile.space_database(SPACE), KEY))

    assert MARK.encode() in opened
    sp.close()


def test_i32_a_forgotten_key_is_in_no_page_of_the_database_or_its_log(
    profile: Profile, db: Connection
) -> None:
    with transaction(db):
        spaces.add_space(db, space_record(database_key=OTHER_KEY))
    assert OTHER_KEY in b"".join(plain_pages(profile.device_database, KEY))

    with transaction(db):
        spaces.forget_key(db, SPACE)
    checkpoint(db)

    assert OTHER_KEY not in b"".join(plain_pages(profile.device_database, KEY))
    record = spaces.space(db, SPACE)
    assert record is not None
    assert (record.database_key, record.state) == (b"", "closing")


def test_a_deleted_one_time_key_is_in_no_page(profile: Profile, db: Connection) -> None:
    secret = bytes(range(100, 164))
    row = PrekeyRow(kind="opk", id=1, secret=secret, created=1, published=True)
    with transaction(db):
        devices.save_prekeys(db, [row])

    with transaction(db):
        devices.delete_prekey(db, "opk", 1)
    checkpoint(db)

    assert secret not in b"".join(plain_pages(profile.device_database, KEY))


@pytest.mark.parametrize(
    "record",
    [
        identity(),
        PrekeyRow(kind="opk", id=1, secret=KEY, created=1, published=False),
        space_record(),
        SessionRow(
            device=ALICE,
            number=1,
            state=KEY,
            created=1,
            last_received=1,
            turn=1,
            sent=0,
            sealed=0,
            forced=False,
        ),
        outgoing(1),
        exhibit(),
    ],
    ids=lambda record: type(record).__name__,
)
def test_records_with_keys_do_not_show_them(record: object) -> None:
    shown = f"{record!r} {record} {[record]}"

    for name in ("user_root", "signing_seed", "identity_seed", "secret", "database_key"):
        assert f"{name}=" not in shown
    for name in ("state=b", "content_key=", "key_msg=", "body=", "file_key="):
        assert name not in shown


def test_an_error_of_the_database_names_no_key(db: Connection) -> None:
    person = Person(
        user=ALICE, name="A", authority="", country="", party="", device_list=b"", user_key=b"bad"
    )

    with pytest.raises(Exception, match="CHECK") as refused:
        people.save_person(db, person)

    assert "bad" not in str(refused.value)


def test_parts_stand_as_they_travelled(profile: Profile) -> None:
    chunks.make_parts_folder(profile, SPACE, bytes(16))
    path = chunks.part_path(profile, SPACE, bytes(16), 7)

    chunks.save_part(path, memoryview(b"sealed bytes"))

    assert chunks.load_part(path) == b"sealed bytes"
    assert path.relative_to(profile.directory).as_posix() == (
        f"spaces/{SPACE.hex()}/parts/{bytes(16).hex()}/7"
    )
