"""What is said to lie on the disk is what lies there, space by space."""

from __future__ import annotations

import asyncio
from pathlib import Path

from jitclient.storagedesk import StorageDesk
from localstore import spaces
from localstore.connection import transaction
from tests.jitclient.office import Office
from tests.localstore.samples import number_id


def _on_disk(folder: Path) -> int:
    return sum(one.stat().st_size for one in folder.rglob("*") if one.is_file())


def test_every_byte_of_the_profile_is_counted_once_and_with_its_space(office: Office) -> None:
    office.join("ana", "bruno")
    first, second = office.open_space("ana", "bruno"), office.open_space("ana", "bruno")
    session = office.sessions["ana"]
    parts = session.profile.parts_folder(second, number_id(1))
    parts.mkdir(parents=True)
    (parts / "0").write_bytes(bytes(700_000))
    (parts / "1").write_bytes(bytes(300_000))

    kept = asyncio.run(StorageDesk(session, lambda: None).kept())

    assert [one.space for one in kept.rows] == [second, first]
    assert [one.exhibits for one in kept.rows] == [1_000_000, 0]
    assert all(one.messages >= 4096 for one in kept.rows)
    assert kept.total == _on_disk(session.profile.directory)
    assert kept.keys > 0
    assert kept.free > 0
    assert kept.folder == str(session.profile.directory)


def test_what_is_left_of_a_wiped_space_is_no_space_any_more(office: Office) -> None:
    office.join("ana", "bruno")
    space = office.open_space("ana", "bruno")
    session = office.sessions["ana"]

    def wipe() -> None:
        with transaction(session.stores.device):
            spaces.update_space(session.stores.device, space, state="wiped")

    session.database.call(wipe)

    assert asyncio.run(StorageDesk(session, lambda: None).kept()).rows == ()
