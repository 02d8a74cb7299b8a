"""Wakes are the same however the stream is cut, and no line of the store grows without end."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.api.spaces import Wake
from protocol.errors import LimitExceededError, MalformedError
from sync.eventstream import MAX_LINE_BYTES, EventParser

A = Wake(space=b"a" * 16, what="mailbox")
B = Wake(space=b"", what="directory")


def _event(wake: Wake, end: bytes) -> bytes:
    return end.join([b"event: wake", b"data: " + msgspec.json.encode(wake), b"", b""])


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@given(cuts=st.lists(st.integers(0, 400), max_size=12))
def test_wakes_do_not_depend_on_where_the_stream_is_cut(end: bytes, cuts: list[int]) -> None:
    text = b": hi" + end * 2 + _event(A, end) + b"event:other" + end + b"data: x" + end * 2
    text += b"retry: 5" + end + _event(B, end)
    places = sorted({0, len(text), *(min(cut, len(text)) for cut in cuts)})
    parser = EventParser()

    got = [w for a, b in pairwise(places) for w in parser.feed(text[a:b])]

    assert got == [A, B]


def test_data_over_several_lines_is_one_value() -> None:
    parser = EventParser()

    got = list(parser.feed(b'event: wake\ndata: {"space":"",\ndata: "what":"log"}\n\n'))

    assert got == [Wake(what="log")]


def test_heartbeats_and_events_without_data_wake_nobody() -> None:
    assert list(EventParser().feed(b":\n\n: beat\n\nevent: wake\n\ndata\n\ndata: {}\n\n")) == []


def test_a_wake_that_is_none_is_malformed() -> None:
    with pytest.raises(MalformedError):
        list(EventParser().feed(b'event: wake\ndata: {"space":7}\n\n'))


def test_an_endless_line_is_refused_at_the_limit() -> None:
    parser = EventParser()
    list(parser.feed(b"data: " + b"x" * (MAX_LINE_BYTES - 6)))

    with pytest.raises(LimitExceededError):
        list(parser.feed(b"x"))


def test_endless_data_lines_are_refused_at_the_limit() -> None:
    lines = (b"data: " + b"x" * 1000 + b"\n") * 50

    with pytest.raises(LimitExceededError):
        list(EventParser().feed(lines))
