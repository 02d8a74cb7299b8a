"""R13, R14: a space opened on what cannot be is followed by nobody, whatever the store let in."""

from __future__ import annotations

import datetime

import pytest
from msgspec.structs import replace

from crypto import message, signatures
from jitclient.session import Session
from jitclient.usecases import create_space
from jitclient.views import SpaceState
from localstore import people
from protocol import codec
from protocol.content import SpaceCard
from protocol.errors import BadInputError
from protocol.ids import SpaceId
from protocol.membership import Genesis, entry_hash, space_id
from protocol.roles import Party
from tests.centralstore import logs
from tests.support.hostile_team import HostileTeam

pytestmark = pytest.mark.asyncio(loop_scope="module")

_KEY = b"k" * 32


def lie(session: Session, reference: str, signed_on: str, **changes: object) -> bytes:
    """A genesis signed by a member with his own keys, on his own terms."""
    me = people.person(session.stores.device, session.user)
    assert me is not None
    card = SpaceCard(version=1, title="A lie", agreement=reference)
    sealed = message.seal_note(_KEY, b"card", codec.encode(card), session.entropy)
    terms = create_space._Terms(signed_on=signed_on, retention_days=0, verified_only=False)
    made = create_space._genesis(session, me, card, sealed, terms)
    return signatures.sign(session.signing, session.device, replace(made, **changes))


def let_in(team: HostileTeam, signed: bytes, *members: str) -> SpaceId:
    """The store opens the space without a look at what the genesis says."""
    genesis, body = signatures.peek(signed, Genesis), signatures.parse(signed).body
    space, data = space_id(body), team.store.data_dir
    logs.tamper(
        data,
        "INSERT INTO space (id, agreement, seq, head, created_at) VALUES (?, ?, 0, ?, 0)",
        space,
        genesis.agreement + space,  # nobody else's
        entry_hash(body),
    )
    logs.tamper(
        data, "INSERT INTO log_entry (space_id, seq, signed) VALUES (?, 0, ?)", space, signed
    )
    for who in members:
        logs.tamper(
            data,
            "INSERT INTO member (space_id, user_id, role) VALUES (?, ?, 'administrator')",
            space,
            team.user(who),
        )
    return space


def day(away: int) -> str:
    """A day from today."""
    today = datetime.datetime.now(datetime.UTC).date()
    return (today + datetime.timedelta(days=away)).isoformat()


FOUNDINGS = [
    pytest.param(
        "JIT 1",
        "2026-05-03",
        {"claimed_at": 1_777_000_000},  # 24 April 2026
        "agreement-date",
        id="signed-after-the-founding",
    ),
    pytest.param("JIT 7", day(9), {}, "agreement-date", id="signed-next-week"),
    pytest.param("JIT 2", "2026-02-31", {}, "agreement-date", id="signed-on-no-day"),
    pytest.param(
        "JIT 3", day(400), {"claimed_at": 2_000_000_000}, "agreement-date", id="both-to-come"
    ),
    pytest.param("", "2026-05-01", {}, "agreement-reference", id="no-reference"),
    pytest.param(
        "JIT 4",
        "2026-05-01",
        {"party": Party.THIRD_COUNTRY},
        "administrator-not-eligible",
        id="a-third-country",
    ),
    pytest.param(
        "JIT 5",
        "2026-05-01",
        {"party": Party.UNION_BODY},
        "administrator-not-eligible",
        id="a-union-body",
    ),
    pytest.param("JIT 6", "2026-05-01", {"party": Party.EPPO}, "party-differs", id="other-party"),
]


@pytest.mark.parametrize(("reference", "signed_on", "changes", "code"), FOUNDINGS)
async def test_a_founding_that_lies_is_refused_by_every_member(
    team: HostileTeam, reference: str, signed_on: str, changes: dict[str, object], code: str
) -> None:
    session = team.session("bruno")
    signed = await session.run(lambda: lie(session, reference, signed_on, **changes))
    space = let_in(team, signed, "bruno", "ana")

    await team["ana"].sync_now()

    await team.named("ana", code, "Bruno Keller")
    ana = team.session("ana")
    assert await ana.run(lambda: space in ana.logs) is False, "nothing of it was followed"
    logs.tamper(team.store.data_dir, "DELETE FROM member WHERE space_id = ?", space)


async def test_a_reference_that_shows_nothing_is_refused_with_its_card(
    team: HostileTeam, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The digest is of something, and only the card says that there is nothing to read."""
    bruno, joiner = team["bruno"], "\u200d"
    with pytest.raises(BadInputError):
        await bruno.create_space(agreement=joiner, signed_on="2026-05-01", title="Empty")
    monkeypatch.setattr(create_space, "names_something", lambda _: True)
    space = await bruno.create_space(agreement=joiner, signed_on="2026-05-01", title="Empty")
    await bruno.add_member(space, team.user("ana"))

    await team.settle("bruno", "ana", rounds=2)

    await team.named("ana", "agreement-reference", "Bruno Keller")
    row = (await team["ana"].space(space)).row
    assert (row.state, row.title) == (SpaceState.JOINING, "")
