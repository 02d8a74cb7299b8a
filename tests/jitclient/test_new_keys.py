"""Who lost every device and is a member nowhere comes back: a person decides on the new key."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest

from crypto import fingerprint
from jitclient.deviceviews import KeyOffer
from jitclient.errors import KeyChangedError
from jitclient.queries import devices as device_rows
from jitclient.recipients import trust_of
from jitclient.usecases import decide_key, take_key, verify_member
from jitclient.views import Trust
from localstore import custody, people
from protocol import codec
from protocol.errors import (
    BadInputError,
    KeySubstitutedError,
    LogRollbackError,
    NotFoundError,
    VerificationError,
)
from protocol.ids import SpaceId, UserId
from sync.api import StoreApi
from tests.jitclient.office import Office
from tests.jitclient.test_own_devices import events


class Directory:
    """What the store shows as somebody's newest list."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def device_list(self, user: UserId) -> bytes:
        return self._office.newest[user]


def offered(office: Office, name: str, user: UserId) -> KeyOffer:
    store = cast("StoreApi", Directory(office))
    return asyncio.run(take_key.offered_key(office.sessions[name], store, user))


def take(office: Office, name: str, offer: KeyOffer, digits: str | None = None) -> None:
    store = cast("StoreApi", Directory(office))
    session = office.sessions[name]
    asyncio.run(take_key.take_key(session, store, offer.user, offer.new_key, digits))


def nowhere(office: Office) -> tuple[SpaceId, UserId]:
    """Ana and Carla knew Bruno, who was removed and lost all; then they open a space."""
    office.join("ana", "bruno", "carla")
    first = office.open_space("ana", "bruno", "carla")
    office.remove("ana", first, "bruno")
    office.follow("carla", first)
    office.reinvite("bruno", "bruno2")
    return office.open_space("ana", "carla"), office.people["bruno"].user


def number(office: Office, name: str, other: str) -> str:
    one, two = office.people[name], office.people[other]
    return fingerprint.safety_number(
        (one.user, codec.encode(one.usk.public)), (two.user, codec.encode(two.usk.public))
    )


def trust(office: Office, name: str, space: SpaceId, user: UserId) -> Trust:
    key = office.on(name, lambda s: s.log(space).roster.members[user].user_key)
    return office.on(name, trust_of, user, key)


def test_nobody_is_added_by_a_key_that_only_the_store_shows(office: Office) -> None:
    space, user = nowhere(office)

    with pytest.raises(KeySubstitutedError, match="Bruno"):
        office.add("ana", space, "bruno2")

    assert office.alarms("ana") == ["key-substituted"]
    known = office.on("ana", lambda s: people.person(s.stores.device, user))
    assert known is not None
    assert known.user_key == office.people["bruno"].user_key


def test_the_person_who_decides_is_shown_both_numbers(office: Office) -> None:
    _, user = nowhere(office)

    offer = offered(office, "ana", user)

    assert (offer.old_number, offer.new_number) == (
        number(office, "ana", "bruno"),
        number(office, "ana", "bruno2"),
    )
    assert (offer.name, offer.was_verified) == ("Bruno", False)
    assert offer.new_key == office.people["bruno2"].user_key


def test_who_was_decided_upon_is_added_and_everybody_else_decides_too(office: Office) -> None:
    space, user = nowhere(office)
    take(office, "ana", offered(office, "ana", user))
    office.add("ana", space, "bruno2")
    office.exchange(space, "ana", "carla", "bruno2", rounds=3)

    for name in ("ana", "carla"):
        assert events(office, name, space)[-1] == "Ana added Bruno, with another key than before."
    rows = office.on("ana", lambda s: custody.events(s.stores.space(space)))
    assert any("another key than before" in row.detail for row in rows)
    office.write("ana", space, "welcome back")
    with pytest.raises(KeyChangedError, match="Bruno"):
        office.write("carla", space, "for everybody")
    assert trust(office, "carla", space, user) is Trust.CHANGED
    (row,) = office.on("carla", device_rows.key_changes)
    assert (row.user, row.by, row.spaces) == (user, "Ana", (space,))

    office.on("carla", decide_key._decide, user)
    office.write("carla", space, "for everybody")
    office.exchange(space, "ana", "carla", "bruno2", rounds=3)

    assert set(office.texts("bruno2", space)) == {"welcome back", "for everybody"}
    assert trust(office, "carla", space, user) is Trust.UNVERIFIED
    assert office.on("carla", device_rows.key_changes) == ()


def test_what_was_decided_is_on_record(office: Office) -> None:
    _, user = nowhere(office)
    take(office, "ana", offered(office, "ana", user))

    rows = office.on(
        "ana",
        lambda s: s.stores.device.execute(
            "SELECT old_key, new_key, by, at, decided FROM key_change WHERE user = ?", (user,)
        ).fetchall(),
    )

    old, new = office.people["bruno"].user_key, office.people["bruno2"].user_key
    assert rows == [(old, new, office.people["ana"].user, office.clock.now(), 1)]


