"""I16, I19: a removed member dates back, and a member says two things under one message id."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from crypto import message
from crypto.entropy import SYSTEM
from jitclient import opening, sealing
from jitclient.place import place
from jitclient.session import Session
from localstore import messages
from localstore.connection import transaction
from protocol import codec
from protocol.api.spaces import Delivery
from protocol.content import Body, Text
from protocol.envelope import KeyMsg
from protocol.ids import MessageId, SpaceId
from tests.jitclient.office import Office

TEAM = ("ana", "bruno", "carla")


def begun(office: Office) -> SpaceId:
    office.join(*TEAM)
    space = office.open_space(*TEAM)
    office.write("bruno", space, "While I was here.")
    office.exchange(space, *TEAM, rounds=2)
    return space


@settings(
    max_examples=5,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(before=st.integers(0, 3), after=st.integers(1, 3), order=st.randoms(use_true_random=False))
def test_i16_what_a_removed_member_dates_back_is_refused_by_everybody(
    tmp_path_factory: pytest.TempPathFactory, before: int, after: int, order: object
) -> None:
    """He has not followed his removal, so all he writes names an entry at which he was a member."""
    office = Office(tmp_path_factory.mktemp("office"))
    try:
        space = begun(office)
        said = [f"Before {n}." for n in range(before)]
        for text in said:
            office.write("bruno", space, text)
        office.post("bruno", space)
        office.deliver("ana")  # what Ana has is what the cut of her entry leaves standing
        office.remove("ana", space, "bruno")
        for n in range(after):
            office.write("bruno", space, f"Dated back {n}.")
        office.post("bruno", space)
        for name in ("ana", "carla"):
            order.shuffle(office.queues[name])  # type: ignore[attr-defined]
            office.follow(name, space)
            office.deliver(name)
            assert sorted(office.texts(name, space)) == sorted(["While I was here.", *said])
            assert set(office.alarms(name)) == {"removed-sender"}
    finally:
        office.close()


def test_i16_a_gap_before_the_cut_cannot_be_filled_with_other_words(office: Office) -> None:
    """The store withholds one message; after his removal he puts another one in its place."""
    space = begun(office)
    office.on("bruno", _say, space, "Withheld.")
    held = office.on("bruno", lambda s: messages.next_own(s.stores.space(space)))
    office.post("bruno", space)
    office.queues["ana"].clear()
    office.write("bruno", space, "Delivered.")
    office.post("bruno", space)
    office.deliver("ana")
    assert office.texts("ana", space) == ["While I was here.", "Delivered."]
    office.remove("ana", space, "bruno")

    office.on("bruno", _say, space, "Other words.", at=held[0] - 1)
    office.post("bruno", space)
    office.deliver("ana")

    assert office.texts("ana", space) == ["While I was here.", "Delivered."]
    (alarm,) = office.alarms("ana")
    assert alarm in {"reordered", "removed-sender"}


def _body(text: str) -> bytes:
    content = Text(version=1, text=text, reply_to=None, mentions=())
    return codec.encode(
        Body(version=1, lamport=99, claimed_at=1_800_000_000, audience=(), content=content, seen=())
    )


def _say(session: Session, space: SpaceId, text: str, at: int | None = None) -> None:
    """Write without keeping a line of it; at an earlier place of the own chain if one is given."""
    here = place(session, space)
    with transaction(here.sp):
        sealed, key_msg = sealing._seal(here, _body(text))
        if at is not None:
            key_msg = replace(key_msg, sender_seq=at)
        others = here.log.devices(here.log.others(session.user))
        sealing._enqueue(here, sealed, key_msg, others)


def test_i19_one_device_never_takes_a_second_body_under_one_message_id(office: Office) -> None:
    space = begun(office)
    first = office.on("bruno", _twice, space, "Six o'clock.", None)
    office.post("bruno", space)
    office.deliver("ana")
    office.on("bruno", _twice, space, "Seven o'clock.", first)
    office.post("bruno", space)
    office.deliver("ana")

    assert office.texts("ana", space) == ["While I was here.", "Six o'clock."]
    assert office.alarms("ana") == ["replay"]


def _twice(session: Session, space: SpaceId, text: str, under: bytes | None) -> bytes:
    """Seal a body of its own under a message id that was used already."""
    here = place(session, space)
    with transaction(here.sp):
        sealed, key_msg = sealing._seal(here, _body(text))
        if under is not None:
            sealed, key_msg = _moved(here.space, key_msg, under, text)
            here.sp.execute("DELETE FROM sent WHERE message = ?", (under,))
        others = here.log.devices(here.log.others(session.user))
        sealing._enqueue(here, sealed, key_msg, others)
    return key_msg.message


def _moved(space: SpaceId, key_msg: KeyMsg, under: bytes, text: str) -> tuple[bytes, KeyMsg]:
    made = message.seal_body(space, MessageId(under), _body(text), SYSTEM)
    return made.body, replace(
        key_msg,
        message=MessageId(under),
        content_key=made.content_key,
        body_digest=made.digest,
        body_length=len(made.body),
    )


@settings(
    max_examples=4,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(text=st.text(min_size=1, max_size=40), place_=st.integers(0, 10_000))
def test_i19_two_devices_never_accept_different_bodies_for_one_id_from_one_post(
    tmp_path_factory: pytest.TempPathFactory, text: str, place_: int
) -> None:
    """Whatever body the store puts beside her envelope, Carla reads what Ana reads, or nothing."""
    office = Office(tmp_path_factory.mktemp("office"))
    try:
        space = begun(office)
        sent = office.on("bruno", _twice, space, "Six o'clock.", None)
        office.post("bruno", space)
        office.deliver("ana")
        (item,) = [i for i in office.queues["carla"] if i.message == sent]
        other = bytearray(item.body)
        other[place_ % len(other)] ^= 1
        key = message.seal_body(space, MessageId(sent), _body(text), office.sessions["ana"].entropy)
        for body in (bytes(other), key.body):
            changed = Delivery(
                index=item.index,
                space=item.space,
                message=item.message,
                envelope=item.envelope,
                body=body,
            )
            assert office.on("carla", opening.deliver, changed)
            assert office.texts("carla", space) == ["While I was here."]
        assert set(office.alarms("carla")) == {"forged"}
        assert office.texts("ana", space)[1:] == ["Six o'clock."]
    finally:
        office.close()
