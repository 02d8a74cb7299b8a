"""A custody log that was tampered with is told; what cannot be replayed any more is forgotten."""

from __future__ import annotations

import pytest

from jitclient import housekeeping
from jitclient.queries import timeline
from jitclient.session import Session
from localstore import alarms, custody, sessions
from localstore.connection import transaction
from protocol.ids import SpaceId
from protocol.limits import PREKEY_KEEP_SECONDS
from tests.jitclient.office import Office


def _alarms(session: Session) -> list[str]:
    return [a.code for a in alarms.alarms(session.stores.device)]


def _tamper(session: Session, space: SpaceId) -> None:
    sp = session.stores.space(space)
    with transaction(sp):
        sp.execute("DROP TRIGGER custody_stands")  # somebody with the key and another program
        sp.execute("UPDATE custody SET actor = 'somebody else' WHERE seq = 1")


def _events(session: Session, space: SpaceId) -> list[custody.CustodyRecord]:
    return custody.events(session.stores.space(space))


def _remember(session: Session, space: SpaceId, at: int) -> None:
    sp = session.stores.space(space)
    with transaction(sp):
        sessions.remember_envelope(sp, at.to_bytes(16, "big"), at, 1)


def _seen(session: Session, space: SpaceId, at: int) -> bool:
    return sessions.seen_envelope(session.stores.space(space), at.to_bytes(16, "big")) is not None


def test_a_changed_custody_entry_is_told_at_the_next_unlock(office: Office) -> None:
    office.join("ana")
    space = office.open_space("ana")
    office.on("ana", housekeeping.tend)
    assert office.on("ana", _alarms) == []

    office.on("ana", _tamper, space)
    office.restart("ana")
    office.on("ana", housekeeping.tend)

    assert office.on("ana", _alarms) == ["custody-broken"]


def test_the_log_is_verified_up_to_its_newest_entry_and_a_break_is_named(office: Office) -> None:
    office.join("ana")
    space = office.open_space("ana")
    newest = office.on("ana", _events, space)[-1]
    chain = office.on("ana", timeline.custody_chain, space)
    assert (chain.seq, chain.hash) == (newest.seq, newest.hash)
    assert chain.at == office.sessions["ana"].clock.now()

    office.on("ana", _tamper, space)

    with pytest.raises(housekeeping.CustodyBrokenError, match="changed at entry 1\\."):
        office.on("ana", timeline.custody_chain, space)


def test_envelopes_are_remembered_as_long_as_they_could_come_again(office: Office) -> None:
    office.join("ana")
    space = office.open_space("ana")
    now = office.clock.now()
    old, young = now - PREKEY_KEEP_SECONDS - 10, now - 86_400
    office.on("ana", _remember, space, old)
    office.on("ana", _remember, space, young)

    office.restart("ana")
    office.on("ana", housekeeping.tend)

    assert not office.on("ana", _seen, space, old)
    assert office.on("ana", _seen, space, young)
