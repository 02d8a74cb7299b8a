"""Readers find every title of a screen as a heading, by the words that stand there."""

from __future__ import annotations

import pytest

from tests.ui.playing import playing
from tests.ui.screens import SCREENS
from tests.ui.test_tree import roots
from tests.ui.walk import Role, things
from ui.widgets.text import HEADINGS, Text

pytestmark = pytest.mark.asyncio(loop_scope="session")
ROOMS = ("locked", "home", "conversation", "evidence", "closing", "settings-general", "new-space")


@pytest.mark.parametrize("name", ROOMS)
async def test_titles_are_headings_and_nothing_else_is(
    name: str, failures: list[Exception]
) -> None:
    screen = next(one for one in SCREENS if one.name == name)
    async with playing(screen, failures) as made:
        every = [one for root in roots(made) for one in things(root)]
        told = [one.name for one in every if one.role is Role.Heading]
        drawn = [
            one.widget.text()
            for one in every
            if isinstance(one.widget, Text) and one.widget.property("look") in HEADINGS
        ]

    assert told == drawn
    assert any(told)


async def test_a_title_that_changes_is_told_as_it_reads(failures: list[Exception]) -> None:
    screen = next(one for one in SCREENS if one.name == "conversation")
    async with playing(screen, failures) as made:
        assert made.shell.frame is not None
        title = made.shell.frame.stage.title
        things(made.shell)
        title.setText("Operation Northwind")

        told = [one.name for one in things(made.shell) if one.role is Role.Heading]

    assert "Operation Northwind" in told
