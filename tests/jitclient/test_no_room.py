"""The store has no room for somebody: what is for him waits here, and nobody else does."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from jitclient import posting
from jitclient.session import Session
from localstore import messages, outbox
from protocol.ids import MailboxId, SpaceId, mailbox_id
from sync.ports import MANY, NoRoom, Outgoing
from tests.jitclient.office import Office, receipt_for

TEAM = ("ana", "bruno", "carla")


@pytest.fixture
def space(office: Office) -> SpaceId:
    office.join(*TEAM)
    return office.open_space(*TEAM)


def _state(session: Session, space: SpaceId, message: bytes) -> tuple[str, int]:
    row = messages.message(session.stores.space(space), message)
    assert row is not None
    return row.state, outbox.waiting(session.stores.space(space))


def _due(office: Office, space: SpaceId) -> list[Outgoing]:
    return office.on("ana", posting.due, space, office.clock.now())


def _to(item: Outgoing, office: Office) -> set[str]:
    from protocol.envelope import Envelope

    named = {mailbox_id(item.space, p.device): name for name, p in office.people.items()}
    return {named[Envelope.unpack(one).to] for one in item.request.envelopes}


def _answer(office: Office, item: Outgoing, *full: str, seconds: int = 60) -> None:
    """The store takes it, but not for these."""
    no_room = []
    for name in full:
        mailbox = mailbox_id(item.space, office.people[name].device)
        tries = item.full.get(mailbox, 0) + 1
        no_room.append(NoRoom(mailbox, office.clock.now() + seconds, tries))
    office.on("ana", posting.accepted, item, receipt_for(item), no_room)


def test_who_has_no_room_waits_and_everybody_else_has_it(office: Office, space: SpaceId) -> None:
    first = office.write("ana", space, "one")
    (item,) = _due(office, space)

    _answer(office, item, "bruno")
    office.write("ana", space, "two")

    assert office.on("ana", _state, space, first)[0] == "on-server"
    (second,) = _due(office, space)
    assert _to(second, office) == {"carla"}
    _answer(office, second)
    assert _due(office, space) == []


def test_what_waits_is_offered_in_order_with_the_same_bytes_also_after_a_restart(
    office: Office, space: SpaceId
) -> None:
    written = [office.write("ana", space, str(n)) for n in range(3)]
    posted = _due(office, space)
    _answer(office, posted[0], "bruno")
    for item in _due(office, space):
        _answer(office, item)
    office.restart("ana")
    assert _due(office, space) == []
    office.clock.at += 60

    (probe,) = _due(office, space)

    assert (probe.message, _to(probe, office)) == (written[0], {"bruno"})
    assert probe.request.envelopes[0] in posted[0].request.envelopes
    mailbox = mailbox_id(space, office.people["bruno"].device)
    assert probe.full == {mailbox: 1}
    _answer(office, probe)
    rest = _due(office, space)
    assert [(one.message, _to(one, office)) for one in rest] == [
        (written[1], {"bruno"}),
        (written[2], {"bruno"}),
    ]


def test_a_store_that_has_no_room_for_anybody_did_not_take_the_message(
    office: Office, space: SpaceId
) -> None:
    message = office.write("ana", space, "one")
    (item,) = _due(office, space)

    _answer(office, item, "bruno", "carla")

    assert office.on("ana", _state, space, message) == ("saved", 1)
    office.clock.at += 60
    (again,) = _due(office, space)
    assert again.request == item.request
    _answer(office, again, "bruno")
    assert office.on("ana", _state, space, message) == ("on-server", 0)


def test_it_is_told_once_and_again_when_it_was_over_in_between(
    office: Office, space: SpaceId
) -> None:
    office.write("ana", space, "one")
    for _ in range(3):
        (item,) = _due(office, space)
        _answer(office, item, "bruno")
        office.clock.at += 60
    assert office.alarms("ana") == ["mailbox-full"]


@pytest.mark.parametrize("strange", [b"x" * 16, b""])
def test_a_store_that_names_somebody_it_was_not_asked_about_is_not_believed(
    office: Office, space: SpaceId, strange: bytes
) -> None:
    message = office.write("ana", space, "one")
    (item,) = _due(office, space)
    own = mailbox_id(space, office.people["ana"].device)
    bad = NoRoom(MailboxId(strange or own), office.clock.now() + 60, 1)

    office.on("ana", posting.accepted, item, receipt_for(item), [bad])

    assert office.on("ana", _state, space, message) == ("saved", 1)
    assert office.alarms("ana") == ["forged"]
    office.clock.at += 3600
    (again,) = _due(office, space)
    assert again.request == item.request


def test_who_is_removed_is_waited_for_no_more(office: Office, space: SpaceId) -> None:
    office.write("ana", space, "one")
    (item,) = _due(office, space)
    _answer(office, item, "bruno")

    office.remove("ana", space, "bruno")
    office.clock.at += 60

    assert "bruno" not in {name for one in _due(office, space) for name in _to(one, office)}
    assert office.on("ana", lambda s: outbox.full(s.stores.space(space))) == {}


def _kept(session: Session, space: SpaceId) -> Sequence[object]:
    return session.stores.space(space).execute("SELECT * FROM outgoing_envelope").fetchall()


def test_the_answer_and_what_stays_are_one_transaction(
    office: Office, space: SpaceId, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It dies in between: nothing of the answer is here, and the same is posted again."""
    message = office.write("ana", space, "one")
    (item,) = _due(office, space)
    before = office.on("ana", _kept, space)

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(outbox, "conclude", dies)
        with pytest.raises(KeyboardInterrupt):
            _answer(office, item, "bruno")
    office.restart("ana")

    assert office.on("ana", _kept, space) == before
    assert office.on("ana", _state, space, message) == ("saved", 1)
    (again,) = _due(office, space)
    assert again.request == item.request


def test_the_outbox_gives_as_much_at_once_as_a_round_counts_on() -> None:
    """Else a round that got less would not ask whether there is more."""
    assert outbox.BATCH >= MANY
