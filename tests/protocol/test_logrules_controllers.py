"""R23.2 in the log: who is controller of what a member from outside uploads, and since when."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from protocol import codec, logrules
from protocol.membership import Entry, EntryKind, EntryRefusedError, Roster
from protocol.roles import NEEDS_CONTROLLER, Party, Right, Role, allows
from tests.support.people import ALICE, BOB, CAROL, Person, entry, genesis

_GENESIS = genesis(ALICE)
ALONE = logrules.begin(_GENESIS, codec.encode(_GENESIS))
OF = {Role.THIRD_COUNTRY: Party.THIRD_COUNTRY, Role.INTERNATIONAL: Party.INTERNATIONAL}


def extended(roster: Roster, one: Entry) -> Roster:
    """After one more entry."""
    return logrules.extend(roster, one, codec.encode(one))


def added(roster: Roster, who: Person, role: Role, party: Party) -> Roster:
    """Alice adds somebody."""
    return extended(
        roster, entry(roster, ALICE, EntryKind.ADD, subject=who, role=role, party=party)
    )


def removed(roster: Roster, actor: Person, who: Person) -> Roster:
    """Somebody is removed."""
    return extended(roster, entry(roster, actor, EntryKind.REMOVE, subject=who))


def naming(roster: Roster, who: Person, controller: Person, actor: Person = ALICE) -> Entry:
    """An administrator names the controller of what `who` uploads."""
    base = entry(roster, actor, EntryKind.CONTROLLER, subject=who)
    return replace(base, user_key=controller.user_key, note=b"n" * 72)


def refused(roster: Roster, one: Entry) -> str:
    """Why an entry is refused."""
    with pytest.raises(EntryRefusedError) as found:
        extended(roster, one)
    return found.value.reason


_TWO = added(ALONE, CAROL, Role.ADMINISTRATOR, Party.EPPO)
WAITING = added(_TWO, BOB, Role.THIRD_COUNTRY, Party.THIRD_COUNTRY)
NAMED = extended(WAITING, naming(WAITING, BOB, CAROL))


@pytest.mark.parametrize("role", sorted(NEEDS_CONTROLLER, key=str))
def test_who_is_from_outside_uploads_from_the_designation_on(role: Role) -> None:
    waiting = added(_TWO, BOB, role, OF[role])
    named = extended(waiting, naming(waiting, BOB, CAROL))

    assert not waiting.allows(BOB.user, Right.UPLOAD)
    assert named.allows(BOB.user, Right.UPLOAD)
    assert named.controller(BOB.user) == CAROL.user
    assert named.controller(BOB.user, named.seq - 1) is None
    assert waiting.allows(BOB.user, Right.DOWNLOAD)
    assert not named.allows(BOB.user, Right.ADMINISTER)


def test_a_designation_gives_the_right_to_upload_and_no_other() -> None:
    for role in Role:
        for right in Right:
            more = allows(role, right, controlled=True) and not allows(role, right)
            assert more == (role in NEEDS_CONTROLLER and right is Right.UPLOAD)


def test_a_controller_is_an_administrator_of_the_space() -> None:
    assert refused(WAITING, naming(WAITING, BOB, BOB)) == "controller-not-eligible"
    nobody = replace(naming(WAITING, BOB, CAROL), user_key=b"o" * 32)
    assert refused(WAITING, nobody) == "controller-not-eligible"
    lowered = entry(WAITING, ALICE, EntryKind.ROLE, subject=CAROL, role=Role.PROSECUTOR)
    after = extended(WAITING, lowered)
    assert refused(after, naming(after, BOB, CAROL)) == "controller-not-eligible"


def test_a_designation_states_a_reason_and_is_for_members_from_outside() -> None:
    silent = replace(naming(WAITING, BOB, CAROL), note=b"")

    assert refused(WAITING, silent) == "incomplete"
    assert refused(WAITING, naming(WAITING, CAROL, ALICE)) == "controller-not-needed"
    assert refused(WAITING, naming(WAITING, BOB, CAROL, actor=BOB)) == "not-administrator"


def test_it_lapses_when_the_controller_leaves_or_administers_no_more() -> None:
    lowered = entry(NAMED, ALICE, EntryKind.ROLE, subject=CAROL, role=Role.PROSECUTOR)
    for after in (removed(NAMED, ALICE, CAROL), extended(NAMED, lowered)):
        assert not after.allows(BOB.user, Right.UPLOAD)
        assert after.controller(BOB.user, NAMED.seq) == CAROL.user, "what was sent then stands"
        assert after.controller(BOB.user, after.seq) is None
    raised = entry(after, ALICE, EntryKind.ROLE, subject=CAROL, role=Role.ADMINISTRATOR)
    again = extended(after, raised)
    assert again.controller(BOB.user) is None, "it does not come back by itself"


def test_it_lapses_when_the_member_leaves() -> None:
    gone = removed(NAMED, ALICE, BOB)
    back = added(gone, BOB, Role.THIRD_COUNTRY, Party.THIRD_COUNTRY)

    assert not back.allows(BOB.user, Right.UPLOAD)
    assert back.controller(BOB.user, NAMED.seq) == CAROL.user
    named = extended(back, naming(back, BOB, ALICE))
    assert named.controller(BOB.user) == ALICE.user
    assert named.controller(BOB.user, back.seq) is None


def test_another_designation_ends_the_one_before() -> None:
    other = extended(NAMED, naming(NAMED, BOB, ALICE))

    assert other.controller(BOB.user, NAMED.seq) == CAROL.user
    assert other.controller(BOB.user) == ALICE.user
    first = removed(other, ALICE, CAROL)
    assert first.controller(BOB.user) == ALICE.user, "the one before does not end the present one"
