"""A name that could be taken for another's bears a sentence wherever a person looks at it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QLabel, QWidget

from jitclient.events import MessagesChanged, SpacesChanged
from jitclient.views import PersonRow
from tests.ui.desk_double import DeskDouble
from tests.ui.door_double import DoorDouble
from tests.ui.waiting import calm, enter, sheet, until
from ui.conversation.rowviews import MessageView
from ui.people.sheets import AddMemberSheet
from ui.shell import Shell
from ui.spaces.state import Tab

pytestmark = pytest.mark.asyncio(loop_scope="session")

NOTE = "This name looks like that of Inés Salgado (Europol, EC3, EU)."


def _says(widget: QWidget) -> bool:
    return any(label.text() == NOTE and label.isVisible() for label in widget.findChildren(QLabel))


async def test_the_people_screen_says_it_beside_authority_and_country(
    locked: tuple[Shell, DoorDouble],
) -> None:
    frame, desk = await enter(*locked)
    detail = desk.details[desk.space_a]
    first, second, *rest = detail.members
    noted = replace(second, name_note=NOTE)
    desk.details[desk.space_a] = replace(detail, members=(first, noted, *rest))
    desk.publish(SpacesChanged())
    await calm(frame)

    frame.room.spaces.show_tab(Tab.PEOPLE)
    await calm(frame)

    assert _says(frame.stage.people)
    (group,) = [g for g in frame.room.people.state.groups if g.people[0].note]
    assert (group.authority, group.country) == ("FIOD", "NL")


async def test_the_conversation_says_it_to_eyes_and_ears(
    locked: tuple[Shell, DoorDouble],
) -> None:
    frame, desk = await enter(*locked)
    row = desk.say(desk.space_a, 1, "Thursday, 06:00.")
    desk.rows[desk.space_a][-1] = replace(row, author_note=NOTE)
    desk.publish(MessagesChanged(desk.space_a))
    await calm(frame)

    (view,) = [v for v in frame.findChildren(MessageView) if v.item.text == "Thursday, 06:00."]
    assert _says(view)
    assert NOTE in view.accessibleName()
    assert "FIOD · NL" in view.accessibleName()


async def test_whoever_adds_somebody_is_told_before_the_act(
    locked: tuple[Shell, DoorDouble], monkeypatch: pytest.MonkeyPatch
) -> None:
    frame, _ = await enter(*locked)
    honest = DeskDouble.people

    async def people(self: DeskDouble) -> tuple[PersonRow, ...]:
        return tuple(replace(one, name_note=NOTE) for one in await honest(self))

    monkeypatch.setattr(DeskDouble, "people", people)
    frame.room.spaces.show_tab(Tab.PEOPLE)
    await calm(frame)
    frame.stage.people.add_button.click()
    found = await sheet()
    assert isinstance(found, AddMemberSheet)
    await until(lambda: found.list.people.rowCount() > 0)
    assert not _says(found)

    found.list.setCurrentIndex(found.list.people.index(0))

    assert _says(found)
    assert NOTE in found.list.people.people[0].below
    found.reject()
    await calm(frame)
