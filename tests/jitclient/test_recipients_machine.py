"""I14: who receives a message follows from the log at its sender, never from the store's answers.

A store that lies about devices, device lists, keys and logs stands between people who add, remove,
link, revoke and write. Every envelope that leaves is for a device of a member at the entry where
its sender stands, and every one of those gets one.
"""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    precondition,
    rule,
    run_state_machine_as_test,
)

from crypto import devicelist
from jitclient import claims
from jitclient.session import Session
from localstore import outbox
from protocol.envelope import Envelope
from protocol.errors import JitError
from protocol.ids import DeviceId, SpaceId, mailbox_id
from protocol.roles import Role
from sync.ports import Outgoing
from tests.jitclient.office import Office
from tests.support.people import make_person

PEOPLE = ("ana", "bruno", "carla", "dora")
GHOST = make_person("ghost")


class Recipients(RuleBasedStateMachine):
    """`truth[n]` are the devices of the members after entry n of the true log."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.office = Office(Path(self._folder.name))
        self.office.join(*PEOPLE)
        self.space = self.office.open_space("ana", "bruno")
        self.inside = {"ana", "bruno"}
        self.linked: dict[str, str] = {}
        self.posted: list[Outgoing] = []
        self.names = 0
        queue = self.office.queue

        def keep(item: Outgoing) -> None:
            self.posted.append(item)
            queue(item)

        self.office.queue = keep  # type: ignore[method-assign]
        first = frozenset(self.office.device(n) for n in self.inside)
        self.truth = {len(self.office.logs[self.space]) - 1: first}

    def _noted(self) -> None:
        """What is true after the newest entry."""
        devices = {self.office.device(n) for n in self.inside}
        devices |= {
            self.office.device(d) for d, owner in self.linked.items() if owner in self.inside
        }
        self.truth[len(self.office.logs[self.space]) - 1] = frozenset(devices)

    # --- what people do -----------------------------------------------------------------------

    @rule(who=st.sampled_from(("bruno", "carla", "dora")))
    def add(self, who: str) -> None:
        """Ana adds somebody who is outside."""
        if who in self.inside:
            return
        self._current("ana")
        self.office.add("ana", self.space, who, Role.INVESTIGATOR)
        self.inside.add(who)
        self._noted()

    @rule(who=st.sampled_from(("bruno", "carla", "dora")))
    def remove(self, who: str) -> None:
        """Ana removes somebody who is inside."""
        if who not in self.inside:
            return
        self._current("ana")
        self.office.remove("ana", self.space, who)
        self.inside.discard(who)
        self._noted()

    @precondition(lambda self: len(self.linked) < 2 and "bruno" in self.inside)
    @rule()
    def link(self) -> None:
        """Bruno gets another device."""
        self._current("bruno")
        self.names += 1
        name = f"laptop {self.names}"
        self.office.link("bruno", name)
        self.linked[name] = "bruno"
        self._noted()

    @precondition(lambda self: bool(self.linked) and "bruno" in self.inside)
    @rule()
    def revoke(self) -> None:
        """Bruno revokes it."""
        self._current("bruno")
        name, owner = self.linked.popitem()
        self.office.revoke(owner, name)
        self._noted()

    @rule(who=st.sampled_from(PEOPLE[:2]), hears=st.booleans())
    def write(self, who: str, hears: bool) -> None:
        """Somebody writes, where he stands in the log: at its end, or behind."""
        if hears:
            self._current(who)
        if not self._admitted(who):
            return
        self.posted.clear()
        seq = self.office.on(who, lambda s: s.log(self.space).roster.seq)
        known = self._true_at(seq)
        message = self.office.write(who, self.space, f"{who} at {seq}")
        self.office.post(who, self.space)
        self.office.post(who, self.space)
        mine = self.office.device(who)
        to = {
            Envelope.unpack(packed).to
            for item in self.posted
            if item.message == message
            for packed in item.request.envelopes
        }
        allowed = {mailbox_id(self.space, d) for d in known if d != mine}
        assert to <= allowed, "an envelope for somebody whom the log does not name"
        waits = self.office.on(who, _waiting, self.space, message)
        assert len(to) + waits == len(allowed), "somebody whom the log names gets nothing"
        assert not waits, "every true device has keys at the store"

    # --- what the store does ------------------------------------------------------------------

    @rule(who=st.sampled_from(PEOPLE), own=st.booleans())
    def serve_a_list_with_a_ghost(self, who: str, own: bool) -> None:
        """A list with one device more, signed by the person's key (a thief's) or by another."""
        person = self.office.people[who]
        if own:
            forged = devicelist.add_device(
                self.office.newest[person.user],
                person.usk,
                GHOST.device,
                GHOST.dsk.public,
                GHOST.dik.public,
            )
        else:
            forged = devicelist.first_list(
                person.user, GHOST.usk, GHOST.device, GHOST.dsk.public, GHOST.dik.public
            )
        honest = dict(self.office.listed)
        for key in list(self.office.listed):
            if key[0] == person.user:
                self.office.listed[key] = forged
        for reader in PEOPLE[:2]:
            with contextlib.suppress(JitError):
                self.office.follow(reader, self.space)
        self.office.listed = honest

    @rule(who=st.sampled_from(PEOPLE[:2]))
    def serve_keys_of_a_ghost(self, who: str) -> None:
        """Prekeys of a device nobody asked for, and of one under the name of another."""
        bundle = self.office.bundle("dora")
        with contextlib.suppress(JitError):
            self.office.on(who, claims.keep, self.space, GHOST.device, bundle)

    @rule(who=st.sampled_from(PEOPLE[:2]), cut=st.integers(1, 3))
    def serve_an_older_log(self, who: str, cut: int) -> None:
        """Entries that are known, and none that are new."""
        with contextlib.suppress(JitError):
            self.office.follow(who, self.space, self.office.logs[self.space][-cut:-1])

    def _current(self, who: str) -> None:
        self.office.follow(who, self.space)
        self.office.deliver(who)

    def _admitted(self, who: str) -> bool:
        def ask(session: Session) -> bool:
            return session.log(self.space).admits(session.user, session.device)

        return self.office.on(who, ask)

    def _true_at(self, seq: int) -> frozenset[DeviceId]:
        return self.truth[max(n for n in self.truth if n <= seq)]

    def teardown(self) -> None:
        """Close every profile."""
        self.office.close()
        self._folder.cleanup()


def _waiting(session: Session, space: SpaceId, message: bytes) -> int:
    """For how many devices a message still waits."""
    return sum(1 for one, _, _ in outbox.unsealed(session.stores.space(space)) if one == message)


def test_i14_who_receives_follows_from_the_log_at_its_sender_and_no_answer_of_the_store() -> None:
    bounds = settings(
        max_examples=6,
        stateful_step_count=12,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
        phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking would take minutes
    )
    run_state_machine_as_test(Recipients, settings=bounds)
