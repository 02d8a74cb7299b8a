"""The title of a window bears the strictest marking of what it shows, and never names anything."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from jitclient import factviews
from jitclient.views import ExhibitState
from protocol.facts import arranged
from tests.ui.desk_double import DeskDouble
from tests.ui.door_double import DoorDouble
from tests.ui.test_screens import Locked
from tests.ui.waiting import calm, enter, until
from ui.frame import Frame
from ui.shell import Shell
from ui.spaces.state import Tab

pytestmark = pytest.mark.asyncio(loop_scope="session")

RED = {"handling": "H1", "tlp": "RED", "marking": "Operation Canary"}
AMBER = {"handling": "H2+H3", "tlp": "AMBER"}


@pytest.mark.parametrize(
    ("every", "said"),
    [
        ((), ()),
        ((("H0",), ("Privileged",)), ()),
        ((("H1", "TLP:GREEN"), ("H2+H3", "TLP:AMBER+STRICT")), ("H1+H2+H3", "TLP:AMBER+STRICT")),
        ((("TLP:CLEAR",), ("TLP:RED",)), ("TLP:RED",)),
        ((("Operation Canary", "TLP:PURPLE", "H9", ""),), ()),
    ],
)
async def test_of_all_marks_the_codes_and_the_strictest_label_are_said(
    every: tuple[tuple[str, ...], ...], said: tuple[str, ...]
) -> None:
    assert factviews.codes(every) == said


async def test_the_title_follows_what_is_listed(locked: Locked) -> None:
    shell, frame, desk = await _marked(locked, red=RED, amber=AMBER)

    assert shell.windowTitle() == "H1+H2+H3  ·  TLP:RED — JIT Client"

    frame.room.evidence.filter("amber")
    await calm(frame)
    assert shell.windowTitle() == "H2+H3  ·  TLP:AMBER — JIT Client"

    frame.room.spaces.show_tab(Tab.PEOPLE)
    await calm(frame)
    assert shell.windowTitle() == "JIT Client"
    assert desk is frame.room.desk


async def test_an_exhibit_that_is_selected_counts_although_the_filter_hides_it(
    locked: Locked,
) -> None:
    shell, frame, desk = await _marked(locked, red=RED, amber=AMBER)
    red = next(one for one in desk.files[desk.space_a] if one.name == "red.img")

    frame.room.evidence.filter("amber")
    frame.room.evidence.select(red.file)
    await calm(frame)

    assert shell.windowTitle().startswith("H1+H2+H3  ·  TLP:RED")


async def test_locking_takes_it_away(locked: Locked) -> None:
    shell, frame, _ = await _marked(locked, red=RED)
    assert shell.windowTitle() != "JIT Client"

    frame.lock.emit()
    await until(lambda: shell.frame is None)

    assert shell.windowTitle() == "JIT Client"


async def _marked(
    locked: tuple[Shell, DoorDouble], **files: Mapping[str, str]
) -> tuple[Shell, Frame, DeskDouble]:
    frame, desk = await enter(*locked)
    desk.files[desk.space_a].clear()
    for name, facts in files.items():
        desk.exhibit(
            desk.space_a, f"{name}.img", "", 9, ExhibitState.VERIFIED, facts=arranged(facts)
        )
    frame.room.spaces.show_tab(Tab.EVIDENCE)
    frame.room.evidence.refresh()
    await calm(frame)
    return locked[0], frame, desk
