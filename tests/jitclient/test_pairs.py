"""Sessions of a pair: started afresh in time, settled alike at both ends, old ones kept."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto import ratchet
from jitclient import claims, opening, ports, posting, sealing
from jitclient.pairs import is_due
from jitclient.session import Session
from localstore import sessions
from localstore.connection import transaction
from localstore.sessions import SessionRow
from protocol.envelope import Envelope, EnvelopeKind
from protocol.ids import DeviceId, SpaceId
from protocol.limits import (
    SESSION_REFRESH_MESSAGES,
    SESSION_REFRESH_SECONDS,
    SESSION_REFRESH_UNANSWERED,
)
from tests.jitclient.office import Office, receipt_for

PAIR = ("ana", "bruno")


def rows(office: Office, name: str, space: SpaceId, other: str) -> list[SessionRow]:
    device = office.people[other].device
    return office.on(name, lambda s: sessions.sessions(s.stores.space(space), device))


def _used(office: Office, name: str, space: SpaceId, other: str, **columns: int) -> None:
    """Let the session in use look older or more used than it is."""
    device = office.people[other].device

    def change(session: Session) -> None:
        sp = session.stores.space(space)
        for column, value in columns.items():
            sp.execute(
                f"UPDATE session SET {column} = ? WHERE device = ? AND turn ="
                " (SELECT max(turn) FROM session WHERE device = ?)",
                (value, device, device),
            )

    office.on(name, change)


def _bindings(office: Office, name: str, other: str, space: SpaceId) -> list[bytes]:
    """Which sessions these are, as both ends know them, the one to send on first."""
    return [ratchet.Session.load(r.state).state.binding for r in rows(office, name, space, other)]


def _claims_wanted(office: Office, name: str, space: SpaceId) -> bool:
    return bool([one for one in office.on(name, ports._sessions_wanted) if one[0] == space])


@pytest.mark.parametrize(
    ("column", "limit"),
    [
        ("created", None),
        ("sealed", SESSION_REFRESH_MESSAGES),
        ("sent", SESSION_REFRESH_UNANSWERED),
    ],
)
def test_a_session_is_started_afresh_when_it_is_old_or_used_enough(
    office: Office, column: str, limit: int | None
) -> None:
    office.join(*PAIR)
    space = office.open_space(*PAIR)
    now = office.clock.now()
    limit = limit if limit is not None else now - SESSION_REFRESH_SECONDS
    just_not = limit + 1 if column == "created" else limit - 1
    before = rows(office, "ana", space, "bruno")
    _used(office, "ana", space, "bruno", **{column: just_not})
    assert not _claims_wanted(office, "ana", space)

    _used(office, "ana", space, "bruno", **{column: limit})
    office.bundles("ana", space)
    office.write("ana", space, "On a fresh one.")
    office.exchange(space, *PAIR)
    office.write("bruno", space, "Also.")
    office.exchange(space, *PAIR)

    after = rows(office, "ana", space, "bruno")
    assert after[0].number not in {row.number for row in before}
    assert {row.number for row in before} <= {row.number for row in after}, "old ones are kept"
    assert (
        _bindings(office, "ana", "bruno", space)[0] == (_bindings(office, "bruno", "ana", space)[0])
    )
    assert office.texts("bruno", space) == ["On a fresh one.", "Also."]
    assert office.alarms("ana") == office.alarms("bruno") == []
    assert not _claims_wanted(office, "ana", space)
    assert not _claims_wanted(office, "bruno", space)


def test_while_no_bundle_is_to_be_had_the_old_session_goes_on_and_nobody_is_alarmed(
    office: Office,
) -> None:
    office.join(*PAIR)
    space = office.open_space(*PAIR)
    office.clock.at += SESSION_REFRESH_SECONDS
    before = rows(office, "ana", space, "bruno")
    office.on("ana", claims.refused, space, office.people["bruno"].device)

    office.write("ana", space, "On the old one.")
    assert office.on("ana", sealing.seal_waiting, space) == 0
    office.post("ana", space)
    office.deliver("bruno")

    assert [r.number for r in rows(office, "ana", space, "bruno")] == [r.number for r in before]
    assert office.texts("bruno", space) == ["On the old one."]
    assert office.alarms("ana") == []


def test_a_false_bundle_is_told_also_when_there_is_a_session(office: Office) -> None:
    office.join(*PAIR)
    space = office.open_space(*PAIR)
    office.clock.at += SESSION_REFRESH_SECONDS
    bundle = office.bundle("bruno")
    false = msgspec.structs.replace(bundle, signed=office.uploads["ana"].signed)

    office.on("ana", claims.keep, space, office.people["bruno"].device, false)

    assert office.alarms("ana") == ["forged"]


def test_a_late_message_opens_on_an_old_session_and_moves_nobody_back(office: Office) -> None:
    office.join(*PAIR)
    space = office.open_space(*PAIR)
    office.write("ana", space, "Late.")
    office.post("ana", space)
    late = office.queues["bruno"].pop()
    _used(office, "ana", space, "bruno", sealed=SESSION_REFRESH_MESSAGES)
    office.bundles("ana", space)
    office.write("ana", space, "Fresh.")
    office.post("ana", space)
    office.deliver("bruno")
    fresh = _bindings(office, "bruno", "ana", space)[0]

    assert office.on("bruno", opening.deliver, late)

    assert office.texts("bruno", space) == ["Late.", "Fresh."]
    assert _bindings(office, "bruno", "ana", space)[0] == fresh
    assert office.alarms("bruno") == []


def test_messages_to_somebody_long_away_are_spread_over_sessions_and_all_open(
    office: Office,
) -> None:
    office.join(*PAIR)
    space = office.open_space(*PAIR)
    said = []
    for week in range(8):
        office.clock.at += SESSION_REFRESH_SECONDS
        office.bundles("ana", space)
        said.append(f"Week {week}.")
        office.write("ana", space, said[-1])
        office.post("ana", space)
    kinds = [Envelope.unpack(item.envelope).kind for item in office.queues["bruno"]]

    office.exchange(space, "bruno", "ana")

    assert kinds == [EnvelopeKind.INIT] * 8
    assert office.texts("bruno", space) == said
    assert office.alarms("bruno") == []
    assert len(rows(office, "bruno", space, "ana")) == sessions.MAX_SESSIONS


def test_who_floods_with_new_sessions_is_refused_and_named(office: Office) -> None:
    office.join(*PAIR)
    space = office.open_space(*PAIR)
    office.clock.at += 2 * sessions.STARTS_SECONDS
    for number in range(sessions.MAX_STARTS + 3):
        _used(office, "ana", space, "bruno", sealed=SESSION_REFRESH_MESSAGES)
        office.bundles("ana", space)
        office.write("ana", space, f"Number {number}.")
        office.post("ana", space)
    keys = office.on("bruno", _one_time_keys)

    office.deliver("bruno")

    assert office.alarms("bruno") == ["too-many-starts"]
    sentence = office.on("bruno", _sentences)
    assert all("Ana" in one and "new sessions" in one for one in sentence)
    spent = keys - office.on("bruno", _one_time_keys)
    assert spent == sessions.MAX_STARTS


def _one_time_keys(session: Session) -> int:
    found = session.stores.device.execute("SELECT count(*) FROM prekey WHERE kind = 'opk'")
    return int(found.fetchall()[0][0])


def _sentences(session: Session) -> list[str]:
    found = session.stores.device.execute("SELECT sentence FROM alarm").fetchall()
    return [str(row[0]) for row in found]


# --- I9: two starts that cross -----------------------------------------------------------------


def _forget_sessions(office: Office, space: SpaceId) -> None:
    for name, other in (PAIR, PAIR[::-1]):
        device = office.people[other].device

        def drop(session: Session, device: DeviceId = device) -> None:
            with transaction(session.stores.space(space)):
                sessions.drop_sessions(session.stores.space(space), device)

        office.on(name, drop)


def _post(office: Office, name: str, space: SpaceId) -> None:
    """Post what is written, without receipts: the test decides who speaks."""
    for item in office.on(name, posting.due, space, office.clock.now()):
        office.queue(item)
        office.on(name, posting.accepted, item, receipt_for(item))


def _say(office: Office, name: str, space: SpaceId, text: str) -> str:
    office.write(name, space, text)
    _post(office, name, space)
    return text


def _crossed(office: Office) -> tuple[SpaceId, set[str]]:
    """Both have started a session and neither has heard of the other's."""
    office.join(*PAIR)
    space = office.open_space(*PAIR)
    _forget_sessions(office, space)
    for name in PAIR:
        office.bundles(name, space)
    return space, {_say(office, name, space, f"{name} begins.") for name in PAIR}


