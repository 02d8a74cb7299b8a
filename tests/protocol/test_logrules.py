"""The rules of the membership log, each alone: what an entry needs, and what it does."""

from __future__ import annotations

import datetime

import pytest
from msgspec.structs import replace

from protocol import codec, logrules
from protocol.ids import DeviceId, UserId
from protocol.limits import MAX_DEVICES_PER_SPACE
from protocol.membership import Cut, Entry, EntryKind, EntryRefusedError, Roster, agreement_digest
from protocol.roles import Party, Role
from tests.support.people import ALICE, BOB, CAROL, NOW, entry, genesis

OTHER = b"o" * 32


def extended(roster: Roster, one: Entry) -> Roster:
    """After one more entry."""
    return logrules.extend(roster, one, codec.encode(one))


def addition(roster: Roster, role: Role = Role.INVESTIGATOR) -> Entry:
    """Alice adds Bob."""
    return entry(roster, ALICE, EntryKind.ADD, subject=BOB, role=role, party=Party.MEMBER_STATE)


_GENESIS = genesis(ALICE)
ALONE = logrules.begin(_GENESIS, codec.encode(_GENESIS))
BOTH = extended(ALONE, addition(ALONE))
TWO_ADMINS = extended(ALONE, addition(ALONE, Role.ADMINISTRATOR))
_OUTSIDE = entry(
    ALONE,
    ALICE,
    EntryKind.ADD,
    subject=BOB,
    role=Role.THIRD_COUNTRY,
    party=Party.THIRD_COUNTRY,
)
OUTSIDE = extended(ALONE, _OUTSIDE)


def by_alice(kind: EntryKind, **fields: object) -> Entry:
    """An entry of Alice about Bob, in a space of both."""
    return replace(entry(BOTH, ALICE, kind, subject=BOB), **fields)


def cut(*devices: bytes) -> tuple[Cut, ...]:
    """Devices cut off after their third message."""
    return tuple(Cut(version=1, device=d, sender_seq=3, head=bytes(32)) for d in devices)


RENEWAL: dict[str, object] = {"user_key": OTHER, "list_seq": 1, "list_head": OTHER}
WHOLE = {
    EntryKind.ADD: addition(ALONE),
    EntryKind.REMOVE: by_alice(EntryKind.REMOVE),
    EntryKind.ROLE: by_alice(EntryKind.ROLE, role=Role.PROSECUTOR),
    EntryKind.DEVICES: replace(
        entry(BOTH, BOB, EntryKind.DEVICES, subject=BOB), list_seq=2, list_head=OTHER
    ),
    EntryKind.REKEY: by_alice(EntryKind.REKEY, **RENEWAL),
    EntryKind.HISTORY: by_alice(EntryKind.HISTORY, since=1),
    EntryKind.POLICY: by_alice(EntryKind.POLICY, subject=None, verified_only=True),
    EntryKind.CONTROLLER: replace(
        entry(OUTSIDE, ALICE, EntryKind.CONTROLLER, subject=BOB),
        user_key=ALICE.user_key,
        note=b"n" * 72,
    ),
    EntryKind.CLOSE: by_alice(EntryKind.CLOSE, subject=None),
}
NEEDED = [
    (EntryKind.ADD, "subject"),
    (EntryKind.ADD, "role"),
    (EntryKind.ADD, "party"),
    (EntryKind.ADD, "user_key"),
    (EntryKind.ADD, "list_seq"),
    (EntryKind.ADD, "list_head"),
    (EntryKind.REMOVE, "subject"),
    (EntryKind.ROLE, "subject"),
    (EntryKind.ROLE, "role"),
    (EntryKind.DEVICES, "subject"),
    (EntryKind.DEVICES, "list_seq"),
    (EntryKind.DEVICES, "list_head"),
    (EntryKind.REKEY, "subject"),
    (EntryKind.REKEY, "user_key"),
    (EntryKind.REKEY, "list_seq"),
    (EntryKind.REKEY, "list_head"),
    (EntryKind.HISTORY, "subject"),
    (EntryKind.HISTORY, "since"),
    (EntryKind.POLICY, "verified_only"),
    (EntryKind.CONTROLLER, "subject"),
    (EntryKind.CONTROLLER, "user_key"),
]


