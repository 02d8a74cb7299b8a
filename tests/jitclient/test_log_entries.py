"""The signed log in words: every entry once, oldest first, by the names of the directory."""

from __future__ import annotations

from jitclient.queries import entries
from jitclient.session import Session
from jitclient.views import LogEntryRow
from protocol.ids import SpaceId
from tests.jitclient.office import Office


def _entries(session: Session, space: SpaceId) -> tuple[LogEntryRow, ...]:
    return entries.log_entries(session, space)


def test_every_entry_stands_once_in_the_words_of_the_conversation(office: Office) -> None:
    office.join("ana", "bruno", "carla")
    space = office.open_space("ana", "bruno", "carla")
    office.remove("ana", space, "carla")
    office.exchange(space, "ana", "bruno")

    told = [office.on(who, _entries, space) for who in ("ana", "bruno")]

    assert [one.seq for one in told[0]] == [0, 1, 2, 3]
    assert [one.text for one in told[0]] == [
        "Ana opened the space.",
        "Ana added Bruno.",
        "Ana added Carla.",
        "Ana removed Carla: Left",
    ]
    assert told[0] == told[1]
