"""Links and wishes from outside: one way to write each, and nothing else is read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jitclient.foundation.links import Link, read_link
from protocol.errors import BadInputError
from protocol.ids import FileId, SpaceId
from ui.reaching.wishes import Act, Wish, read_wish, written

A, B = "0123456789abcdef" * 2, "fedcba9876543210" * 2
LINKS = st.builds(
    Link,
    st.binary(min_size=16, max_size=16).map(SpaceId),
    st.none() | st.binary(min_size=16, max_size=16).map(FileId),
)


@given(LINKS)
def test_a_link_has_one_way_to_be_written(link: Link) -> None:
    assert read_link(str(link)) == link
    for other in (str(link).upper(), f" {link}", f"{link}\n", f"{link}/", f"{link}?x=1"):
        with pytest.raises(BadInputError):
            read_link(other)


@pytest.mark.parametrize(
    "text",
    ["", "jit:", f"jit://space/{A}", f"jit:exhibit/{A}", f"jit:space/{A[:-1]}", "jit-invite:l6pp",
     f"jit:space/{A}/exhibit/", f"jit:space/{A}#lock", f"JIT:space/{A}", f"jit:space/{A}/x/{B}",
     f"jit:space/{A}\x00", "jit:" + "a" * 10_000],
)  # fmt: skip
def test_what_is_no_link_is_refused(text: str) -> None:
    with pytest.raises(BadInputError):
        read_link(text)


@given(st.builds(Wish, st.sampled_from([Act.RAISE, Act.LOCK]), st.none(), st.just("tok-1")))
def test_a_wish_is_read_as_it_was_written(wish: Wish) -> None:
    assert read_wish(written(wish)) == wish
    opened = Wish(Act.OPEN, read_link(f"jit:space/{A}"))
    assert read_wish(written(opened)) == opened


@given(st.binary(max_size=600))
def test_bytes_of_a_stranger_are_a_wish_or_refused(data: bytes) -> None:
    try:
        wish = read_wish(data)
    except BadInputError:
        return
    assert read_wish(written(wish)) == wish


def test_a_token_that_no_desktop_gives_is_left_out() -> None:
    assert read_wish(written(Wish(Act.RAISE, token="a b\nlock -"))) == Wish(Act.RAISE)
