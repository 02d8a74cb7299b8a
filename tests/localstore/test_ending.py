"""What a closing would end or leave behind is counted whole, and the first are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from localstore import ending, evidence, outside
from localstore.connection import Connection, transaction
from localstore.outside import Outside
from tests.localstore.samples import ALICE, BOB, exhibit, number_id, put


def _received(sp: Connection, at: int, state: str = "verified", **facts: object) -> bytes:
    file = number_id(at)
    put(sp, exhibit(file=file, mine=False, state=state, exhibit=f"B-{at}", name="b", **facts))
    return file


def _copied(sp: Connection, file: bytes, *, made: bool, what: str = "exhibit") -> None:
    copy = Outside(
        path=Path(f"/usb/{file.hex()}-{what}"),
        temporary=Path("/usb/.t"),
        what=what,
        file=file,
        made_at=1 if made else None,
    )
    with transaction(sp):
        outside.note(sp, [copy])


def test_an_exhibit_of_others_counts_until_a_copy_stands_whole_outside(sp: Connection) -> None:
    saved, cut, sheet = (_received(sp, at) for at in (1, 2, 3))
    _copied(sp, saved, made=True)
    _copied(sp, cut, made=False)
    _copied(sp, sheet, made=True, what="sheet")
    _received(sp, 4, exported_to="/usb/from-an-older-version")
    _received(sp, 5, state="available")
    for at, state in enumerate(("cancelled", "withdrawn", "corrupted", "erased"), start=6):
        _received(sp, at, state)
    put(sp, exhibit(file=number_id(20), state="on-server"))

    found = ending.unsaved(sp, most=2)

    assert found == ending.Some(3, (("B-2", "b"), ("B-3", "b")))


@pytest.mark.parametrize(
    ("state", "moves"),
    [
        ("sealing", True),
        ("uploading", True),
        ("available", True),
        ("downloading", True),
        ("paused", True),
        ("failed", True),
        ("on-server", False),
        ("verified", False),
        ("cancelled", False),
        ("withdrawn", False),
    ],
)
def test_what_is_not_where_it_belongs_is_still_on_its_way(
    state: str, moves: bool, sp: Connection
) -> None:
    _received(sp, 1, state)

    assert ending.moving(sp, most=5) == ending.Some(moves, (("B-1", "b"),) if moves else ())


def test_of_each_person_it_is_known_how_many_own_exhibits_are_not_verified(sp: Connection) -> None:
    first, second, on_its_way = (number_id(at) for at in (1, 2, 3))
    for file in (first, second):
        put(sp, exhibit(file=file, state="on-server", recipients=(ALICE, BOB)))
    put(sp, exhibit(file=on_its_way, state="uploading", recipients=(BOB,)))
    _received(sp, 4, recipients=(BOB,))
    assert ending.owing(sp) == {ALICE: 2, BOB: 2}

    with transaction(sp):
        for file, user in ((first, ALICE), (second, ALICE), (first, BOB)):
            evidence.mark_verified(sp, file, user, 7, b"receipt")

    assert ending.owing(sp) == {BOB: 1}
