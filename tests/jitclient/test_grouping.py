"""Which transfers go together: many small ones in order, never more than one request carries."""

from __future__ import annotations

import os

from hypothesis import given
from hypothesis import strategies as st

from crypto.filestream import FileShape
from jitclient.grouping import SMALL_AT_ONCE, TOGETHER_FROM, Unit, fitting, units
from jitclient.queueing import SMALL_BYTES, Due
from protocol.ids import FileId, SpaceId
from protocol.limits import KIB, MAX_TOGETHER, MAX_TOGETHER_BYTES

SPACES = (SpaceId(b"a" * 16), SpaceId(b"b" * 16))


def due(at: int, size: int = 4 * KIB, *, leaves: bool = True, space: int = 0) -> Due:
    return Due((0, 0, at), (SPACES[space], FileId(os.urandom(16))), size, leaves)


def sizes(found: list[Unit]) -> list[int]:
    return [len(unit.keys) for unit in found]


def test_a_few_go_each_on_its_own_and_many_together() -> None:
    few = [due(at) for at in range(TOGETHER_FROM - 1)]
    many = [due(at) for at in range(2 * MAX_TOGETHER + 10)]

    assert sizes(units(few, lambda _: False)) == [1] * len(few)
    assert sizes(units(many, lambda _: False)) == [MAX_TOGETHER, MAX_TOGETHER, 10]


def test_another_space_another_direction_or_a_large_one_between_ends_a_group() -> None:
    wanted = [
        *(due(at) for at in range(8)),
        *(due(at, leaves=False) for at in range(8, 16)),
        *(due(at, leaves=False, space=1) for at in range(16, 24)),
        due(24, 2 * SMALL_BYTES),
        *(due(at) for at in range(25, 33)),
    ]

    assert sizes(units(wanted, lambda _: False)) == [8, 8, 8, 1, 8]


def test_what_must_go_apart_goes_apart() -> None:
    wanted = [due(at) for at in range(17)]

    found = units(wanted, lambda one: one.turn[2] == 8)

    assert sizes(found) == [8, 1, 8]
    assert [unit.together for unit in found] == [True, False, True]


def test_two_groups_take_the_room_of_all_small_ones() -> None:
    groups = units([due(at) for at in range(4 * MAX_TOGETHER)], lambda _: False)
    small = units([due(at) for at in range(7)], lambda _: False)

    assert sizes(fitting(groups, SMALL_AT_ONCE)) == [MAX_TOGETHER] * 2
    assert sizes(fitting(small, SMALL_AT_ONCE)) == [1] * SMALL_AT_ONCE
    assert fitting(groups, SMALL_AT_ONCE // 2 - 1) == []


@given(st.lists(st.tuples(st.integers(0, 2 * MAX_TOGETHER_BYTES), st.booleans()), max_size=200))
def test_nothing_is_left_out_overtaken_or_too_much_for_one_request(
    given_: list[tuple[int, bool]],
) -> None:
    wanted = [due(at, size, leaves=leaves) for at, (size, leaves) in enumerate(given_)]
    size_of = {one.key: one.size for one in wanted}

    found = units(wanted, lambda _: False)

    assert [key for unit in found for key in unit.keys] == [one.key for one in wanted]
    for unit in found:
        shapes = [FileShape(size_of[key]) for key in unit.keys]
        assert not unit.together or {shape.parts for shape in shapes} == {1}
        assert not unit.together or sum(s.sealed_bytes for s in shapes) <= MAX_TOGETHER_BYTES
        assert len(unit.keys) <= MAX_TOGETHER
