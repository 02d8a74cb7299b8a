"""The help: F1 opens the page of what is shown, also over a sheet; a card leads to its code."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from protocol.errors import StoreIdentityError
from tests.ui.door_double import DoorDouble
from tests.ui.waiting import enter, open_dialogs, sheet, until
from ui.errors.cards import card_for
from ui.help import opening
from ui.help.page import Link, Place, read
from ui.help.view import HelpWindow
from ui.shell import Shell
from ui.spaces.state import Tab
from ui.unlock.view import UnlockView
from ui.widgets.button import Button
from ui.widgets.notice import Notice

pytestmark = pytest.mark.asyncio(loop_scope="session")

Locked = tuple[Shell, DoorDouble]


def _window() -> HelpWindow:
    found = [one for one in QApplication.topLevelWidgets() if isinstance(one, HelpWindow)]
    shown = [one for one in found if one.isVisible()]
    assert len(shown) == 1
    return shown[0]


async def _asked(front: QWidget) -> HelpWindow:
    front.activateWindow()
    await until(front.isActiveWindow)
    QTest.keyClick(front, Qt.Key.Key_F1)
    window = _window()
    await until(lambda: window.leaf.built)
    return window


async def test_f1_opens_the_page_of_the_screen_that_is_shown(locked: Locked) -> None:
    shell, _ = locked
    window = await _asked(shell)
    assert window._presenter.state.at == Place("first-steps", "unlock")
    window.close()

    frame, _ = await enter(*locked)
    for tab, page in (
        (Tab.CONVERSATION, "messages"),
        (Tab.EVIDENCE, "evidence"),
        (Tab.PEOPLE, "people"),
        (Tab.CLOSING, "closing"),
    ):
        frame.stage.go(tab)
        window = await _asked(shell)
        assert window._presenter.state.at.page == page


async def test_the_help_is_open_over_a_sheet_and_can_be_used_there(locked: Locked) -> None:
    frame, _ = await enter(*locked)
    frame.new_space()
    over = await sheet()
    window = await _asked(over)

    assert window._presenter.state.at == Place("spaces", "open-a-space")
    assert not window.isModal()
    QTest.keyClicks(window.field, "recovery")
    assert window.field.text() == "recovery"
    over.reject()
    await until(lambda: open_dialogs() == [])


async def test_what_is_looked_for_is_found_without_accents_and_enter_opens_it(
    locked: Locked,
) -> None:
    window = await _asked(locked[0])

    QTest.keyClicks(window.field, "SÁFETY number")
    assert window.list.count() > 2
    QTest.keyClick(window.field, Qt.Key.Key_Return)
    first = window._presenter.state.rows[0]
    assert window._presenter.state.at == first.at
    QTest.keyClicks(window.field, " xyzzy")
    assert window.list.count() == 0
    assert window.none.isVisible()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert window.field.text() == ""
    assert window.list.count() > 10
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isVisible()


async def test_a_link_leads_on_and_the_key_leads_back(locked: Locked) -> None:
    window = await _asked(locked[0])
    begun = window._presenter.state.at
    link = next(
        one
        for section in window._presenter.state.page.sections
        for one in section.blocks
        if isinstance(one, Link)
    )
    button = next(one for one in window.leaf.findChildren(Button) if one.text() == link.words)

    button.click()
    await until(lambda: window.leaf.built)
    assert window._presenter.state.at == link.to
    window.activateWindow()
    await until(window.isActiveWindow)
    QTest.keyClick(window, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert window._presenter.state.at == begun
    assert not window.back.isEnabled()


async def test_an_error_card_leads_to_its_code_and_copies_nothing_but_code_and_time(
    locked: Locked,
) -> None:
    shell, _ = locked
    gate = shell.pages.currentWidget()
    assert isinstance(gate, UnlockView)
    notice: Notice = gate.notice
    notice.show_card(card_for(StoreIdentityError("Albatross was here.")))

    notice.details.click()
    copied = QApplication.clipboard().text()
    assert re.fullmatch(r"JIT Client store-identity \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", copied)
    notice.help.click()
    window = _window()
    await until(lambda: window.leaf.built)
    assert window._presenter.state.at == Place("errors", "store-identity")
    head = window.leaf._heads["store-identity"]
    await until(lambda: window.leaf.verticalScrollBar().value() > 0)
    assert window.leaf.verticalScrollBar().value() <= head.y()


async def test_locking_and_quitting_close_the_help(locked: Locked) -> None:
    shell, door = locked
    await enter(shell, door)
    window = await _asked(shell)

    shell.lock()
    await until(lambda: shell.frame is None)
    assert opening._OPEN == []
    assert not [one for one in QApplication.topLevelWidgets() if one is window and one.isVisible()]


async def test_a_page_is_read_as_plain_text() -> None:
    page = read("x", "# <b>T</b>\n\n- a:: **b**\n\n1. one\ntwo\n\n→ [A](b#c), [D](e)")

    assert page.title == "<b>T</b>"
    pair, item, *links = page.sections[0].blocks
    assert (pair.term, pair.text) == ("a", "**b**")  # type: ignore[union-attr]
    assert (item.mark, item.text) == ("1.", "one two")  # type: ignore[union-attr]
    assert links == [Link("A", Place("b", "c")), Link("D", Place("e"))]


async def test_a_page_one_comes_back_to_is_where_it_was_left(locked: Locked) -> None:
    window = await _asked(locked[0])
    window.go(Place("errors"))
    bar = window.leaf.verticalScrollBar()
    await until(lambda: window.leaf.built and bar.maximum() > 2_000)
    bar.setValue(1_500)

    window.go(Place("spaces"))
    await until(lambda: window.leaf.built and bar.value() == 0)
    window._presenter.step(-1)

    await until(lambda: window.leaf.built and bar.value() == 1_500)
    window.close()


async def test_while_something_is_looked_for_the_page_stays_where_it_is(locked: Locked) -> None:
    window = await _asked(locked[0])
    window.go(Place("errors"))
    bar = window.leaf.verticalScrollBar()
    await until(lambda: window.leaf.built and bar.maximum() > 2_000)
    bar.setValue(1_500)

    QTest.keyClicks(window.field, "recovery")

    assert window.list.count() > 0
    assert bar.value() == 1_500
    window.close()
