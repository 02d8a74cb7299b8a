"""R25.3: a store that keeps two access logs for two members is found out by what they tell."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import select

from centralstore import accesslog, places, settings
from centralstore.tables import ACCESS_LOG
from crypto import checkpoint, logdispute, merkle
from crypto.checkpoint import Checkpoint
from crypto.signatures import StoreKey
from jitclient import gossip, logwatch
from jitclient.__main__ import main
from jitclient.place import Place
from jitclient.receipts import flush
from jitclient.sealing import Draft, compose
from localstore import devices
from localstore.connection import transaction
from protocol import codec
from protocol.accesslog import AccessRow
from protocol.api.logs import CheckpointReply, ConsistencyReply, OwnRowsReply, ProvenRow
from protocol.content import ReceiptsAndHead
from protocol.errors import NotFoundError, RefusedError
from protocol.forks import LogDispute
from tests.hostile.test_access_log import CONSISTENCY, HEAD, LONG_AGO, ROWS, remembered
from tests.support.entropy import Seeded
from tests.support.hostile import Exchange
from tests.support.hostile_team import HostileTeam

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def look(team: HostileTeam, *names: str) -> None:
    """These devices compare in their next round."""
    for name in names:
        team.session(name).log_watched = LONG_AGO
        await team[name].sync_now(transfers=False)


async def fresh(team: HostileTeam, *names: str) -> None:
    """As after a quiet day: each remembers the true log, and nothing that others were shown."""
    for name in names:
        session = team.session(name)

        def forget(session: Any = session) -> None:
            with transaction(session.stores.device):
                for what in (logwatch.REMEMBERED, logwatch.DISPUTE, gossip.HEARD):
                    devices.set_setting(session.stores.device, what, "")

        await session.run(forget)
        await team[name].sync_now(transfers=False)  # receipts of before leave without a head
        await look(team, name)
        await look(team, name)
    await team.calm(*names)


class SecondLog:
    """What the store keeps for one device: the true rows, but one of somebody else's altered.

    Every answer is the one that an honest store of this log would give, and signed by the key.
    """

    def __init__(self, team: HostileTeam, known: Checkpoint) -> None:
        self._team, self._from = team, known.size

    def rows(self) -> list[tuple[bytes, AccessRow]]:
        """(user, row) of every leaf, in order."""
        engine = places.engine(settings.load(self._team.store.data_dir))
        with engine.begin() as connection:
            query = select(ACCESS_LOG).where(ACCESS_LOG.c.leaf >= 0).order_by(ACCESS_LOG.c.leaf)
            found = [(one.user_id, accesslog.row_of(one)) for one in connection.execute(query)]
        engine.dispose()
        bruno = self._team.session("bruno").user
        at = next(n for n, (user, _) in enumerate(found) if n >= self._from and user != bruno)
        user, row = found[at]
        return [*found[:at], (user, replace(row, operation="nothing")), *found[at + 1 :]]

    def leaves(self, size: int | None = None) -> list[bytes]:
        return [merkle.leaf(codec.encode(row)) for _, row in self.rows()[:size]]

    def head(self, exchange: Exchange) -> bool:
        leaves = self.leaves()
        head = Checkpoint(len(leaves), merkle.root(leaves))
        note = checkpoint.sign(self._team.hostile.receipt_key, head)
        exchange.body = msgspec.json.encode(CheckpointReply(checkpoint=note))
        return True

    def proof(self, exchange: Exchange) -> bool:
        first, second = _sizes(exchange)
        leaves = self.leaves(second)
        path = merkle.consistency(first, second, lambda a, b: merkle.root(leaves[a:b]))
        exchange.body = msgspec.json.encode(ConsistencyReply(path=path))
        return True

    def own(self, exchange: Exchange) -> bool:
        first, second = _sizes(exchange)
        leaves, me = self.leaves(second), self._team.session("bruno").user
        mine = tuple(
            ProvenRow(leaf=n, row=codec.encode(row), path=merkle.proof(leaves, n))
            for n, (user, row) in enumerate(self.rows()[:second])
            if user == me and n >= first
        )
        exchange.body = msgspec.json.encode(OwnRowsReply(rows=mine[:100]))
        return True

    def serve(self, device: Any) -> None:
        for route, act in ((HEAD, self.head), (CONSISTENCY, self.proof), (ROWS, self.own)):
            self._team.hostile.answers("GET", route, act, to=device)


def _sizes(exchange: Exchange) -> tuple[int, int]:
    query = exchange.path.partition("?")[2]
    first, second = (int(one.partition("=")[2]) for one in query.split("&"))
    return first, second


async def test_two_members_shown_two_histories_are_told_by_the_next_receipts(
    team: HostileTeam, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await fresh(team, "ana", "bruno")
    await team["eva"].sync_now(transfers=False)  # a row that Bruno's log will not have
    SecondLog(team, await remembered(team)).serve(team.device("bruno"))
    for _ in range(2):
        await look(team, "ana", "bruno")
    await team.calm("ana", "bruno")  # each log continues what its reader remembers

    await team["ana"].send(team.space, "What do you see?")
    await team["ana"].sync_now(transfers=False)
    await team["bruno"].sync_now(transfers=False)
    await look(team, "ana")

    row = await team.named("ana", "access-log-views", "Bruno Keller", "rows")
    assert "jitclient access-log" in row.sentence
    path = tmp_path / "two.logs"
    await team["ana"].export_log_dispute(path)
    team.hostile.behave()
    found = logdispute.check(path.read_bytes())
    assert found.store == team.session("ana").identity.store_key
    assert found.first.size < found.second.size
    assert not found.proven, "of two sizes only the store can show that one continues the other"
    assert await asyncio.to_thread(main, ["check-proof", str(path)]) == 0
    assert found.first.root.hex() in capsys.readouterr().out


async def test_an_honest_store_and_members_who_tell_raise_nothing(team: HostileTeam) -> None:
    await fresh(team, "ana", "bruno")
    before = len(team.hostile.seen)
    for text in ("one", "two", "three"):
        await team["ana"].send(team.space, text)
        await team["ana"].sync_now(transfers=False)
        await team["bruno"].sync_now(transfers=False)
        await look(team, "ana")
        await look(team, "bruno")

    await team.calm("ana", "bruno")
    asked = [e for e in team.hostile.seen[before:] if "/consistency" in e.path]
    assert any(e.device == team.device("ana") for e in asked)
    assert await heard(team, "ana") == ""


async def heard(team: HostileTeam, who: str) -> str | None:
    session = team.session(who)
    return await session.run(devices.setting, session.stores.device, gossip.HEARD)


async def test_a_head_is_told_once_for_each_person_and_not_with_every_receipt(
    team: HostileTeam,
) -> None:
    await fresh(team, "ana", "bruno")
    session, ana = team.session("bruno"), team.user("ana")

    def said() -> list[str]:
        return [gossip.to_say(session, ana) for _ in range(3)]

    first = await session.run(said)
    await look(team, "bruno")
    second = await session.run(said)

    assert first[1:] == second[1:] == ["", ""]
    assert first[0] != second[0] != ""


def tells(team: HostileTeam, at: Place, note: str) -> None:
    """Bruno's device sends Ana a head of the access log beside no receipts."""
    flush(at.session, at.space)
    content = ReceiptsAndHead(version=1, receipts=(), checkpoint=note)
    compose(at, Draft(content=content, kind="receipts", audience=(team.user("ana"),)))