def test_a_number_read_out_makes_the_new_key_a_compared_one(office: Office) -> None:
    space, user = nowhere(office)
    offer = offered(office, "ana", user)

    with pytest.raises(VerificationError, match="differs"):
        take(office, "ana", offer, offer.old_number)
    with pytest.raises(BadInputError, match="60"):
        take(office, "ana", offer, "12345")
    take(office, "ana", offer, number(office, "bruno2", "ana"))
    office.add("ana", space, "bruno2")

    assert trust(office, "ana", space, user) is Trust.VERIFIED


def test_what_was_compared_before_does_not_pass_on(office: Office) -> None:
    office.join("ana", "bruno")
    first, second = office.open_space("ana", "bruno"), office.open_space("ana")
    user = office.people["bruno"].user
    pair = office.on("ana", verify_member._pair, first, user)
    office.on("ana", verify_member._remember, first, pair, "number")
    office.remove("ana", first, "bruno")
    office.reinvite("bruno", "bruno2")

    offer = offered(office, "ana", user)
    assert offer.was_verified
    take(office, "ana", offer)
    office.add("ana", second, "bruno2")

    assert trust(office, "ana", second, user) is Trust.UNVERIFIED


def test_a_key_that_was_not_the_one_shown_is_not_taken(office: Office) -> None:
    """The store shows another one between the look and the decision."""
    _, user = nowhere(office)
    offer = offered(office, "ana", user)
    office.reinvite("bruno", "bruno3")

    with pytest.raises(VerificationError, match="yet another key"):
        take(office, "ana", offer)


def test_there_is_nothing_to_decide_on_a_known_or_a_replaced_key(office: Office) -> None:
    _, user = nowhere(office)
    lost = office.people["bruno"].signed_list
    take(office, "ana", offered(office, "ana", user))

    with pytest.raises(NotFoundError, match="this device knows"):
        offered(office, "ana", user)
    office.newest[user] = lost
    with pytest.raises(LogRollbackError, match="replaced already"):
        offered(office, "ana", user)


def test_who_compares_the_number_of_an_added_key_decides_by_that(office: Office) -> None:
    space, user = nowhere(office)
    take(office, "ana", offered(office, "ana", user))
    office.add("ana", space, "bruno2")
    office.follow("carla", space)

    pair = office.on("carla", verify_member._pair, space, user)
    office.on("carla", verify_member._remember, space, pair, "number")

    assert trust(office, "carla", space, user) is Trust.VERIFIED
    office.write("carla", space, "for everybody")


def test_a_strange_key_in_one_space_holds_up_no_other(office: Office) -> None:
    """Ana adds Bruno by a key that Carla does not know, to a space of theirs."""
    office.join("ana", "bruno", "carla")
    first = office.open_space("carla", "bruno")
    second = office.open_space("ana", "carla")
    office.reinvite("bruno", "bruno2")
    office.add("ana", second, "bruno2")
    office.follow("carla", second)

    with pytest.raises(KeyChangedError):
        office.write("carla", second, "here it waits")
    office.write("carla", first, "here it does not")


def test_two_new_keys_of_one_person_are_told_apart_by_comparing_only(office: Office) -> None:
    office.join("ana", "bruno", "carla", "dora")
    office.open_space("carla", "bruno")
    one, two = office.open_space("ana", "carla"), office.open_space("dora", "carla")
    user = office.people["bruno"].user
    for admin, space, fresh in (("ana", one, "bruno2"), ("dora", two, "bruno3")):
        office.reinvite("bruno", fresh)
        office.add(admin, space, fresh)
        office.follow("carla", space)

    with pytest.raises(BadInputError, match="more than one"):
        office.on("carla", decide_key._decide, user)


def test_a_log_that_goes_on_from_a_lost_key_to_the_known_one_asks_nothing(office: Office) -> None:
    """Dora knows Bruno by his new key, and reads late a log that began with the lost one."""
    office.join("ana", "bruno", "dora")
    old = office.open_space("ana", "bruno")
    office.reinvite("bruno", "bruno2")
    office.renew("ana", old, "bruno2")
    office.open_space("bruno2", "dora")

    office.add("ana", old, "dora")
    office.follow("dora", old)

    assert office.alarms("dora") == []
    assert office.on("dora", device_rows.key_changes) == ()
    office.write("dora", old, "nothing waits")


def test_a02_a_space_opened_by_a_strange_key_is_followed_only_after_a_decision(
    office: Office,
) -> None:
    """The entry is Bruno's own: nobody but Carla can say whether that is he."""
    _, user = nowhere(office)
    space = office.open_space("bruno2")
    office.add("bruno2", space, "carla")

    assert office.follow("carla", space) == -1
    assert office.alarms("carla") == ["key-substituted"]
    take(office, "carla", offered(office, "carla", user))

    assert office.follow("carla", space) == 1
