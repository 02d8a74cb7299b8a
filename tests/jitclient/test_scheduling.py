"""Which transfers run, in which order; what moves the parts is replaced by a waiting."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from jitclient import handing_over, interventions, queueing, registering
from jitclient.events import ExhibitsChanged
from jitclient.evidence_io import source_stat
from jitclient.grouping import AT_ONCE, SMALL_AT_ONCE
from jitclient.queueing import SMALL_BYTES
from jitclient.session import Session
from jitclient.transfers import Transfers
from localstore import evidence
from localstore.connection import transaction
from localstore.evidence import ExhibitRecord
from protocol.errors import StoreIdentityError, StoreUnreachableError
from protocol.ids import FileId, SpaceId
from sync.api import StoreApi
from sync.machines import transfer as m
from sync.terms import Terms
from tests.jitclient.office import Office


class Api:
    """A store that can be away, and remembers what was withdrawn."""

    def __init__(self) -> None:
        self.away = False
        self.withdrawn: list[FileId] = []

    async def withdraw_file(self, space: SpaceId, file: FileId, proof: bytes) -> None:
        assert space
        assert proof
        if self.away:
            raise StoreUnreachableError("away")
        self.withdrawn.append(file)


class Desk:
    """The transfers of one person, with every move of parts in the hands of the test."""

    def __init__(self, office: Office, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        office.join("ana", "bruno")
        self.office, self.folder = office, folder
        self.session = office.sessions["ana"]
        self.space = office.open_space("ana", "bruno")
        self.api = Api()
        self.transfers = Transfers(self.session, cast("StoreApi", self.api), lambda: None)
        self.began: list[bytes] = []
        self.standing: set[bytes] = set()
        self.ends: dict[bytes, asyncio.Event] = {}
        monkeypatch.setattr(handing_over, "send", self._send)
        monkeypatch.setattr(Transfers, "_lanes", _no_line)

    def add(self, name: str, size: int = 2 * SMALL_BYTES) -> FileId:
        source = self.folder / name
        source.write_bytes(name.encode())
        os.truncate(source, size)
        found = registering.Found(source, source_stat(source), source.name, "")
        to = (self.office.people["bruno"].user,)
        return self.office.on("ana", registering.register, self.space, found, to)

    async def _send(
        self, session: Session, api: Any, space: SpaceId, record: ExhibitRecord, line: Any, t: Terms
    ) -> None:
        del api, line
        self.began.append(record.file)
        self.ends[record.file] = asyncio.Event()

        def heed(event: m.Event) -> None:
            if isinstance(event, m.Pause):
                self.standing.add(record.file)
            if isinstance(event, m.Resume):
                self.standing.discard(record.file)
            if isinstance(event, m.Cancel):
                self.ends[record.file].set()

        t.control.attach(heed)
        await self.ends[record.file].wait()
        await session.run(queueing.set_state, session, space, FileId(record.file), "on-server")

    async def end(self, file: FileId) -> None:
        task = self.transfers._running[(self.space, file)].task
        self.ends[file].set()
        await asyncio.wait([task])
        await self.transfers.run_due()
        await self._begun()

    def wanted(self) -> list[bool]:
        return [self.transfers.waiting]

    async def run(self) -> None:
        await self.transfers.run_due()
        await self._begun()

    async def _begun(self) -> None:
        """Every task has come as far as it comes by itself."""
        while len(self.began) < len(set(self.began)) or any(
            key[1] not in self.ends for key in self.transfers._running
        ):
            await asyncio.sleep(0)

    def moving(self) -> list[FileId]:
        here = [key[1] for key in self.transfers._running]
        return [file for file in here if file not in self.standing]

    def state(self, file: FileId) -> str:
        found = self.office.on("ana", lambda s: evidence.exhibit(s.stores.space(self.space), file))
        assert found is not None
        return found.state


async def _no_line(_: Transfers) -> None:
    return None


@pytest.fixture
def desk(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(office, tmp_path, monkeypatch)


@pytest.mark.asyncio
async def test_the_oldest_go_first_and_only_so_many_at_once(desk: Desk) -> None:
    files = [desk.add(f"{n}.bin") for n in range(4)]

    await desk.run()
    assert desk.moving() == files[:AT_ONCE]

    await desk.end(files[0])
    assert desk.moving() == files[1:3]
    await desk.transfers.stop()


@pytest.mark.asyncio
async def test_small_ones_go_more_at_once_and_in_the_same_order(desk: Desk) -> None:
    files = [desk.add(f"{n}.txt", SMALL_BYTES) for n in range(SMALL_AT_ONCE + 2)]
    large = [desk.add(f"{n}.bin") for n in range(2)]

    await desk.run()
    assert desk.moving() == files[:SMALL_AT_ONCE]

    for file in files[:3]:  # a large one takes the room of three
        await desk.end(file)
    assert desk.moving() == files[3:]
    await desk.end(files[3])
    assert desk.moving() == files[4:]
    await desk.end(files[4])
    assert desk.moving() == [*files[5:], large[0]]
    await desk.transfers.stop()


@pytest.mark.asyncio
async def test_on_a_metered_line_large_ones_stand_and_small_ones_behind_them_go(
    desk: Desk,
) -> None:
    large = [desk.add(f"{n}.bin") for n in range(3)]
    small = desk.add("note.txt", SMALL_BYTES)
    await desk.run()
    assert desk.moving() == large[:AT_ONCE]

    desk.transfers.metering.system = True
    await desk.run()
    assert desk.standing == set(large[:AT_ONCE])
    assert desk.moving() == [small]
    assert desk.state(large[0]) == "uploading", "it was not paused by a person"
    await desk.end(small)
    assert desk.moving() == []

    desk.transfers.metering.system = False
    await desk.run()
    assert desk.moving() == large[:AT_ONCE]
    await desk.transfers.stop()


@pytest.mark.asyncio
async def test_what_is_put_first_goes_on_at_once_and_the_other_makes_room_for_it(
    desk: Desk,
) -> None:
    files = [desk.add(f"{n}.bin") for n in range(4)]
    await desk.run()

    await desk.transfers.move(desk.space, files[3], first=True)
    await desk._begun()

    assert desk.moving() == [files[0], files[3]]
    assert desk.standing == {files[1]}
    assert desk.state(files[1]) == "uploading", "it was not paused by a person"
    await desk.end(files[3])
    assert desk.moving() == files[:2]
    assert desk.began.count(files[1]) == 1, "it goes on where it stood; it does not begin anew"
    await desk.transfers.stop()


@pytest.mark.asyncio
async def test_what_is_put_last_waits_for_everybody_and_the_order_survives_a_restart(
    desk: Desk,
) -> None:
    files = [desk.add(f"{n}.bin") for n in range(4)]
    await desk.run()

    await desk.transfers.move(desk.space, files[0], first=False)
    await desk.transfers.move(desk.space, files[3], first=True)
    await desk._begun()

    assert desk.moving() == [files[1], files[3]]
    await desk.transfers.stop()
    desk.office.restart("ana")
    order = [key[1] for key in desk.office.on("ana", queueing.due)]
    assert order == [files[3], files[1], files[2], files[0]]


@pytest.mark.asyncio
async def test_pausing_everything_stops_it_here_and_in_the_database_and_resuming_undoes_it(
    desk: Desk,
) -> None:
    files = [desk.add(f"{n}.bin") for n in range(4)]
    await desk.run()

    await desk.transfers.pause_all()
    assert desk.moving() == []
    assert {desk.state(file) for file in files} == {"paused"}
    await desk.transfers.settle()  # returns: what is paused is not waited for

    await desk.transfers.resume_all()
    await desk._begun()
    assert desk.moving() == files[:AT_ONCE]
    assert desk.began == files[:AT_ONCE]
    await desk.transfers.stop()


@pytest.mark.asyncio
async def test_one_paused_makes_room_for_the_next_and_takes_its_place_again(desk: Desk) -> None:
    files = [desk.add(f"{n}.bin") for n in range(3)]
    await desk.run()

    await desk.transfers.pause(desk.space, files[0])
    await desk.run()
    assert desk.moving() == [files[1], files[2]]

    await desk.transfers.resume(desk.space, files[0])
    assert desk.moving() == [files[0], files[1]]
    assert desk.state(files[2]) == "uploading"
    await desk.transfers.stop()


@pytest.mark.asyncio
async def test_giving_up_needs_no_store_and_the_store_is_told_when_it_is_back(desk: Desk) -> None:
    file, other = desk.add("a.bin"), desk.add("b.bin")
    await desk.run()
    desk.api.away = True

    await desk.transfers.cancel(desk.space, file)
    assert desk.state(file) == "cancelled"
    with pytest.raises(StoreUnreachableError):
        await desk.transfers.run_due()
    assert desk.wanted() == [True], "it is to be tried with the next errand"

    desk.api.away = False
    await desk.run()
    await desk.run()
    assert desk.api.withdrawn == [file], "told once"
    assert desk.wanted() == [False]
    desk.transfers._session.events.publish(ExhibitsChanged(desk.space))
    assert desk.wanted() == [True]
    assert desk.moving() == [other]
    await desk.transfers.stop()


@pytest.mark.asyncio
async def test_what_was_sent_of_a_file_that_changed_is_withdrawn_at_the_store(desk: Desk) -> None:
    file = desk.add("a.bin")
    desk.office.on(
        "ana", queueing.set_state, desk.space, file, "failed", interventions.CHANGED + "x"
    )
    (desk.folder / "a.bin").write_bytes(b"changed")

    await desk.transfers.resume(desk.space, file)
    await desk._begun()

    assert desk.api.withdrawn == [file]
    assert desk.state(file) == "cancelled"
    assert len(desk.moving()) == 1
    assert desk.moving() != [file]
    await desk.transfers.stop()


def test_finding_what_is_due_reads_an_index_and_not_every_exhibit(desk: Desk) -> None:
    def plans(session: Session) -> list[str]:
        sp = session.stores.space(desk.space)
        asked: list[Callable[[], tuple[str, dict[str, Any]]]] = [
            lambda: (evidence._DUE, {"limit": 2}),
            lambda: (evidence._OWED, {"state": "verified", "mine": 0}),
            lambda: (evidence._HAS_SIZE, {"size": 5}),
            lambda: (evidence._UNREAD, {"size": 5}),
            lambda: (evidence._CONTENT, {"content": bytes(32)}),
            lambda: (evidence._STATED_OF_SIZE, {"size": 5}),
        ]
        found = []
        for ask in asked:
            sql, words = ask()
            found += [str(row[3]) for row in sp.execute(f"EXPLAIN QUERY PLAN {sql}", words)]
        with transaction(sp):
            pass
        return found

    told = [line for line in desk.office.on("ana", plans) if line[:4] in {"SCAN", "SEAR"}]

    assert [line for line in told if "INDEX exhibit_" not in line] == []


def test_another_certificate_ends_a_transfer_and_spoils_no_exhibit(desk: Desk) -> None:
    file = desk.add("exhibit")
    before = _record(desk, file)

    error = StoreIdentityError("another certificate")
    desk.office.on("ana", queueing.ended, desk.space, file, error)

    assert _record(desk, file) == before
    assert desk.office.alarms("ana") == []


def _record(desk: Desk, file: FileId) -> ExhibitRecord | None:
    return desk.office.on("ana", lambda s: evidence.exhibit(s.stores.space(desk.space), file))