async def ana_hears(team: HostileTeam, note: str) -> None:
    await team.act("bruno", lambda at: tells(team, at, note))
    await team["bruno"].sync_now(transfers=False)
    await team["ana"].sync_now(transfers=False)


async def anas(team: HostileTeam) -> Checkpoint:
    session = team.session("ana")
    found = await session.run(logwatch.remembered, session)
    assert found is not None
    return found


async def test_one_size_with_two_roots_is_told_at_once_and_proven_to_anybody(
    team: HostileTeam, tmp_path: Path
) -> None:
    await fresh(team, "ana", "bruno")
    own = await anas(team)
    other = checkpoint.sign(team.hostile.receipt_key, Checkpoint(own.size, b"o" * 32))

    await ana_hears(team, other)

    await team.named("ana", "access-log-views", "Bruno Keller", f"{own.size} rows")
    await team["ana"].export_log_dispute(tmp_path / "proof")
    found = logdispute.check((tmp_path / "proof").read_bytes())
    assert found.proven
    assert {found.first.root, found.second.root} == {own.root, b"o" * 32}


async def test_more_rows_than_the_store_has_afterwards_is_told(team: HostileTeam) -> None:
    await fresh(team, "ana", "bruno")
    many = Checkpoint((await anas(team)).size + 1_000, bytes(32))

    await ana_hears(team, checkpoint.sign(team.hostile.receipt_key, many))
    await team.calm("ana")
    await look(team, "ana")

    await team.named("ana", "access-log-views", f"{many.size} rows")


async def test_a_proof_that_the_store_will_not_give_is_told(team: HostileTeam) -> None:
    await fresh(team, "ana", "bruno")
    few = Checkpoint((await anas(team)).size - 1, b"f" * 32)

    await ana_hears(team, checkpoint.sign(team.hostile.receipt_key, few))
    await look(team, "ana")

    await team.named("ana", "access-log-views", f"{few.size} rows")


async def test_a_head_that_the_store_did_not_sign_is_refused_by_name(team: HostileTeam) -> None:
    await fresh(team, "ana", "bruno")
    thief = StoreKey.generate(Seeded(b"thief"))

    await ana_hears(team, checkpoint.sign(thief, Checkpoint(5, bytes(32))))

    await team.named("ana", "forged", "Bruno Keller")
    assert await heard(team, "ana") == ""


async def test_two_notes_that_say_the_same_prove_nothing(team: HostileTeam) -> None:
    await fresh(team, "ana")
    key = team.hostile.receipt_key
    note = checkpoint.sign(key, Checkpoint(5, bytes(32)))
    same = LogDispute(version=1, store=key.public, first=note, second=note)

    with pytest.raises(RefusedError):
        logdispute.check(codec.encode(same))
    with pytest.raises(NotFoundError):
        await team["ana"].export_log_dispute(Path("nowhere"))
