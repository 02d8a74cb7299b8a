"""What waits for a person is found in the databases as they are, and no more than that."""

from __future__ import annotations

import asyncio

from jitclient.session import Session
from jitclient.todaydesk import TodayDesk
from jitclient.todayviews import NeedKind, NeedRow
from jitclient.usecases import verify_member
from localstore import evidence, spaces
from localstore.connection import transaction
from protocol.ids import SpaceId
from tests.jitclient.office import Office
from tests.jitclient.two import pair
from tests.localstore.samples import exhibit, number_id

DAY = 86_400


def needs(office: Office) -> dict[NeedKind, list[NeedRow]]:
    found: dict[NeedKind, list[NeedRow]] = {}
    for one in asyncio.run(TodayDesk(office.sessions["ana"]).needs()):
        found.setdefault(one.kind, []).append(one)
    return found


def _exhibits(session: Session, space: SpaceId, *states: str) -> None:
    sp = session.stores.space(space)
    with transaction(sp):
        for number, state in enumerate(states):
            one = exhibit(file=number_id(number), name=f"{number}.pdf", state=state)
            evidence.add_exhibit(sp, one)


def _space(session: Session, space: SpaceId, **columns: object) -> None:
    with transaction(session.stores.device):
        spaces.update_space(session.stores.device, space, **columns)


def test_a_member_never_compared_with_waits_until_he_was(office: Office) -> None:
    space, bruno = pair(office), office.people["bruno"].user

    found = needs(office)
    (row,) = found[NeedKind.UNVERIFIED]
    assert (row.count, row.names) == (1, (office.on("ana", Session.name_of, bruno),))

    session = office.sessions["ana"]
    shown = asyncio.run(verify_member.verify_member(session, space, bruno, None))
    asyncio.run(verify_member.verify_member(session, space, bruno, shown.digits))
    assert NeedKind.UNVERIFIED not in needs(office)


def test_what_failed_and_what_is_paused_are_counted_apart_and_the_rest_is_not(
    office: Office,
) -> None:
    space = pair(office)
    states = ("failed", "corrupted", "paused", "uploading", "verified", "cancelled", "paused")
    office.on("ana", _exhibits, space, *states)

    found = needs(office)
    assert [one.count for one in found[NeedKind.BROKEN]] == [2]
    assert [one.count for one in found[NeedKind.PAUSED]] == [2]


def test_unread_and_the_deadline_are_those_of_the_space_and_only_when_near(
    office: Office,
) -> None:
    space, now = pair(office), office.clock.now()
    office.on("ana", _space, space, unread=3, deadline=now + 14 * DAY)
    found = needs(office)
    assert [one.count for one in found[NeedKind.UNREAD]] == [3]
    assert [one.at for one in found[NeedKind.DEADLINE]] == [now + 14 * DAY]

    office.on("ana", _space, space, unread=0, deadline=now + 16 * DAY)
    assert not {NeedKind.UNREAD, NeedKind.DEADLINE} & needs(office).keys()


def test_a_wiped_space_owes_the_receipts_of_the_others_for_a_time(office: Office) -> None:
    space = pair(office)
    session = office.sessions["ana"]
    other = spaces.ClosedDevice(
        space=space, user=office.people["bruno"].user, device=office.people["bruno"].device,
        signing=b"", name="Bruno",
    )  # fmt: skip

    def end(session: Session, at: int) -> None:
        with transaction(session.stores.device):
            spaces.save_closed_devices(session.stores.device, space, [other])
        _space(session, space, state="wiped", closed_at=at)

    office.on("ana", end, session.clock.now())
    owed = needs(office)
    assert [(one.count, one.names) for one in owed[NeedKind.UNCONFIRMED]] == [(1, ("Bruno",))]
    assert set(owed) == {NeedKind.UNCONFIRMED}

    office.on("ana", end, session.clock.now() - 29 * DAY)
    assert needs(office) == {}
