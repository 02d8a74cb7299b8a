"""The ML-KEM step as the product makes it: in a conversation, and across a restart."""

from __future__ import annotations

from crypto.handshake import Init
from protocol.envelope import Envelope, EnvelopeKind
from protocol.ids import SpaceId
from protocol.limits import KEM_STEP_MESSAGES
from tests.jitclient.office import Office

PAIR = ("ana", "bruno")


def _talk(office: Office, space: SpaceId, turns: int) -> list[int]:
    """They write in turns; the form of every ratchet message that was posted."""
    forms = []
    for turn in range(turns):
        name, other = PAIR if turn % 2 else PAIR[::-1]
        office.write(name, space, f"line {turn}")
        office.post(name, space)
        forms += [_form(item.envelope) for item in office.queues[other]]
        office.deliver(other)
    return forms


def _form(packed: bytes) -> int:
    envelope = Envelope.unpack(packed)
    started = envelope.kind is EnvelopeKind.INIT
    return (Init.unpack(envelope.body).message if started else envelope.body)[0]


def test_a_conversation_makes_a_step_every_fifty_messages_and_loses_no_line(office: Office) -> None:
    office.join(*PAIR)
    space = office.open_space(*PAIR)

    forms = _talk(office, space, 120)

    assert {1, 2} <= set(forms)
    first, answer = forms.index(1), forms.index(2)
    assert first < answer <= first + 4
    assert first <= KEM_STEP_MESSAGES + 4
    for name in PAIR:
        assert office.texts(name, space) == [f"line {turn}" for turn in range(120)]
        assert office.alarms(name) == []


def test_a_step_outlives_a_restart_between_proposal_and_answer(office: Office) -> None:
    office.join(*PAIR)
    space = office.open_space(*PAIR)
    turns = 0
    while not (forms := _talk(office, space, 2)) or 1 not in forms or 2 in forms:
        turns += 1
        assert turns < 60

    for name in PAIR:
        office.restart(name)
    later = _talk(office, space, 4)

    assert 2 in later
    assert office.alarms("ana") == office.alarms("bruno") == []
