"""Narrowing the list: a count is what the list shows when it is chosen, beside everything else."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from jitclient.reviewviews import GROUPS, asks, keeps, turned
from jitclient.views import ExhibitRow, ExhibitState
from protocol.facts import Facts
from tests.ui.desk_double import DeskDouble
from tests.ui.desk_rows import NOW
from tests.ui.door_double import DoorDouble
from tests.ui.waiting import calm, enter
from ui.evidence import arranging, facets
from ui.evidence.arranging import Arranger, Wish
from ui.evidence.facets import counted
from ui.shell import Shell
from ui.spaces.state import Tab

Locked = tuple[Shell, DoorDouble]
pytestmark = pytest.mark.asyncio(loop_scope="session")

STATED: tuple[Facts, ...] = (
    (("authority", "FIOD Zwolle"), ("handling", "H1+H2"), ("tlp", "AMBER")),
    (("authority", "Fiod  Zwolle"),),
    (("authority", 'Prokuratura "Gdańsk"'), ("handling", "H1")),
    (),
)


def _rows() -> list[ExhibitRow]:
    desk = DeskDouble()
    for at in range(24):
        name = f"{at}.{('pdf', 'PDF', 'E01')[at % 3]}"
        row = desk.exhibit(
            desk.space_a, name, f"A-{at}", at, ExhibitState.VERIFIED, author=1,
            facts=STATED[at % 4],
        )  # fmt: skip
        object.__setattr__(row, "tags", ("phone",) if at % 5 == 0 else ())
        object.__setattr__(row, "review", "flagged" if at % 7 == 0 else "new")
    return desk.files[desk.space_a]


@pytest.mark.parametrize(
    "query",
    ["", "type:pdf", "mark:H1 review:new", 'authority:"FIOD Zwolle" tag:phone', "tag:none 1"],
)
async def test_a_count_is_what_the_list_shows_when_the_value_alone_of_its_group_is_chosen(
    query: str,
) -> None:
    rows = _rows()

    for group in counted(rows, query):
        others = " ".join(one for one in _tokens(query) if not one.startswith(f"{group.name}:"))
        for facet in group.facets:
            alone = turned(others, group.name, facet.value)
            assert facet.count == sum(keeps(row, alone) for row in rows), alone
            assert facet.chosen == asks(query, group.name, facet.value)


def _tokens(query: str) -> list[str]:
    return re.findall(r'\w+:"[^"]*"|\S+', query)


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("value", ["H1", "TLP:AMBER+STRICT", "Zürich two", "none"])
async def test_a_value_is_put_into_the_filter_and_taken_out_and_the_rest_stays(
    group: str, value: str
) -> None:
    typed = 'red "two words" tag:"follow up" review:new'

    once = turned(typed, group, value)

    assert asks(once, group, value)
    assert once.startswith(typed)
    assert turned(once, group, value) == typed


async def test_what_is_chosen_stays_on_the_list_to_be_taken_away() -> None:
    (marks,) = [one for one in counted(_rows(), "mark:H1 zzz") if one.name == "mark"]

    assert [(one.value, one.count, one.chosen) for one in marks.facets] == [("h1", 0, True)]


async def test_nothing_is_counted_while_nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> tuple[()]:
        raise AssertionError("counted")

    monkeypatch.setattr(arranging, "counted", never)

    made = Arranger(lambda: NOW).arrange(_rows(), Wish())

    assert made is not None
    assert made.facets == ()


async def test_the_most_frequent_values_are_offered_and_of_the_rest_how_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(facets, "SHOWN", 1)

    (types,) = [one for one in counted(_rows(), "type:e01") if one.name == "type"]

    assert [(one.value, one.chosen) for one in types.facets] == [("e01", True)]
    assert types.more == 1


async def test_a_box_narrows_the_list_by_the_filter_that_is_seen_and_counts_follow_the_review(
    locked: Locked,
) -> None:
    frame, desk = await enter(*locked)
    frame.room.spaces.show_tab(Tab.EVIDENCE)
    await calm(frame)
    view, shown = frame.stage.evidence, frame.room.evidence
    assert not view.facets.isVisible()
    view.query.narrowed.emit()
    await calm(frame)
    assert view.facets.isVisible()
    every = len(shown.state.items)

    box = view.facets.parts["review"].boxes[0]
    assert box.text() == f"New  {every}"
    ending = view.facets.parts["type"].boxes[0]
    count = int(ending.text().rsplit(maxsplit=1)[1])
    ending.click()
    await calm(frame)

    assert view.query.text().startswith("type:")
    assert len(shown.state.items) == count
    assert ending.isChecked()
    assert box.text() == f"New  {count}"
    ending.click()
    assert (view.query.text(), len(shown.state.items)) == ("", every)
    file = shown.state.items[0].file
    shown.select(file)
    rows = desk.files[desk.space_a]
    at = next(at for at, one in enumerate(rows) if one.file == file)
    rows[at] = replace(rows[at], tags=("phone",))
    shown.changed({file})  # this one alone is read again
    await calm(frame)
    assert view.facets.parts["tag"].boxes[0].text() == "phone  1"
