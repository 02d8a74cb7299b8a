"""R23.2 at the store: nothing of a third country goes up before a controller is designated."""

from __future__ import annotations

import msgspec

from protocol.membership import Entry, EntryKind
from protocol.roles import Party, Role
from tests.centralstore.client import Device, enrolled, refused
from tests.centralstore.exhibits import Exhibit
from tests.centralstore.team import Team, team_of
from tests.support.store import StoreHandle

FORBIDDEN = (403, "no-permission")


def naming(team: Team, subject: Device, controller: Device) -> Entry:
    """The administrator names the controller of what somebody uploads."""
    base = team.entry(EntryKind.CONTROLLER, subject)
    key = controller.person.user_key
    return msgspec.structs.replace(base, user_key=key, note=b"n" * 72)


def with_outsider(store: StoreHandle, mark: str) -> tuple[Team, Device, Device, Device]:
    """A space of two administrators and somebody of a third country."""
    team, (al, bea) = team_of(store, f"al-{mark}", f"bea-{mark}")
    assert team.hand_in(team.entry(EntryKind.ROLE, bea, Role.ADMINISTRATOR)).is_success
    us = enrolled(store, f"us-{mark}", "US", "third-country")
    assert team.add(us, Role.THIRD_COUNTRY, Party.THIRD_COUNTRY).is_success
    return team, al, bea, us


def test_a_third_country_uploads_from_the_designation_on(store: StoreHandle) -> None:
    team, al, bea, us = with_outsider(store, "c1")
    exhibit = Exhibit(team.space, us, (al,))
    assert refused(exhibit.announce()) == FORBIDDEN

    assert team.hand_in(naming(team, us, bea)).is_success

    exhibit.upload()
    assert exhibit.get(0, al).content == exhibit.parts[0]


def test_an_upload_ends_with_the_designation_and_can_be_withdrawn(store: StoreHandle) -> None:
    team, al, bea, us = with_outsider(store, "c2")
    assert team.hand_in(naming(team, us, bea)).is_success
    exhibit = Exhibit(team.space, us, (al,))
    assert exhibit.announce().is_success
    assert exhibit.put(0).is_success
    assert exhibit.put(1).is_success

    assert team.hand_in(team.entry(EntryKind.ROLE, bea, Role.PROSECUTOR)).is_success

    assert refused(exhibit.put(2)) == FORBIDDEN
    assert refused(exhibit.complete()) == FORBIDDEN
    assert refused(Exhibit(team.space, us, (al,)).announce()) == FORBIDDEN
    assert exhibit.withdraw().is_success
    assert team.hand_in(naming(team, us, al)).is_success
    Exhibit(team.space, us, (al,)).upload()


def test_only_an_administrator_designates_and_only_one(store: StoreHandle) -> None:
    team, al, bea, us = with_outsider(store, "c3")
    entry = naming(team, us, al)
    own = msgspec.structs.replace(entry, actor_user=us.person.user, actor_device=us.person.device)

    assert refused(team.hand_in(own, us)) == (403, "not-administrator")
    assert refused(team.hand_in(naming(team, us, us))) == (409, "controller-not-eligible")
    assert refused(team.hand_in(naming(team, bea, al))) == (409, "controller-not-needed")
    assert refused(Exhibit(team.space, us, (al,)).announce()) == FORBIDDEN
