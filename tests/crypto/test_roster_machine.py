"""I18: whoever follows the same log has the same roster; I15: another log is refused or told.

Three people write entries as they are entitled to and as they are not. A reader takes them in
pages of any size. Whatever is served in place of the true entries (altered, left out, repeated,
exchanged, of another author) moves no reader to a roster that is not a true one.
"""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from msgspec.structs import replace

from crypto import membership, signatures
from protocol.errors import RefusedError
from protocol.ids import UserId
from protocol.membership import Entry, EntryKind, EntryRefusedError, Roster
from protocol.roles import Party, Role
from tests.support.people import ALICE, BOB, CAROL, MALLORY, Person, entry, genesis, lists

LISTS = lists(ALICE, BOB, CAROL, MALLORY)
GENESIS, BEGIN = membership.create(genesis(ALICE), ALICE.dsk)
EVERYBODY = (ALICE, BOB, CAROL)
KINDS = (
    EntryKind.ADD,
    EntryKind.REMOVE,
    EntryKind.ROLE,
    EntryKind.HISTORY,
    EntryKind.POLICY,
    EntryKind.CONTROLLER,
)
ROLES = (Role.ADMINISTRATOR, Role.PROSECUTOR, Role.INVESTIGATOR, Role.THIRD_COUNTRY)


class Readers(RuleBasedStateMachine):
    """One log, its writers, and two readers who read it in pages of their own."""

    def __init__(self) -> None:
        super().__init__()
        self.log: list[bytes] = []
        self.true: list[Roster] = [BEGIN]
        self.readers: list[Roster] = [membership.open_log(GENESIS, LISTS)] * 2

    @rule(
        kind=st.sampled_from(KINDS),
        actor=st.sampled_from(EVERYBODY),
        subject=st.sampled_from(EVERYBODY),
        role=st.sampled_from(ROLES),
    )
    def write(self, kind: EntryKind, actor: Person, subject: Person, role: Role) -> None:
        """Somebody appends an entry; the rules say whether it becomes one."""
        before = self.true[-1]
        made = _entry(before, kind, actor, subject, role)
        try:
            signed, after = membership.append(before, made, actor.dsk)
        except EntryRefusedError:
            forced = signatures.sign(actor.dsk, actor.device, made)
            with pytest.raises(RefusedError):  # what one may not write, nobody follows
                membership.follow(before, forced, LISTS)
            return
        self.log.append(signed)
        self.true.append(after)

    @rule(who=st.integers(0, 1), size=st.integers(1, 5))
    def read(self, who: int, size: int) -> None:
        """A reader takes a page."""
        start = self.readers[who].seq
        for signed in self.log[start : start + size]:
            self.readers[who] = membership.follow(self.readers[who], signed, LISTS)

    @precondition(lambda self: len(self.log) > min(r.seq for r in self.readers))
    @rule(place=st.integers(0, 10_000), bit=st.integers(0, 7))
    def alter(self, place: int, bit: int) -> None:
        """The next entry comes with one bit turned."""
        behind = min(self.readers, key=lambda r: r.seq)
        altered = bytearray(self.log[behind.seq])
        altered[place % len(altered)] ^= 1 << bit
        with pytest.raises(RefusedError):
            membership.follow(behind, bytes(altered), LISTS)

    @precondition(lambda self: len(self.log) > 0)
    @rule(which=st.integers(0, 10_000))
    def misplace(self, which: int) -> None:
        """Any entry but the next one: left out, repeated, exchanged with another."""
        for reader in self.readers:
            place = which % len(self.log)
            if place != reader.seq:
                with pytest.raises(RefusedError):
                    membership.follow(reader, self.log[place], LISTS)

    @rule(
        kind=st.sampled_from(KINDS),
        actor=st.sampled_from(EVERYBODY),
        subject=st.sampled_from((*EVERYBODY, MALLORY)),
    )
    def forge(self, kind: EntryKind, actor: Person, subject: Person) -> None:
        """The store writes an entry in somebody's name, with a key of its own."""
        for reader in self.readers:
            made = _entry(reader, kind, actor, subject, Role.ADMINISTRATOR)
            with pytest.raises(RefusedError):
                membership.follow(reader, signatures.sign(MALLORY.dsk, actor.device, made), LISTS)

    @precondition(lambda self: len(self.log) > 0)
    @rule()
    def fork(self) -> None:
        """The author of the last entry signs another one for its place."""
        signed = self.log[-1]
        made = signatures.peek(signed, Entry)
        author = next(p for p in EVERYBODY if p.device == made.actor_device)
        other = replace(made, claimed_at=made.claimed_at + 1)
        for reader in self.readers:
            if reader.seq == len(self.log):
                with pytest.raises(RefusedError):
                    membership.follow(
                        reader, signatures.sign(author.dsk, author.device, other), LISTS
                    )

    @invariant()
    def every_reader_stands_on_the_true_log(self) -> None:
        """At each entry there is one roster, however it was read."""
        for reader in self.readers:
            assert reader == self.true[reader.seq]
            assert reader.administrators(), "a space is never without an administrator"

    def teardown(self) -> None:
        """Who reads to the end, in whatever pages, has what a newcomer has."""
        fresh = membership.open_log(GENESIS, LISTS)
        for signed in self.log:
            fresh = membership.follow(fresh, signed, LISTS)
        for who, reader in enumerate(self.readers):
            self.read(who, len(self.log) - reader.seq)
        assert {len(self.true) - 1} == {r.seq for r in (*self.readers, fresh)}
        assert self.readers == [fresh, fresh]


def _entry(roster: Roster, kind: EntryKind, actor: Person, subject: Person, role: Role) -> Entry:
    if kind is EntryKind.ADD:
        outside = role is Role.THIRD_COUNTRY
        party = Party.THIRD_COUNTRY if outside else Party.MEMBER_STATE
        return entry(roster, actor, kind, subject=subject, role=role, party=party)
    made = entry(roster, actor, kind, subject=subject, role=role)
    if kind is EntryKind.CONTROLLER:
        return replace(made, user_key=actor.user_key, note=b"n")
    if kind is EntryKind.HISTORY:
        return replace(made, since=0)
    if kind is EntryKind.POLICY:
        return replace(made, subject=None, verified_only=UserId(subject.user) == BOB.user)
    return made


TestI18Readers = Readers.TestCase
TestI18Readers.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
