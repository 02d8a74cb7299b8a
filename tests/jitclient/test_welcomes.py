"""Every device of a member is told what the space is, whoever brought it in."""

from __future__ import annotations

from jitclient import sealing, unwelcomed
from jitclient.place import place
from jitclient.sealing import Draft
from localstore import spaces
from localstore.connection import transaction
from protocol.content import Welcome
from protocol.ids import SpaceId
from tests.jitclient.office import Office

HOUR = 3600


def state(office: Office, name: str, space: SpaceId) -> tuple[str, str]:
    record = office.on(name, lambda s: spaces.space(s.stores.device, space))
    assert record is not None
    return record.state, record.title


def rounds(office: Office, space: SpaceId, *names: str) -> None:
    """Rounds of these people in turn, through the ports of the engine."""
    for _ in range(3):
        for name in names:
            office.follow(name, space)
            office.take(name)
            office.bundles(name, space)
            office.send(name)


def linker_gone(office: Office, *others: str) -> SpaceId:
    """Bruno's second device revokes the one that linked it, whose welcome had not left."""
    office.join("ana", "bruno", *others)
    space = office.open_space("ana", "bruno", *others)
    office.link("bruno", "bruno2")
    office.follow("bruno2", space)
    office.revoke("bruno2", "bruno")
    return space


def test_whoever_knows_the_space_welcomes_a_device_whose_linker_is_gone(office: Office) -> None:
    space = linker_gone(office, "carla")
    rounds(office, space, "bruno2", "ana", "carla")
    assert state(office, "bruno2", space) == ("joining", "")  # it waits an hour before it asks

    office.clock.at += HOUR
    rounds(office, space, "bruno2", "ana", "carla")

    assert state(office, "bruno2", space) == ("open", "Albatross")
    assert [office.alarms(n) for n in ("ana", "bruno2", "carla")] == [[], [], []]


def test_a_sole_administrator_who_was_told_by_nobody_is_told_by_any_member(
    office: Office,
) -> None:
    office.join("ana", "bruno")
    space = office.open_space("bruno", "ana")
    office.link("bruno", "bruno2")
    office.follow("bruno2", space)
    office.revoke("bruno2", "bruno")
    rounds(office, space, "bruno2", "ana")

    office.clock.at += HOUR  # administrators would be asked first, of whom there is no other
    rounds(office, space, "bruno2", "ana")

    assert state(office, "bruno2", space) == ("open", "Albatross")
    assert [office.alarms(n) for n in ("ana", "bruno2")] == [[], []]


def test_who_waits_for_a_welcome_asks_now_and_then_and_not_in_every_round(office: Office) -> None:
    space = linker_gone(office)
    office.follow("bruno2", space)
    asked = []
    for _ in range(30):
        asked.append(office.on("bruno2", unwelcomed.ask, space))
        office.post("bruno2", space)
        office.clock.at += HOUR

    assert asked[:4] == [0, 1, 1, 0]
    assert sum(asked) == 3  # the third a day later


def test_a_device_that_has_no_keys_is_not_asked_over_and_over(office: Office) -> None:
    space = linker_gone(office)
    office.follow("bruno2", space)
    asked = []
    for _ in range(4):  # Ana's keys are never to be had: nothing is posted
        asked.append(office.on("bruno2", unwelcomed.ask, space))
        office.clock.at += HOUR

    assert asked == [0, 1, 0, 0]


def test_a_false_card_key_is_refused_whoever_sends_it(office: Office) -> None:
    space = linker_gone(office, "carla")
    user = office.people["bruno"].user

    def lie(session: object) -> None:
        at = place(office.sessions["carla"], space)
        with transaction(at.sp):
            draft = Draft(
                content=Welcome(version=1, card_key=bytes(32)), kind="welcome", audience=(user,)
            )
            sealing.compose(at, draft)

    office.exchange(space, "bruno2", "carla")
    office.on("carla", lie)
    office.exchange(space, "carla", "bruno2")

    assert state(office, "bruno2", space) == ("joining", "")
    assert office.alarms("bruno2") == ["forged"]


def test_a_space_opened_at_one_device_is_open_at_the_others_too(office: Office) -> None:
    office.join("ana")
    office.link("ana", "ana2")

    space = office.open_space("ana2")
    office.exchange(space, "ana2", "ana", rounds=2)

    assert state(office, "ana", space) == ("open", "Albatross")
    assert [office.alarms(n) for n in ("ana", "ana2")] == [[], []]


def test_a_device_linked_by_one_that_was_not_welcomed_yet_is_welcomed_after_it(
    office: Office,
) -> None:
    office.join("ana")
    office.link("ana", "ana2")
    space = office.open_space("ana2")
    office.follow("ana", space)

    office.link("ana", "ana3")
    office.exchange(space, "ana2", "ana", "ana3", rounds=3)

    assert state(office, "ana3", space) == ("open", "Albatross")
