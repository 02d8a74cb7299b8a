"""Uploads over real TLS to a store that fails on request."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from protocol.api import files
from protocol.errors import (
    ErasedError,
    MalformedError,
    SourceChangedError,
    StoreIdentityError,
    StoreUnreachableError,
)
from sync.errors import ConflictError, NotSignedInError
from sync.line import Line
from sync.terms import Progress
from sync.tls import pinned_context
from sync.transfers import (
    upload,
)
from tests.sync.moving import (
    FILE,
    JOB,
    PARTS,
    Source,
    Waits,
    api,
    hold,
    kept,
    send,
    terms,
)
from tests.sync.partstore import Handler, PartStore, running


@pytest.fixture
def store(tmp_path: Path) -> Iterator[PartStore]:
    with running(tmp_path) as server:
        yield server


@pytest.mark.asyncio
@pytest.mark.parametrize("lanes", [1, 2, 4])
async def test_every_part_arrives_once_and_the_file_is_complete(
    store: PartStore, lanes: int
) -> None:
    source, shown = Source(), list[Progress]()

    receipt = await send(store, source, terms(lanes=lanes, shown=shown))

    assert receipt == b"receipt"
    assert kept(store) == PARTS
    assert store.count("PUT") == len(PARTS)
    assert sorted(source.confirmed) == list(range(len(PARTS)))
    assert shown[-1] == Progress("done", JOB.sealed_bytes, len(PARTS), len(PARTS))
    assert {p.state for p in shown} == {"opening", "moving", "closing", "done"}


@pytest.mark.asyncio
async def test_parts_the_store_has_are_not_sent_again(store: PartStore) -> None:
    hold(store)
    store.files[FILE.hex()].state = files.FileState.RECEIVING
    del store.files[FILE.hex()].parts[3]
    source = Source()

    await send(store, source)

    assert store.count("PUT") == 1
    assert source.confirmed == [3]
    assert source.checked == [0, 1, 2, 4, 5, 6]


@pytest.mark.asyncio
async def test_a_file_that_is_complete_already_is_only_read(store: PartStore) -> None:
    hold(store)
    source = Source()

    assert await send(store, source) == b"receipt"

    assert store.count("PUT") == 0
    assert source.checked == list(range(len(PARTS)))


@pytest.mark.asyncio
@pytest.mark.parametrize("ending", ["/parts/0", "/parts/3", "/parts/6", "/files", "/complete"])
@pytest.mark.parametrize("times", [1, 3])
async def test_a_cut_connection_costs_a_retry_and_nothing_else(
    store: PartStore, ending: str, times: int
) -> None:
    method = "PUT" if "parts" in ending else "POST"
    store.spoil(method, ending, Handler.cut, times)
    source, waits = Source(), Waits()

    assert await send(store, source, terms(waits=waits)) == b"receipt"

    assert kept(store) == PARTS
    assert all(1.0 <= seconds <= 60.0 for seconds in waits.seconds)


@pytest.mark.asyncio
async def test_after_a_lost_link_only_the_missing_parts_are_read_again(store: PartStore) -> None:
    def busy(handler: Handler) -> None:
        handler.body()
        handler.refuse(503, "busy")

    store.spoil("PUT", "/parts/2", busy)
    source = Source()

    await send(store, source, terms(lanes=1))

    assert source.repeated == [2]
    assert store.count("PUT", 200) == len(PARTS)


@pytest.mark.asyncio
async def test_a_busy_store_is_given_the_time_it_asks_for(store: PartStore) -> None:
    def busy(handler: Handler) -> None:
        handler.body()
        handler.refuse(429, "busy", Retry_After="23")

    store.spoil("PUT", "/parts/1", busy)
    waits = Waits()

    await send(store, Source(), terms(waits=waits))

    assert waits.seconds == [23.0]


@pytest.mark.asyncio
async def test_a_part_stored_but_not_confirmed_is_not_sent_twice(store: PartStore) -> None:
    def store_and_cut(handler: Handler) -> None:
        kept = handler.server.files[FILE.hex()]
        kept.parts[4] = handler.body()
        handler.cut()

    store.spoil("PUT", "/parts/4", store_and_cut, times=2)
    source = Source()

    await send(store, source, terms(lanes=1))

    assert kept(store) == PARTS
    assert source.repeated == []
    assert sorted(source.confirmed) == [0, 1, 2, 3, 5, 6]


@pytest.mark.asyncio
async def test_an_expired_sign_in_is_renewed_once_for_all_lanes(store: PartStore) -> None:
    def expire(handler: Handler) -> None:
        handler.server.token = "token-2"
        handler.handle_well()

    store.spoil("PUT", "/parts/2", expire)

    await send(store, Source())

    assert kept(store) == PARTS
    assert store.sign_ins == 2


@pytest.mark.asyncio
async def test_a_device_the_store_does_not_know_any_more_ends_the_upload(
    store: PartStore,
) -> None:
    def forget(handler: Handler) -> None:
        handler.body()
        handler.refuse(401, "not-signed-in")

    store.spoil("PUT", "/parts/2", forget, times=9)

    with pytest.raises(NotSignedInError):
        await send(store, Source())


@pytest.mark.asyncio
async def test_a_refusal_sent_before_the_part_was_read_is_understood(store: PartStore) -> None:
    def refuse_early(handler: Handler) -> None:
        handler.close_connection = True
        handler.refuse(410, "erased", Connection="close")

    store.spoil("PUT", "/parts/0", refuse_early, times=9)

    with pytest.raises((ErasedError, StoreUnreachableError)):
        await send(store, Source(), terms(patience=0))


@pytest.mark.asyncio
async def test_a_file_erased_at_the_store_ends_the_upload(store: PartStore) -> None:
    hold(store)
    store.files[FILE.hex()].state = files.FileState.ERASED

    with pytest.raises(ErasedError):
        await send(store, Source())


@pytest.mark.asyncio
async def test_a_changed_source_ends_the_upload_and_nothing_is_completed(
    store: PartStore,
) -> None:
    source = Source()
    source.changes_at = 4

    with pytest.raises(SourceChangedError):
        await send(store, source)

    assert store.files[FILE.hex()].state is files.FileState.RECEIVING
    assert 4 not in store.files[FILE.hex()].parts


@pytest.mark.asyncio
async def test_parts_the_store_lost_are_sent_again_before_completing(store: PartStore) -> None:
    def lose(handler: Handler) -> None:
        del handler.server.files[FILE.hex()].parts[5]
        handler.handle_well()

    store.spoil("POST", "/complete", lose)
    source = Source()

    assert await send(store, source) == b"receipt"

    assert kept(store) == PARTS
    assert source.repeated == [5]


@pytest.mark.asyncio
async def test_a_file_completed_with_another_root_is_not_tried_again(store: PartStore) -> None:
    store.spoil("POST", "/complete", lambda handler: handler.refuse(409, "conflict"), times=9)

    with pytest.raises(ConflictError):
        await send(store, Source())


@pytest.mark.asyncio
async def test_an_unreachable_store_ends_patience_and_not_before(store: PartStore) -> None:
    store.spoil("PUT", "", Handler.cut, times=99)
    waits = Waits()

    with pytest.raises(StoreUnreachableError):
        await send(store, Source(), terms(waits=waits, patience=3))

    assert len(waits.seconds) == 3


@pytest.mark.asyncio
async def test_another_certificate_gets_no_byte(store: PartStore) -> None:
    async with api(store) as calls:
        stranger = Line("127.0.0.1", store.port, pinned_context(bytes(32)))
        with pytest.raises(StoreIdentityError):
            await upload(JOB, Source(), store=calls, line=stranger, terms=terms())

    assert store.count("PUT", 200) == 0


@pytest.mark.asyncio
async def test_an_answer_about_another_file_is_refused(store: PartStore) -> None:
    hold(store)
    store.files[FILE.hex()].announced = files.AnnounceRequest(
        file=FILE, parts=99, sealed_bytes=1, recipients=JOB.recipients
    )

    with pytest.raises(MalformedError):
        await send(store, Source())
