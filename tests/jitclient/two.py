"""Ana and Bruno in one space: what tests of lost and missing messages share."""

from __future__ import annotations

from localstore import messages
from protocol.ids import SpaceId
from tests.jitclient.office import Office

PAIR = ("ana", "bruno")


def pair(office: Office) -> SpaceId:
    """A space with both, in which each has said something."""
    office.join(*PAIR)
    space = office.open_space(*PAIR)
    for name, text in zip(PAIR, ("One.", "Two."), strict=True):
        office.write(name, space, text)
        office.exchange(space, *PAIR, rounds=3)
    return space


def events(office: Office, name: str, space: SpaceId) -> list[str]:
    """The lines that tell of asking and sending again."""
    rows = office.on(name, lambda s: messages.messages(s.stores.space(space), 1000))
    return [row.text for row in rows if row.kind == "event" and "again" in row.text]


def whole(office: Office, space: SpaceId, *said: str) -> None:
    """Everybody has everything once, in order, nothing is missing, nobody was accused."""
    for name in PAIR:
        assert office.texts(name, space) == list(said)
        assert office.alarms(name) == []
        rows = office.on(name, lambda s: messages.messages(s.stores.space(space), 1000))
        assert sum(row.missing_before for row in rows) == 0
        other = office.people[PAIR[1 - PAIR.index(name)]].device
        assert office.on(name, lambda s, d=other: messages.gaps(s.stores.space(space), d)) == []
