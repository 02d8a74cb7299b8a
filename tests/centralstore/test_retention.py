from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from centralstore.retention import FileFacts, due, expiry
from protocol.api.files import EraseReason, FileState
from protocol.ids import UserId
from protocol.limits import RETENTION_SECONDS

PEOPLE = [UserId(bytes([n]) * 16) for n in range(5)]
groups = st.frozensets(st.sampled_from(PEOPLE))


def facts(
    state: FileState, intended: frozenset[UserId], members: frozenset[UserId], *proven: UserId
) -> FileFacts:
    return FileFacts(
        state=state,
        expires_at=expiry(1000),
        intended=intended,
        members=members,
        proven=frozenset(proven),
    )


@given(groups, groups, groups, st.integers(0, 2 * RETENTION_SECONDS))
def test_a_complete_file_stays_exactly_while_a_member_still_waits(
    intended: frozenset[UserId],
    members: frozenset[UserId],
    proven: frozenset[UserId],
    now: int,
) -> None:
    reason = due(facts(FileState.COMPLETE, intended, members, *proven), now)

    waiting = {user for user in intended if user in members and user not in proven}
    expected = (
        EraseReason.VERIFIED
        if not waiting
        else EraseReason.EXPIRED
        if now >= 1000 + 28 * 24 * 3600
        else None
    )
    assert reason is expected


def test_a_file_still_arriving_goes_by_time_only() -> None:
    arriving = facts(FileState.RECEIVING, frozenset(), frozenset())

    assert due(arriving, expiry(1000) - 1) is None
    assert due(arriving, expiry(1000)) is EraseReason.EXPIRED


def test_what_is_erased_is_not_erased_again() -> None:
    tombstone = facts(FileState.ERASED, frozenset(), frozenset())

    assert due(tombstone, 2**40) is None
