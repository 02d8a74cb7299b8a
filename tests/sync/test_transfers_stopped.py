"""Transfers that a person, or the end of the program, stops."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from protocol.api import files
from sync.ports_transfer import SealedPart
from sync.terms import Control, Progress
from sync.transfers import (
    CancelledTransferError,
)
from tests.sync.moving import (
    FILE,
    PARTS,
    Source,
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
async def test_a_paused_upload_moves_nothing_and_goes_on_when_resumed(store: PartStore) -> None:
    arrived, go_on = threading.Event(), threading.Event()

    def hold_back(handler: Handler) -> None:
        arrived.set()
        go_on.wait(600)
        handler.handle_well()

    store.spoil("PUT", "/parts/3", hold_back)
    control, paused = Control(), asyncio.Event()
    source = Source()

    def show(progress: Progress) -> None:
        if progress.state == "paused":
            paused.set()

    conditions = replace(terms(control=control), progress=show)
    running_upload = asyncio.ensure_future(send(store, source, conditions))
    await asyncio.to_thread(arrived.wait, 60)

    control.pause()
    async with asyncio.timeout(60):
        await paused.wait()
    seen = store.count("PUT")
    assert not running_upload.done()
    go_on.set()
    control.resume()

    assert await running_upload == b"receipt"
    assert seen < len(PARTS)
    assert kept(store) == PARTS


@pytest.mark.asyncio
async def test_a_cancelled_upload_stops_its_lanes_at_once(store: PartStore) -> None:
    arrived, release = threading.Event(), threading.Event()

    def hold_back(handler: Handler) -> None:
        arrived.set()
        release.wait(600)
        handler.cut()

    store.spoil("PUT", "/parts/1", hold_back, times=9)
    control = Control()
    running_upload = asyncio.ensure_future(send(store, Source(), terms(control=control)))
    await asyncio.to_thread(arrived.wait, 60)

    control.cancel()
    with pytest.raises(CancelledTransferError):
        async with asyncio.timeout(60):
            await running_upload
    async with asyncio.timeout(60):
        await asyncio.to_thread(store.end_lines)  # a lane still at work would be waited for

    release.set()


@pytest.mark.asyncio
async def test_a_cancelled_task_leaves_no_thread_behind(store: PartStore) -> None:
    arrived, release = threading.Event(), threading.Event()

    def hold_back(handler: Handler) -> None:
        arrived.set()
        release.wait(600)
        handler.cut()

    store.spoil("PUT", "/parts/1", hold_back, times=9)
    task = asyncio.ensure_future(send(store, Source()))
    await asyncio.to_thread(arrived.wait, 60)

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        async with asyncio.timeout(60):
            await task
    async with asyncio.timeout(60):
        await asyncio.to_thread(store.end_lines)  # a lane still at work would be waited for

    release.set()


@pytest.mark.asyncio
async def test_what_was_asked_before_the_start_holds(store: PartStore) -> None:
    control = Control()
    control.cancel()

    with pytest.raises(CancelledTransferError):
        await send(store, Source(), terms(control=control))

    assert store.count("PUT") == 0


@pytest.mark.asyncio
async def test_what_an_ended_attempt_still_reports_does_not_count(store: PartStore) -> None:
    hold(store)
    store.files[FILE.hex()].state = files.FileState.RECEIVING
    del store.files[FILE.hex()].parts[0]
    release, control = threading.Event(), Control()

    class Slow(Source):
        def next(self) -> SealedPart | None:
            if self.cursor == 1:
                release.wait(600)
            return super().next()

    def show(progress: Progress) -> None:
        if progress.state == "moving" and progress.moved and not release.is_set():
            control.pause()
            control.resume()
            release.set()  # the lane reports a part after the attempt it belongs to

    source = Slow()
    conditions = replace(terms(control=control, lanes=1), progress=show)

    assert await send(store, source, conditions) == b"receipt"