def _settled(office: Office, space: SpaceId, said: set[str]) -> None:
    for name in PAIR:
        assert set(office.texts(name, space)) == said
        assert office.alarms(name) == []
    ana, bruno = (_bindings(office, *pair) for pair in ((*PAIR, space), (*PAIR[::-1], space)))
    assert ana[0] == bruno[0]
    assert set(ana) == set(bruno), "the other one is kept for late messages"


def test_two_starts_that_cross_converge_at_once(office: Office) -> None:
    space, said = _crossed(office)

    for name in PAIR:
        office.deliver(name)

    _settled(office, space, said)


_STEPS = st.lists(
    st.tuples(st.sampled_from(PAIR), st.sampled_from(["say", "take"]), st.integers(0, 9)),
    max_size=14,
)


@settings(max_examples=20)
@given(steps=_STEPS, at_once=st.booleans())
def test_i09_starts_that_cross_converge_whatever_comes_first(
    steps: list[tuple[str, str, int]], at_once: bool
) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.closing(Office(Path(folder))) as office,
    ):
        space, said = _crossed(office)
        for number, (name, act, which) in enumerate(steps):
            if act == "say":
                said.add(_say(office, name, space, f"{name} {number}"))
            elif office.queues[name]:
                item = office.queues[name].pop(which % len(office.queues[name]))
                assert office.on(name, opening.deliver, item)
        for name in PAIR:
            office.deliver(name)

        for name in PAIR:
            said.add(_say(office, name, space, f"{name} once more"))
            if not at_once:
                office.deliver(PAIR[1 - PAIR.index(name)])
        for name in PAIR:
            office.deliver(name)

        _settled(office, space, said)
        for name in PAIR:
            before = _bindings(office, name, PAIR[1 - PAIR.index(name)], space)[0]
            said.add(_say(office, name, space, f"{name} on one session"))
            assert _bindings(office, name, PAIR[1 - PAIR.index(name)], space)[0] == before


def test_what_is_due_is_due_by_any_of_three_bounds() -> None:
    fresh = SessionRow(
        device=b"d" * 16,
        number=1,
        state=b"",
        created=1000,
        last_received=1000,
        turn=1,
        sent=0,
        sealed=0,
        forced=False,
    )

    assert not is_due(fresh, 1000 + SESSION_REFRESH_SECONDS - 1)
    assert is_due(fresh, 1000 + SESSION_REFRESH_SECONDS)
