"""Two densities: rows, paddings and the timeline follow at once, and nothing is cut off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication

from tests.ui.door_double import DoorDouble
from tests.ui.waiting import calm, enter
from ui.application import application
from ui.conversation.rowviews import MessageView
from ui.shell import Shell
from ui.spaces.state import Tab
from ui.theme import fonts, tokens
from ui.theme.density import COMFORTABLE, COMPACT
from ui.theme.style import DENSITY, theme
from ui.widgets.lines import stacked


@pytest.fixture(autouse=True)
def _as_before(qapp: QApplication) -> Iterator[None]:
    application()
    theme().choose(DENSITY, "comfortable")
    yield
    theme().choose(DENSITY, "comfortable")


def test_compact_is_smaller_in_everything_and_never_too_small_to_hit() -> None:
    wide, tight = asdict(COMFORTABLE), asdict(COMPACT)
    rows = ("space", "exhibit", "transfer", "person", "hit", "entry")

    assert [name for name in wide if name != "name" and not tight[name] < wide[name]] == []
    assert min(tight[name] for name in rows) >= tokens.TARGET_MIN


@pytest.mark.parametrize("density", [COMFORTABLE, COMPACT], ids=lambda one: one.name)
def test_the_two_lines_of_a_row_fit_into_it(density: object) -> None:
    """Letters with descenders stand inside their line, and the lines inside the row."""
    for name in ("space", "person", "exhibit"):
        high = fonts.px(getattr(density, name))
        upper, lower = stacked(QRectF(0, 0, 100, high - 1), 20, 20)

        assert upper.top() >= 0
        assert lower.bottom() <= high
        assert upper.height() >= QFontMetrics(fonts.font(tokens.BODY)).height()


@pytest.mark.asyncio(loop_scope="session")
async def test_lists_tables_and_the_timeline_follow_while_they_are_shown(
    locked: tuple[Shell, DoorDouble],
) -> None:
    frame, _ = await enter(*locked)
    frame.room.spaces.show_tab(Tab.EVIDENCE)
    await calm(frame)
    table, spaces = frame.stage.evidence.table, frame.sidebar.list
    message = _longest(frame.stage.conversation.timeline.message_views())

    def heights() -> list[int]:
        first = spaces.model().index(0, 0)
        return [
            table.rowHeight(0),
            spaces.visualRect(first).height(),
            table.horizontalHeader().sizeHint().height(),
            message.sizeHint().height(),
        ]

    before = heights()
    theme().choose(DENSITY, "compact")
    await calm(frame)
    compact = heights()
    theme().choose(DENSITY, "comfortable")
    await calm(frame)

    assert compact[:2] == [fonts.px(COMPACT.exhibit), fonts.px(COMPACT.space)]
    assert [now < then for now, then in zip(compact, before, strict=True)] == [True] * 4
    assert heights() == before


def _longest(views: list[MessageView]) -> MessageView:
    return max(views, key=lambda one: len(one.item.text))
