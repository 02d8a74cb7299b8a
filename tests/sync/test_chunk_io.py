"""One lane."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from protocol.errors import NotFoundError, StoreUnreachableError
from protocol.limits import MAX_PART_BYTES
from sync import kept
from sync.chunk_io import Lane
from sync.line import Bearer, Line
from tests.sync.moving import (
    FILE,
    PARTS,
    SPACE,
    hold,
)
from tests.sync.partstore import Handler, PartStore, running

WHERE = f"/v1/spaces/{SPACE.hex()}/files/{FILE.hex()}/parts/"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[PartStore]:
    with running(tmp_path) as server:
        yield server


def test_a_kept_connection_the_store_closed_is_opened_anew(store: PartStore) -> None:
    hold(store)
    lane = Lane(store.line(), Bearer(lambda _: store.token), lambda _: None)
    buffer = memoryview(bytearray(MAX_PART_BYTES))

    def answer_and_hang_up(handler: Handler) -> None:
        handler.close_connection = True  # without saying so
        handler.answer(200, PARTS[0])

    store.spoil("GET", "/parts/0", answer_and_hang_up)
    lengths = [lane.get(WHERE + "0", buffer), lane.get(WHERE + "1", buffer)]
    lane.close()

    assert lengths == [len(PARTS[0]), len(PARTS[1])]
    assert buffer[: lengths[1]] == PARTS[1]


@pytest.mark.parametrize("breaks", [1, 2])
def test_a_line_that_breaks_within_a_part_costs_that_part_once_more_and_no_third_time(
    store: PartStore, breaks: int
) -> None:
    """F12: a line that is cut every few seconds."""
    hold(store)
    lane = Lane(store.line(), Bearer(lambda _: store.token), lambda _: None)
    buffer = memoryview(bytearray(MAX_PART_BYTES))

    def half(handler: Handler) -> None:
        handler.close_connection = True
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(PARTS[1])))
        handler.end_headers()
        handler.wfile.write(PARTS[1][: len(PARTS[1]) // 2])

    store.spoil("GET", "/parts/1", half, times=breaks)
    lane.get(WHERE + "0", buffer)

    if breaks == 1:
        assert buffer[: lane.get(WHERE + "1", buffer)] == PARTS[1]
    else:
        with pytest.raises(StoreUnreachableError):
            lane.get(WHERE + "1", buffer)
    lane.close()


def lane_of(line: Line, store: PartStore) -> Lane:
    return Lane(line, Bearer(lambda _: store.token), lambda _: None)


def test_the_next_transfer_uses_the_connection_of_the_last(store: PartStore) -> None:
    hold(store)
    line, buffer = store.line(), memoryview(bytearray(MAX_PART_BYTES))

    for index in range(3):
        lane = lane_of(line, store)
        assert lane.get(f"{WHERE}{index}", buffer) == len(PARTS[index])
        lane.release()

    assert store.connections == 1
    line.kept.close()
    lane = lane_of(line, store)
    lane.get(f"{WHERE}0", buffer)
    lane.close()
    assert store.connections == 2


def test_a_connection_that_was_cut_off_or_failed_is_not_used_again(store: PartStore) -> None:
    hold(store)
    line, buffer = store.line(), memoryview(bytearray(MAX_PART_BYTES))
    aborted, refused = lane_of(line, store), lane_of(line, store)

    aborted.get(f"{WHERE}0", buffer)
    aborted.abort()
    aborted.release()
    assert line.kept.take() is None
    store.spoil("GET", "/parts/1", lambda handler: handler.refuse(404, "not-found"))
    with pytest.raises(NotFoundError):
        refused.get(f"{WHERE}1", buffer)
    refused.release()

    assert line.kept.take() is None


def test_a_connection_left_in_the_middle_of_a_part_is_not_used_again(store: PartStore) -> None:
    hold(store)
    line, buffer = store.line(), memoryview(bytearray(MAX_PART_BYTES))

    def fail(_: int) -> None:
        raise ZeroDivisionError

    lane = Lane(line, Bearer(lambda _: store.token), fail)
    with pytest.raises(ZeroDivisionError):
        lane.get(f"{WHERE}0", buffer)
    lane.release()

    assert line.kept.take() is None


def test_a_connection_that_waited_too_long_is_not_used_again(
    store: PartStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold(store)
    line, buffer = store.line(), memoryview(bytearray(MAX_PART_BYTES))
    lane = lane_of(line, store)
    lane.get(f"{WHERE}0", buffer)
    lane.release()

    monkeypatch.setattr(kept, "KEPT_SECONDS", -1.0)

    assert line.kept.take() is None


def test_an_aborted_lane_sends_nothing_any_more(store: PartStore) -> None:
    lane = Lane(store.line(), Bearer(lambda _: store.token), lambda _: None)
    lane.abort()

    hold(store)
    with pytest.raises(StoreUnreachableError):
        lane.get(WHERE + "0", memoryview(bytearray(MAX_PART_BYTES)))

    assert store.log == []


def test_a_token_is_renewed_once_however_many_lanes_find_it_stale() -> None:
    fetched: list[str | None] = []

    def fetch_token(stale: str | None) -> str:
        fetched.append(stale)
        return f"token {len(fetched)}"

    bearer = Bearer(fetch_token)
    first = bearer.token()

    assert bearer.replace(first) == bearer.replace(first) == bearer.token() == "token 2"
    assert fetched == [None, "token 1"]


def test_what_a_line_has_not_taken_does_not_count_as_moved(store: PartStore) -> None:
    """A store that reads nothing: buffers fill, and the line is found dead with most unsent."""
    store.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
    silent = threading.Event()

    def read_nothing(handler: Handler) -> None:
        silent.wait(600)
        handler.cut()

    store.spoil("PUT", "/parts/0", read_nothing)
    moved: list[int] = []
    lane = Lane(store.line(timeout=1.0), Bearer(lambda _: store.token), moved.append)
    part = bytes(MAX_PART_BYTES)

    with pytest.raises(StoreUnreachableError):
        lane.put(WHERE + "0", memoryview(part), bytes(32))

    silent.set()
    assert sum(moved) < len(part) // 4
