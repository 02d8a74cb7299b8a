"""A few letters find a name: accents and case do not count, a beginning before a middle."""

from __future__ import annotations

import threading

import pytest

from jitclient.searchviews import folded
from tests.ui.waiting import until
from ui.palette import presenter as presenting
from ui.palette.matching import fit
from ui.palette.presenter import MANY, SHOWN, PalettePresenter, ranked
from ui.palette.state import Entry, Kind
from ui.tasks import TaskScope


def _entry(title: str, *, why_not: str = "") -> Entry:
    return Entry(Kind.SPACE, title, "", "folder", lambda: None, why_not=why_not)


def _fits(typed: str, name: str) -> int | None:
    return fit(folded(typed).split(), folded(name))


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("lodz", "Łódź"),
        ("αθηνα", "Αθήνα"),
        ("παπαδ", "Κώστας Παπαδόπουλος"),
        ("СОФ", "София"),
        ("strasse", "Hafenstraße 4"),
        ("hal", "Ħal Far"),
        ("ghi", "Ghost invoices"),
        ("albat oper", "Operation Albatross"),
        ("", "anything"),
    ],
)
def test_letters_find_a_name(typed: str, name: str) -> None:
    assert _fits(typed, name) is not None


@pytest.mark.parametrize(
    ("typed", "name"),
    [("x", "Operation Albatross"), ("oa x", "Operation Albatross"), ("ba", "aba cab x"[4:])],
)
def test_what_is_not_in_it_does_not(typed: str, name: str) -> None:
    assert _fits(typed, name) is None


def test_a_beginning_comes_before_a_word_before_a_middle_before_letters_apart() -> None:
    names = ["Cross-border", "My cross", "Albacross", "Customs roses"]

    found = ranked(["cross"], [(folded(one), _entry(one)) for one in reversed(names)])

    assert [one.title for one in found] == names


def test_what_cannot_be_done_now_comes_last() -> None:
    entries = [_entry("Send", why_not="There is nothing to send."), _entry("Resend")]

    found = ranked(["send"], [(folded(one.title), one) for one in entries])

    assert [one.title for one in found] == ["Resend", "Send"]


@pytest.mark.asyncio(loop_scope="session")
async def test_many_names_are_ranked_off_the_windows_thread_and_few_are_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    threads: set[int] = set()

    def watched(words: list[str], entries: list[tuple[str, Entry]]) -> tuple[Entry, ...]:
        threads.add(threading.get_ident())
        return ranked(words, entries)

    monkeypatch.setattr(presenting, "ranked", watched)
    tasks = TaskScope(lambda failure: None)
    made = PalettePresenter(tasks, [_entry(f"Space {at}") for at in range(20 * MANY)])
    made.typed("space")
    await until(lambda: tasks.idle)

    assert threads
    assert threading.get_ident() not in threads
    assert len(made.state.rows) == SHOWN


@pytest.mark.asyncio(loop_scope="session")
async def test_what_is_found_late_for_other_letters_is_not_shown() -> None:
    tasks = TaskScope(lambda failure: None)
    asked: list[str] = []

    async def find(text: str) -> tuple[Entry, ...]:
        asked.append(text)
        if text == "first":
            made.typed("second")
        return (_entry(f"found for {text}"),)

    made = PalettePresenter(tasks, [], find=find)
    made.typed("first")
    await until(lambda: tasks.idle)

    assert asked == ["first", "second"]
    assert [one.title for one in made.state.rows] == ["found for second"]
    assert not made.state.looking
