"""I17: sixty days without the store. The device comes back, catches up, and says what is lost."""

from __future__ import annotations

import pytest

from jitclient import prekeys
from jitclient.healing import MAX_TRIES, WAITS
from jitclient.session import Session
from localstore import alarms, messages
from protocol.api.accounts import PrekeyCount
from protocol.envelope import Envelope
from protocol.ids import SpaceId, mailbox_id
from protocol.limits import ONE_TIME_KEMS, ONE_TIME_PREKEYS, PREKEY_SECONDS
from protocol.roles import Role
from tests.jitclient.office import Office

WEEKS = 9
STAY = ("ana", "carla")


def rotate(office: Office, name: str) -> None:
    """What a round does once a week: new signed prekeys, and one-time keys filled up."""
    left = office.uploads[name]
    full = PrekeyCount(
        one_time=min(len(left.one_time), ONE_TIME_PREKEYS), kems=min(len(left.kems), ONE_TIME_KEMS)
    )
    fresh = office.on(name, prekeys.wanted, full)
    if fresh is None:
        return
    office.on(name, prekeys.published, fresh)
    office.uploads[name] = type(left)(
        signed=fresh.signed or left.signed,
        one_time=(*left.one_time, *fresh.one_time),
        kems=(*left.kems, *fresh.kems),
    )


def sixty_days(office: Office, space: SpaceId) -> list[str]:
    """Nine weeks in which Bruno's device is in a drawer; what was written meanwhile."""
    said = []
    for week in range(WEEKS):
        office.clock.at += PREKEY_SECONDS
        for name in STAY:
            rotate(office, name)
            said.append(f"{name} in week {week}")
            office.write(name, space, said[-1])
            office.exchange(space, *STAY, rounds=2)
        if week == 2:
            office.add("ana", space, "dora", Role.INVESTIGATOR)
            office.exchange(space, *STAY, "dora", rounds=2)
            office.write("dora", space, "dora is new")
            said.append("dora is new")
            office.exchange(space, *STAY, "dora", rounds=2)
        if week == 5:
            office.remove("ana", space, "dora")
            office.exchange(space, *STAY, rounds=2)
    return said


def begun(office: Office) -> SpaceId:
    office.join("ana", "bruno", "carla", "dora")
    space = office.open_space("ana", "bruno", "carla")
    office.write("bruno", space, "See you.")
    office.exchange(space, "ana", "bruno", "carla", rounds=3)
    return space


def test_i17_a_device_offline_for_sixty_days_catches_up_and_can_send(office: Office) -> None:
    space = begun(office)
    said = sixty_days(office, space)
    waiting = len(office.queues["bruno"])
    assert waiting >= len(said)

    office.restart("bruno")
    rotate(office, "bruno")
    assert office.follow("bruno", space) > 0
    assert office.take("bruno") == 0
    office.exchange(space, "bruno", *STAY, rounds=3)

    assert office.texts("bruno", space) == ["See you.", *said]
    assert office.alarms("bruno") == []
    office.write("bruno", space, "I am back.")
    office.exchange(space, "bruno", *STAY, rounds=3)
    for name in STAY:
        assert office.texts(name, space)[-1] == "I am back."
        accused = set(office.alarms(name)) - {"prekeys-expired", "no-prekeys"}
        assert accused == set(), "that he was away accuses nobody"
    assert office.texts("dora", space)[-1] != "I am back."


@pytest.mark.parametrize("lost", [1, 5])
def test_i17_what_the_queue_lost_meanwhile_is_asked_for_and_had(office: Office, lost: int) -> None:
    """The store dropped some of what waited; its senders have it still."""
    space = begun(office)
    said = sixty_days(office, space)
    here = [i for i in office.queues["bruno"] if not _of(office, i.envelope, space, "dora")]
    dropped = here[2 : 2 + lost]
    office.queues["bruno"] = [i for i in office.queues["bruno"] if i not in dropped]

    rotate(office, "bruno")
    office.follow("bruno", space)
    office.take("bruno")
    assert office.on("bruno", _missing, space) > 0
    for _ in range(8):
        office.clock.at += WAITS[0] + 1
        for name in ("bruno", *STAY):
            office.exchange(space, name, rounds=1)

    assert sorted(office.texts("bruno", space)) == sorted(["See you.", *said])
    assert office.on("bruno", _missing, space) == 0


def test_i17_what_nobody_has_any_more_is_said_in_numbers(office: Office) -> None:
    """Its sender's device is gone from the world: so many messages of that person are lost."""
    space = begun(office)
    sixty_days(office, space)
    carla = office.people["carla"].device
    gone = [i for i in office.queues["bruno"] if _of(office, i.envelope, space, "carla")]
    dropped = gone[1:4]
    office.queues["bruno"] = [i for i in office.queues["bruno"] if i not in dropped]
    rotate(office, "bruno")
    office.follow("bruno", space)
    office.take("bruno")

    assert office.on("bruno", _missing, space) == len(dropped)
    for tries in range(MAX_TRIES + 1):
        office.post("bruno", space)  # asks; Carla's device never answers
        office.clock.at += WAITS[min(tries, MAX_TRIES - 1)] + 1
    office.post("bruno", space)

    told = [a for a in office.on("bruno", _alarms) if a[0] == "messages-missing"]
    assert len(told) == 1
    assert f"{len(dropped)} message(s) of Carla" in told[0][1]
    assert office.on("bruno", lambda s: messages.gaps(s.stores.space(space), carla))


def _of(office: Office, packed: bytes, space: SpaceId, who: str) -> bool:
    return Envelope.unpack(packed).sender == mailbox_id(space, office.people[who].device)


def _missing(session: Session, space: SpaceId) -> int:
    sp = session.stores.space(space)
    log = session.log(space)
    return sum(
        last - first + 1
        for _, entry in log.peers(session.device)
        for first, last in messages.gaps(sp, entry.device)
    )


def _alarms(session: Session) -> list[tuple[str, str]]:
    return [(a.code, a.sentence) for a in alarms.alarms(session.stores.device)]