def before(kind: EntryKind) -> Roster:
    """The roster that the whole entry of a kind follows."""
    if kind is EntryKind.CONTROLLER:
        return OUTSIDE
    return ALONE if kind is EntryKind.ADD else BOTH


def day_after(moment: int, days: int) -> str:
    """A day counted from a moment, as a genesis writes it."""
    day = datetime.datetime.fromtimestamp(moment, datetime.UTC).date()
    return (day + datetime.timedelta(days=days)).isoformat()


def refused(roster: Roster, one: Entry) -> str:
    """Why an entry is refused."""
    with pytest.raises(EntryRefusedError) as found:
        extended(roster, one)
    return found.value.reason


@pytest.mark.parametrize("kind", EntryKind)
def test_a_whole_entry_of_every_kind_is_followed(kind: EntryKind) -> None:
    after = extended(before(kind), WHOLE[kind])

    assert after.seq == before(kind).seq + 1


@pytest.mark.parametrize(("kind", "field"), NEEDED)
def test_an_entry_without_what_it_needs_is_refused(kind: EntryKind, field: str) -> None:
    why = refused(before(kind), replace(WHOLE[kind], **{field: None}))

    of_nobody = "not-administrator" if kind is EntryKind.DEVICES else "not-a-member"
    assert why == (of_nobody if field == "subject" and kind is not EntryKind.ADD else "incomplete")


@pytest.mark.parametrize("kind", [k for k in EntryKind if k is not EntryKind.DEVICES])
def test_only_an_administrator_writes_entries(kind: EntryKind) -> None:
    one = replace(WHOLE[kind], actor_user=BOB.user, actor_device=BOB.device)

    roster = before(kind) if kind is not EntryKind.ADD else BOTH
    placed = replace(one, seq=roster.seq + 1, prev=roster.head)
    assert refused(roster, placed) == "not-administrator"


def test_not_even_an_administrator_changes_the_devices_of_another() -> None:
    assert refused(BOTH, replace(WHOLE[EntryKind.DEVICES], actor_user=ALICE.user)) == "incomplete"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"space": b"s" * 16}, "other-space"),
        ({"seq": 3}, "log-broken"),
        ({"seq": 1}, "log-broken"),
        ({"prev": OTHER}, "log-broken"),
        ({"actor_user": CAROL.user}, "not-a-member"),
    ],
)
def test_an_entry_has_one_place(change: dict[str, object], why: str) -> None:
    assert refused(BOTH, replace(WHOLE[EntryKind.ROLE], **change)) == why


@pytest.mark.parametrize("kind", EntryKind)
def test_nothing_follows_a_closing(kind: EntryKind) -> None:
    closed = extended(BOTH, WHOLE[EntryKind.CLOSE])

    assert refused(closed, replace(WHOLE[kind], seq=3, prev=closed.head)) == "space-closed"


def test_nobody_is_added_twice_or_beyond_measure() -> None:
    assert refused(BOTH, replace(addition(ALONE), seq=2, prev=BOTH.head)) == "already-member"
    roster = ALONE
    for number in range(MAX_DEVICES_PER_SPACE - 1):
        one = replace(addition(roster), subject=number.to_bytes(16, "big"))
        roster = extended(roster, one)
    assert refused(roster, addition(roster)) == "space-full"


@pytest.mark.parametrize("kind", [EntryKind.ADD, EntryKind.ROLE])
def test_a_role_fits_the_party(kind: EntryKind) -> None:
    one = replace(WHOLE[kind], role=Role.INTERNATIONAL)

    assert refused(before(kind), one) == "role-not-eligible"


def test_a_space_is_opened_by_somebody_who_may_administer() -> None:
    for party in (Party.UNION_BODY, Party.THIRD_COUNTRY, Party.INTERNATIONAL):
        made = genesis(ALICE, party)
        with pytest.raises(EntryRefusedError):
            logrules.begin(made, codec.encode(made))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"agreement": agreement_digest(" ")}, "agreement-reference"),
        ({"signed_on": "2026-02-31"}, "agreement-date"),
        ({"signed_on": day_after(NOW, 2)}, "agreement-date"),
    ],
)
def test_what_a_genesis_says_of_its_agreement_can_be(changes: dict[str, object], why: str) -> None:
    made = replace(genesis(ALICE), **changes)

    with pytest.raises(EntryRefusedError) as found:
        logrules.begin(made, codec.encode(made))
    assert found.value.reason == why


