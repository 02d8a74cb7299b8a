"""Before a space is closed its administrator sees what is still open, and gets there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QPushButton

from protocol.ids import SpaceId
from tests.ui.screens.endings import OPEN
from tests.ui.test_screens import Locked
from tests.ui.waiting import calm, enter, sheet, until
from ui.closing.outstanding import lines
from ui.evidence.queuesheet import QueueSheet
from ui.frame import Frame
from ui.spaces.state import Tab
from ui.widgets.text import Text

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _closing(locked: Locked) -> Frame:
    frame, desk = await enter(*locked)
    desk.endings.open[desk.space_a] = OPEN
    frame.room.spaces.show_tab(Tab.CLOSING)
    await calm(frame)
    await until(lambda: frame.room.closing.state.open is not None)
    return frame


def _said(frame: Frame) -> str:
    return "\n".join(one.text() for one in frame.stage.closing.before.open.findChildren(Text))


def _press(frame: Frame, text: str) -> None:
    part = frame.stage.closing.before.open
    (button,) = (one for one in part.findChildren(QPushButton) if one.text() == text)
    button.click()


async def test_what_is_still_open_is_counted_and_named_above_the_title_to_type(
    locked: Locked,
) -> None:
    frame = await _closing(locked)
    before = frame.stage.closing.before

    said = _said(frame)

    assert "7 exhibits of others were never saved outside from here." in said
    assert "B-4" in said
    assert "and 2 more" in said
    assert "1 exhibit is still on its way." in said
    assert "2 messages have not left this computer." in said
    assert "Jan de Vries: 1 exhibit" in said
    bottom = before.open.mapTo(before, before.open.rect().bottomLeft()).y()
    assert bottom < before.form.mapTo(before, before.form.rect().topLeft()).y()


async def test_each_line_leads_to_its_list(locked: Locked) -> None:
    frame = await _closing(locked)

    _press(frame, "Show the conversation")
    await calm(frame)
    assert frame.stage.conversation.isVisible()
    frame.room.spaces.show_tab(Tab.CLOSING)
    await calm(frame)
    _press(frame, "Show transfers")
    found = await sheet()
    assert isinstance(found, QueueSheet)
    found.reject()


async def test_it_is_counted_only_while_it_is_looked_at_and_anew_when_somebody_comes_back(
    locked: Locked,
) -> None:
    frame, desk = await enter(*locked)
    await calm(frame)
    assert "outstanding" not in desk.calls

    frame.room.spaces.show_tab(Tab.CLOSING)
    await until(lambda: "outstanding" in desk.calls)
    await calm(frame)
    assert "Nothing. What this computer knows of is done." in _said(frame)
    frame.room.spaces.show_tab(Tab.EVIDENCE)
    await calm(frame)
    asked = desk.calls.count("outstanding")
    frame.room.closing.refresh()
    await calm(frame)
    assert desk.calls.count("outstanding") == asked

    desk.endings.open[desk.space_a] = OPEN
    frame.room.spaces.show_tab(Tab.CLOSING)
    await until(lambda: bool(frame.room.closing.state.open))


async def test_who_may_not_close_is_not_shown_what_is_open(locked: Locked) -> None:
    frame, desk = await enter(*locked)
    desk.set(desk.space_a, i_administer=False)
    frame.room.spaces.refresh()
    await until(lambda: not frame.room.closing.state.can_close)
    frame.room.spaces.show_tab(Tab.CLOSING)
    await calm(frame)

    assert not frame.stage.closing.before.open.isVisible()
    assert "outstanding" not in desk.calls


async def test_of_many_persons_the_first_are_named_and_the_others_counted() -> None:
    many = replace(OPEN, owing=tuple((f"P{at:02}", 1) for at in range(8)))

    (line,) = (one for one in lines(many, SpaceId(b"S" * 16)) if one.icon == "shield")

    assert line.word.startswith("8 persons")
    assert (line.names[0], line.more) == ("P00: 1 exhibit", 3)
