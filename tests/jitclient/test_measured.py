"""The rate that was measured last is remembered for each way, and a limit bounds the promise."""

from __future__ import annotations

from jitclient import pace
from protocol.ids import FileId, SpaceId
from sync.terms import Control, Progress
from sync.throttle import Throttle
from tests.jitclient.office import Office

KEY = (SpaceId(bytes(16)), FileId(bytes(16)))


def test_the_last_rate_of_a_way_outlives_its_transfer(office: Office) -> None:
    office.join("ana")
    session, up, down = office.sessions["ana"], Throttle(), Throttle()
    terms = pace.terms(session, KEY, 4000, Control(), up)

    office.clock.at += 2
    terms.progress(Progress(state="moving", parts=4, done=1, partial=0, moved=1000))
    session.rates.pop(KEY)

    assert session.measured == {up: 500.0}
    assert down not in session.measured
