"""Frames of a process that is not trusted: bounded before they are believed."""

from __future__ import annotations

import io
import struct
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jitclient.viewing import wire
from jitclient.viewing.wire import Encoding, Frame, Kind, Pixels, Reason, Shown, Walls, WireError

PAGE = wire.page(Pixels(3, 2, 2, bytes(range(12))))


def test_what_the_process_says_is_read_as_it_was_meant() -> None:
    shown = Shown(Kind.PDF, Encoding.OWN, cut=False, pages=12)
    frames = (wire.ready(Walls.CALLS | Walls.FILES), wire.need(70_000, 512), wire.shown(shown))
    stream = io.BytesIO(b"".join((*frames, PAGE, wire.cannot(Reason.LOCKED))))

    assert [wire.read_answer(stream) for _ in range(5)] == [
        (Frame.READY, Walls.CALLS | Walls.FILES),
        (Frame.NEED, (70_000, 512)),
        (Frame.SHOWN, shown),
        (Frame.PAGE, Pixels(3, 2, 2, bytes(range(12)))),
        (Frame.CANNOT, Reason.LOCKED),
    ]


@pytest.mark.parametrize(
    "frame",
    [
        struct.pack(">BI", 0, 1) + b"x",
        struct.pack(">BI", Frame.GET, 12) + bytes(12),
        struct.pack(">BI", Frame.READY, 2) + b"\x01\x01",
        struct.pack(">BI", Frame.PAGE, 2**32 - 1) + b"\xff" * 64,
        struct.pack(">BI", Frame.PAGE, 12) + struct.pack(">III", 0, 0, 0),
        struct.pack(">BIIII", Frame.PAGE, 12 + 12, 0, 2, 3) + bytes(12),
        struct.pack(">BIIII", Frame.PAGE, 12 + 12, 0, 2, 1) + bytes(12),
        struct.pack(">BIIII", Frame.PAGE, 12 + 12, 0, 2**31, 2**31) + bytes(12),
        struct.pack(">BIIII", Frame.PAGE, 12 + 3, 2**32 - 1, 1, 1) + bytes(3),
        wire.need(2**63, 1),
        wire.need(0, wire.MAX_DATA_BYTES + 1),
        wire.need(0, 0),
        struct.pack(">BIBBBI", Frame.SHOWN, 7, 99, 0, 0, 1),
        struct.pack(">BIBBBI", Frame.SHOWN, 7, 1, 99, 0, 1),
        struct.pack(">BIBBBI", Frame.SHOWN, 7, 1, 0, 2, 1),
        struct.pack(">BIBBBI", Frame.SHOWN, 7, 1, 0, 0, 0),
        struct.pack(">BIBBBI", Frame.SHOWN, 7, 1, 0, 0, wire.MAX_PAGES + 1),
        struct.pack(">BIB", Frame.CANNOT, 1, 99),
    ],
)
def test_a_frame_out_of_its_bounds_is_refused(frame: bytes) -> None:
    with pytest.raises(WireError):
        wire.read_answer(io.BytesIO(frame))


def test_a_page_that_promises_much_and_sends_little_takes_no_memory() -> None:
    side = 3_400
    promised = wire._PAGE.size + side * side * 3
    frame = struct.pack(">BIIII", Frame.PAGE, promised, 0, side, side) + bytes(1_000)
    tracemalloc.start()
    try:
        with pytest.raises(EOFError):
            wire.read_answer(io.BufferedReader(io.BytesIO(frame)))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert promised > 30_000_000
    assert peak < 2_000_000


@given(st.binary(max_size=64))
def test_any_bytes_are_a_frame_or_refused(content: bytes) -> None:
    try:
        frame, value = wire.read_answer(io.BytesIO(content))
    except (EOFError, WireError):
        return
    assert frame >= Frame.READY
    if isinstance(value, Pixels):
        assert len(value.points) == value.width * value.height * wire.POINT_BYTES


@given(st.integers(0, len(PAGE) - 1), st.integers(0, 255))
def test_a_page_with_one_byte_changed_is_a_page_of_its_size_or_refused(at: int, by: int) -> None:
    changed = bytearray(PAGE)
    changed[at] = by
    try:
        frame, value = wire.read_answer(io.BytesIO(bytes(changed)))
    except (EOFError, WireError):
        return
    assert frame is Frame.PAGE
    assert isinstance(value, Pixels)
    assert len(value.points) == value.width * value.height * wire.POINT_BYTES
