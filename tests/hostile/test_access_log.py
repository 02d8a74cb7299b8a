"""R25.3: an access log that was cut, rewritten, forked or stands still is told to its people."""

from __future__ import annotations

import msgspec
import pytest

from crypto import checkpoint
from crypto.checkpoint import Checkpoint
from crypto.signatures import StoreKey
from jitclient import logwatch
from localstore import devices
from localstore.connection import transaction
from protocol.api.accounts import Problem
from protocol.api.logs import CheckpointReply, ConsistencyReply, OwnRowsReply
from tests.centralstore import logs
from tests.support.entropy import Seeded
from tests.support.hostile import Exchange
from tests.support.hostile_team import HostileTeam

pytestmark = pytest.mark.asyncio(loop_scope="module")

LONG_AGO = -(2**40)
HEAD, CONSISTENCY, ROWS = (
    f"/v1/access-log/{what}" for what in ("checkpoint", "consistency", "rows")
)


async def look(team: HostileTeam) -> None:
    """Bruno's device compares in its next round."""
    team.session("bruno").log_watched = LONG_AGO
    await team["bruno"].sync_now(transfers=False)


async def base(team: HostileTeam) -> Checkpoint:
    """Bruno remembers the true log, as after any quiet day."""
    session = team.session("bruno")

    def forget() -> None:
        with transaction(session.stores.device):
            devices.set_setting(session.stores.device, logwatch.REMEMBERED, "")

    await session.run(forget)
    await look(team)
    await look(team)
    await team.calm("bruno")
    return await remembered(team)


async def remembered(team: HostileTeam) -> Checkpoint:
    session = team.session("bruno")
    text = await session.run(devices.setting, session.stores.device, logwatch.REMEMBERED)
    assert text
    return checkpoint.verify(text, session.identity.store_key)


def shows(team: HostileTeam, head: Checkpoint, key: StoreKey | None = None) -> CheckpointReply:
    return CheckpointReply(checkpoint=checkpoint.sign(key or team.hostile.receipt_key, head))


async def test_an_honest_log_is_compared_and_nothing_is_told(team: HostileTeam) -> None:
    before = await base(team)

    await look(team)

    assert (await remembered(team)).size > before.size
    await team.calm("bruno")


async def test_a_log_that_lost_rows_is_told_as_cut(team: HostileTeam) -> None:
    known = await base(team)
    short = Checkpoint(known.size - 3, bytes(32))
    deed = team.hostile.rewrites(CheckpointReply, HEAD, lambda _: shows(team, short))

    await look(team)

    assert deed.count == 1
    await team.named("bruno", "access-log-cut", f"has {short.size} rows", f"had {known.size}")


async def test_two_logs_of_one_size_are_told_as_forked_and_both_kept(team: HostileTeam) -> None:
    known = await base(team)
    other = Checkpoint(known.size, bytes(32))
    team.hostile.rewrites(CheckpointReply, HEAD, lambda _: shows(team, other))

    await look(team)

    await team.named("bruno", "access-log-forked", str(known.size), "jitclient access-log")
    kept = (await team["bruno"].access_log()).disputed
    key = team.session("bruno").identity.store_key
    assert [checkpoint.verify(one, key) for one in kept] == [known, other]


async def test_a_log_that_stands_still_is_told_as_frozen(team: HostileTeam) -> None:
    known = await base(team)
    team.hostile.rewrites(CheckpointReply, HEAD, lambda _: shows(team, known))

    await look(team)

    await team.named("bruno", "access-log-frozen", f"{known.size} rows")


async def test_a_log_that_does_not_continue_the_old_one_is_told_as_rewritten(
    team: HostileTeam,
) -> None:
    known = await base(team)
    other = Checkpoint(known.size + 9, bytes(32))
    team.hostile.rewrites(CheckpointReply, HEAD, lambda _: shows(team, other))

    await look(team)

    await team.named("bruno", "access-log-rewritten", f"the {known.size} rows")


