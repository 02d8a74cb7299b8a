"""Years that bench/deskfill.py writes past the product are read by it, or they measure nothing."""

from __future__ import annotations

from bench import deskfill
from jitclient.queries import timeline
from jitclient.session import Session
from jitclient.usecases import send_message
from localstore import evidence
from protocol.ids import SpaceId
from tests.jitclient.office import Office

PAIR = ("ana", "bruno")
COUNT = 2_000


def _exhibits(session: Session, space: SpaceId) -> int:
    return len(evidence.exhibits(session.stores.space(space)))


def test_years_of_work_are_read_as_if_they_had_been_written_here(office: Office) -> None:
    office.join(*PAIR)
    space = office.open_space(*PAIR)
    for name in PAIR:
        office.on(name, send_message._write, space, f"{name} is here", None)
        office.exchange(space, *PAIR, rounds=2)

    filled = office.on("ana", deskfill.fill, space, COUNT)

    assert office.on("ana", _exhibits, space) == COUNT // deskfill.EXHIBIT_EVERY
    answers = office.on("ana", timeline.thread, space, filled.root)
    assert len(answers) == 1 + office.on("ana", timeline.one_message, space, filled.root).answers
    assert len(answers) > 200
    sent = office.on("ana", send_message._write, space, "the newest", None)
    page = office.on("ana", timeline.conversation, space, limit=COUNT)
    assert page[-1].message == sent.message
    assert filled.middle in {one.message for one in page}