@pytest.mark.parametrize("days", [-9000, 0, 1])
def test_an_agreement_is_signed_before_the_space_is_opened_in_any_zone(days: int) -> None:
    made = replace(genesis(ALICE), signed_on=day_after(NOW, days))

    assert logrules.begin(made, codec.encode(made)).genesis.signed_on == made.signed_on


def test_one_administrator_stays() -> None:
    leaves = entry(BOTH, ALICE, EntryKind.REMOVE, subject=ALICE)
    steps_down = entry(BOTH, ALICE, EntryKind.ROLE, subject=ALICE, role=Role.PROSECUTOR)

    assert refused(BOTH, leaves) == "last-admin"
    assert refused(BOTH, steps_down) == "last-admin"
    goes = entry(TWO_ADMINS, ALICE, EntryKind.REMOVE, subject=ALICE)
    assert extended(TWO_ADMINS, goes).administrators() == (BOB.user,)


@pytest.mark.parametrize("seq", [0, 1])
def test_a_device_list_never_goes_back(seq: int) -> None:
    assert refused(BOTH, replace(WHOLE[EntryKind.DEVICES], list_seq=seq)) == "list-rollback"
    same_key = {**RENEWAL, "user_key": BOB.user_key, "list_seq": seq}
    assert refused(BOTH, by_alice(EntryKind.REKEY, **same_key)) == "list-rollback"
    same_list = {**RENEWAL, "list_head": BOTH.members[BOB.user].list_head}
    assert refused(BOTH, by_alice(EntryKind.REKEY, **same_list)) == "list-rollback"


def test_keys_are_renewed_by_somebody_else() -> None:
    own = replace(WHOLE[EntryKind.REKEY], subject=ALICE.user)

    assert refused(BOTH, own) == "not-administrator"
    member = extended(BOTH, WHOLE[EntryKind.REKEY]).members[BOB.user]
    assert (member.user_key, member.list_seq, member.list_head) == (OTHER, 1, OTHER)
    assert member.role is Role.INVESTIGATOR
    restored = by_alice(EntryKind.REKEY, user_key=BOB.user_key, list_seq=2, list_head=OTHER)
    assert extended(BOTH, restored).members[BOB.user].user_key == BOB.user_key


@pytest.mark.parametrize("kind", [EntryKind.DEVICES, EntryKind.REKEY])
def test_a_device_is_cut_off_once(kind: EntryKind) -> None:
    one = replace(WHOLE[kind], cut=cut(BOB.device))
    after = extended(BOTH, one)

    assert after.revoked == {DeviceId(BOB.device): 3}
    again = replace(one, seq=3, prev=after.head, list_seq=3, list_head=b"n" * 32)
    assert refused(after, again) == "incomplete"
    assert refused(BOTH, replace(one, cut=cut(BOB.device, BOB.device))) == "incomplete"


@pytest.mark.parametrize("since", [BOTH.seq + 1, BOTH.seq + 9])
def test_the_past_lies_before(since: int) -> None:
    assert refused(BOTH, replace(WHOLE[EntryKind.HISTORY], since=since)) == "incomplete"
    to_oneself = replace(WHOLE[EntryKind.HISTORY], subject=ALICE.user)
    assert refused(BOTH, to_oneself) == "incomplete"


def test_a_grant_of_the_past_ends_with_the_membership() -> None:
    told = extended(BOTH, WHOLE[EntryKind.HISTORY])
    gone = extended(told, entry(told, ALICE, EntryKind.REMOVE, subject=BOB))

    assert told.history == {UserId(BOB.user): 1}
    assert gone.history == {}


def test_the_policy_is_the_last_one_stated() -> None:
    strict = extended(BOTH, WHOLE[EntryKind.POLICY])
    loose = replace(WHOLE[EntryKind.POLICY], seq=3, prev=strict.head, verified_only=False)

    assert not BOTH.verified_only
    assert strict.verified_only
    assert not extended(strict, loose).verified_only
