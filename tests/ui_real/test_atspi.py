"""The program as others on the desktop hear and press it: over AT-SPI, on a display of its own."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT
from tests.support import atspi
from tests.support.people_at_work import PASSPHRASE, Team

_MISSING = atspi.missing()
pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(
        bool(_MISSING), reason=f"NOT TRIED: the program over AT-SPI, for want of {_MISSING}"
    ),
]


@pytest.fixture
def env(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A desktop with a reader's bus."""
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    with atspi.desktop(folder) as made:
        yield made


def _unlock(reader: atspi.Reader) -> None:
    field = reader.find(
        lambda role, name: role in ("text", "password text") and name == "Passphrase"
    )
    reader.type(field, PASSPHRASE)
    reader.do(reader.find(_button("Unlock")), "Press")


def _press(reader: atspi.Reader, called: str) -> None:
    reader.do(reader.find(_button(called)), "Press")


def _button(called: str) -> Callable[[str, str], bool]:
    return lambda role, name: role in ("button", "push button") and name.startswith(called)


def _says(text: str) -> Callable[[str, str], bool]:
    """A whole row of the timeline, not the text in it."""
    return lambda _role, name: text in name and name != text


def _tells_of_a_message(words: str) -> bool:
    return "The van is back" in words or "new message" in words


async def _messages_until(team: Team, reader: atspi.Reader, heard: Callable[[], bool]) -> None:
    """What was there at the window's first look is no news: further messages, until one is."""
    for number in range(1, 40):
        text = f"The van is back ({number})."
        await team["bruno"].send(team.space, text)
        await team["bruno"].sync_now()
        await asyncio.to_thread(reader.find, _says(text))
        if await asyncio.to_thread(heard):
            return
    raise AssertionError("no message was announced")


async def test_a_reader_unlocks_hears_a_message_answers_and_hears_that_it_left(
    team: Team, env: dict[str, str]
) -> None:
    words = [sys.executable, "-m", "jitclient", "--profile", str(team.profile("ana"))]
    with atspi.started(words, {**env, "PYTHONPATH": str(ROOT)}):
        reader = await asyncio.to_thread(atspi.Reader, env)
        title = await asyncio.to_thread(
            reader.find, lambda role, name: role == "heading" and "locked" in name
        )
        assert reader.name(title) == "JIT Client is locked"
        await asyncio.to_thread(_unlock, reader)
        await asyncio.to_thread(reader.find, lambda role, _: role == "page tab")
        with reader.listening() as said:
            await asyncio.to_thread(_press, reader, "Synchronise now")
            await asyncio.to_thread(atspi.until, lambda: said("Synchronising…".__eq__))
            await _messages_until(team, reader, lambda: said(_tells_of_a_message))
        row = await asyncio.to_thread(reader.find, _says("The van is back (1)."))
        assert reader.name(row).startswith("Bruno Keller, ")

        field = await asyncio.to_thread(
            reader.find, lambda role, name: role == "text" and name.startswith("Message")
        )
        reader.type(field, "Seen.")
        reader.do(await asyncio.to_thread(reader.find, _button("Send")), "Press")
        await asyncio.to_thread(
            reader.find, lambda _, name: "Seen." in name and "On the server" in name
        )
        reader.close()

    await team.settle("bruno", rounds=1)
    assert "Seen." in await team.texts("bruno")