async def test_a_head_that_another_key_signed_is_refused_and_not_remembered(
    team: HostileTeam,
) -> None:
    known = await base(team)
    thief = StoreKey.generate(Seeded(b"thief"))
    head = Checkpoint(known.size + 1, bytes(32))
    team.hostile.rewrites(CheckpointReply, HEAD, lambda _: shows(team, head, thief))

    await look(team)

    await team.named("bruno", "access-log-forged")
    assert await remembered(team) == known


@pytest.mark.parametrize("route", [HEAD, CONSISTENCY, ROWS])
async def test_what_the_store_will_not_show_is_told(team: HostileTeam, route: str) -> None:
    await base(team)

    def refuse(exchange: Exchange) -> bool:
        exchange.status = 404
        exchange.headers["content-type"] = "application/problem+json"
        exchange.body = msgspec.json.encode(Problem(status=404, code="not-found", detail="no"))
        return True

    deed = team.hostile.answers("GET", route, refuse)

    await look(team)

    assert deed.count == 1
    rows = await team.alarm_rows("bruno")
    expected = "access-log-rewritten" if route == CONSISTENCY else "access-log-unproven"
    assert [row.code for row in rows] == [expected]


async def test_a_log_without_what_this_device_did_is_told(team: HostileTeam) -> None:
    await base(team)
    team.hostile.rewrites(OwnRowsReply, ROWS, lambda _: OwnRowsReply(rows=()))

    await look(team)

    await team.named("bruno", "access-log-unproven", "this device did")


async def test_own_rows_altered_anywhere_prove_nothing(team: HostileTeam) -> None:
    await base(team)

    def altered(reply: OwnRowsReply) -> OwnRowsReply:
        first = reply.rows[0]
        row = first.row.replace(b"log.checkpoint", b"log.checkpoinT")
        changed = msgspec.structs.replace(first, row=row)
        return OwnRowsReply(rows=(changed, *reply.rows))

    team.hostile.rewrites(OwnRowsReply, ROWS, altered)

    await look(team)

    await team.named("bruno", "access-log-unproven")


async def test_rows_of_others_prove_nothing(team: HostileTeam) -> None:
    """A row of Ana's, truly in the log and truly proven, among Bruno's own."""
    await base(team)
    await team["ana"].sync_now(transfers=False)
    ana = team.session("ana").user

    def mixed(exchange: Exchange) -> bool:
        reply = msgspec.json.decode(exchange.body, type=OwnRowsReply)
        size = int(exchange.path.rpartition("=")[2])
        foreign = logs.proven_row(team.store.data_dir, ana, size)
        exchange.body = msgspec.json.encode(OwnRowsReply(rows=(*reply.rows, foreign)))
        return True

    deed = team.hostile.answers("GET", ROWS, mixed)

    await look(team)

    assert deed.count == 1
    await team.named("bruno", "access-log-unproven")


async def test_a_proof_that_was_altered_is_no_proof(team: HostileTeam) -> None:
    await base(team)

    def altered(reply: ConsistencyReply) -> ConsistencyReply:
        return ConsistencyReply(path=(bytes(32), *reply.path[1:]))

    team.hostile.rewrites(ConsistencyReply, CONSISTENCY, altered)

    await look(team)

    await team.named("bruno", "access-log-rewritten")


async def test_who_edits_a_row_in_the_file_and_all_hashes_over_it_is_told(
    team: HostileTeam,
) -> None:
    """The store itself serves what is in its file, and signs it: the members notice."""
    await base(team)
    victim = team.session("bruno").identity.user
    logs.rewrite(
        team.store.data_dir,
        "UPDATE access_log SET operation = 'nothing' WHERE id ="
        " (SELECT min(id) FROM access_log WHERE user_id = ?)",
        victim,
    )

    await look(team)

    await team.named("bruno", "access-log-rewritten")
