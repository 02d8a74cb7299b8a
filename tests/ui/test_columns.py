"""The columns of the list: what was stated is shown, chosen by the person, ordered, remembered."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHeaderView, QMenu

from jitclient.views import ExhibitState
from protocol.facts import Facts
from tests.ui.desk_double import DeskDouble
from tests.ui.desk_rows import NOW
from tests.ui.door_double import DoorDouble
from tests.ui.waiting import calm, enter
from ui.evidence import cells, items
from ui.evidence.arranging import Arranger, Wish
from ui.evidence.columns import laid_out, lay_out
from ui.evidence.model import COLUMNS
from ui.evidence.state import Column, ExhibitItem
from ui.evidence.table import ExhibitTable
from ui.frame import Frame
from ui.shell import Shell
from ui.spaces.state import Tab

Locked = tuple[Shell, DoorDouble]
pytestmark = pytest.mark.asyncio(loop_scope="session")


def _item(facts: Facts) -> ExhibitItem:
    desk = DeskDouble()
    row = desk.exhibit(
        desk.space_a, "a.E01", "A-1", 1, ExhibitState.VERIFIED, author=1, facts=facts
    )
    return items.item(row)


async def test_when_it_was_seized_is_said_by_the_clock_of_that_place_and_in_utc() -> None:
    one = _item((("acquired-at", "2026-11-02T00:05+01:00"),))

    assert cells.seized(one) == ("2 Nov 2026, 00:05", "1 Nov 2026, 23:05 UTC")
    assert cells.seized(_item((("acquired-at", "2026-11-02"),))) == ("2 November 2026",)
    assert cells.seized(_item(())) == ()


async def test_what_was_stated_stands_in_its_column() -> None:
    facts = (("authority", "FIOD"), ("place", "Zwolle"), ("country", "NL"), ("tlp", "AMBER"))
    one = _item(facts)

    assert cells.words(one, Column.PLACE) == "Zwolle, NL"
    assert cells.words(one, Column.AUTHORITY) == "FIOD"
    assert cells.words(one, Column.MARKS) == "TLP:AMBER"
    assert [cells.words(_item(()), one) for one in cells.STATED] == [""] * len(cells.STATED)


@pytest.mark.parametrize("descending", [False, True])
async def test_moments_of_several_zones_are_ordered_by_what_came_first_and_the_unknown_is_last(
    descending: bool,
) -> None:
    desk = DeskDouble()
    for number, at in enumerate(
        ("2026-11-02T10:00+05:00", "", "2026-11-02T06:00+00:00", "2026-11-02", "")
    ):
        facts = (("acquired-at", at),) if at else ()
        desk.exhibit(
            desk.space_a, f"{number}.bin", "", 1, ExhibitState.VERIFIED, author=1, facts=facts
        )

    made = Arranger(lambda: NOW).arrange(
        desk.files[desk.space_a], Wish(sort=Column.SEIZED, descending=descending)
    )

    assert made is not None
    known = ["2", "0", "3"] if descending else ["3", "0", "2"]
    assert [one.stem for one in made.items][:3] == known
    assert {one.stem for one in made.items[3:]} == {"1", "4"}


async def _table(locked: Locked) -> tuple[Frame, ExhibitTable]:
    frame, _ = await enter(*locked)
    frame.room.spaces.show_tab(Tab.EVIDENCE)
    await calm(frame)
    return frame, frame.stage.evidence.table


def _sub(menu: QMenu, name: str) -> QMenu:
    found = _action(menu, name).menu()
    assert isinstance(found, QMenu)
    return found


def _action(menu: QMenu, name: str) -> QAction:
    return next(one for one in menu.actions() if one.text() == name)


async def test_a_menu_that_the_keyboard_reaches_shows_columns_puts_them_away_and_widens_them(
    locked: Locked,
) -> None:
    frame, table = await _table(locked)
    query = frame.stage.evidence.query
    at, state = COLUMNS.index(Column.PLACE), COLUMNS.index(Column.STATE)
    assert table.isColumnHidden(at)

    query.fill()
    _action(_sub(query.menu, "Columns"), "Place").trigger()
    query.fill()
    _action(_sub(query.menu, "Columns"), "State").trigger()

    assert not table.isColumnHidden(at)
    assert table.isColumnHidden(state)
    narrow = table.columnWidth(at)
    query.fill()
    _action(_sub(_sub(query.menu, "Width of a column"), "Place"), "Wide").trigger()
    assert table.columnWidth(at) > narrow
    frame.resize(frame.width() - 300, frame.height())
    assert not table.isColumnHidden(at), "what was chosen stays in a narrow window"

    query.fill()
    _action(_sub(query.menu, "Columns"), "As they were made").trigger()
    assert table.isColumnHidden(at)
    assert not table.isColumnHidden(state)
    table.choice.choose(Column.PLACE, yes=True)
    assert table.columnWidth(at) == narrow


async def test_the_columns_are_kept_and_come_back_and_a_changed_file_hides_no_number(
    locked: Locked,
) -> None:
    _, table = await _table(locked)
    table.choice.choose(Column.PLACE, yes=True)
    table.choice.choose(Column.STATE, yes=False)
    table.narrow(shown=True)
    kept = laid_out(table)
    table.choice.forget()
    table.narrow(shown=False)

    lay_out(table, f"{kept} off=NUMBER,NAME,SPACE,,STATE")

    assert table.narrowing
    assert not table.isColumnHidden(COLUMNS.index(Column.PLACE))
    assert table.isColumnHidden(COLUMNS.index(Column.STATE))
    assert not table.isColumnHidden(COLUMNS.index(Column.NUMBER))
    assert not table.isColumnHidden(COLUMNS.index(Column.NAME))


async def test_the_name_keeps_room_however_many_columns_are_chosen(locked: Locked) -> None:
    _, table = await _table(locked)
    for column in Column:
        table.choice.choose(column, yes=True)

    name = COLUMNS.index(Column.NAME)
    assert table.columnWidth(name) >= 200
    assert table.horizontalHeader().length() > table.viewport().width()
    table.choice.forget()
    assert table.horizontalHeader().sectionResizeMode(name) == QHeaderView.ResizeMode.Stretch
