"""Many small exhibits in one answer: a lie about one is found out, and spoils no other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from crypto import signatures
from jitclient.grouping import TOGETHER_FROM
from jitclient.views import ExhibitState
from protocol.api.smallfiles import FetchSmallReply, StoreSmallReply
from protocol.ids import FileId
from protocol.receipts import StoreReceipt
from tests.support.hostile_team import HostileTeam
from tests.support.people_at_work import evidence_file

pytestmark = pytest.mark.asyncio(loop_scope="module")

COUNT = TOGETHER_FROM + 2
Parts = tuple[bytes, ...]


async def offer(team: HostileTeam, folder: Path, label: str) -> list[FileId]:
    """Small exhibits of Ana for Bruno, not yet at the store."""
    found = []
    for number in range(COUNT):
        source = evidence_file(folder, f"{label}-{number}.txt", 900)
        row = await team["ana"].add_evidence(team.space, source, to=[team.user("bruno")])
        found.append(row.file)
    return found


async def states(team: HostileTeam, who: str, files: list[FileId]) -> list[ExhibitState]:
    return [(await team[who].exhibit(team.space, file)).state for file in files]


def turned(parts: Parts) -> Parts:
    """One bit of one of them."""
    changed = bytearray(parts[3])
    changed[500] ^= 1
    return (*parts[:3], bytes(changed), *parts[4:])


def exchanged(parts: Parts) -> Parts:
    """One for another."""
    return (parts[0], parts[2], parts[1], *parts[3:])


def cut(parts: Parts) -> Parts:
    """One of them ends early."""
    return (*parts[:-1], parts[-1][:-16])


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        pytest.param(turned, 1, id="a10-bit-in-one"),
        pytest.param(exchanged, 2, id="a13-one-for-another"),
        pytest.param(cut, 1, id="a12-one-cut"),
    ],
)
async def test_an_altered_one_is_never_released_and_the_others_are(
    team: HostileTeam,
    tmp_path: Path,
    change: Callable[[Parts], Parts],
    wrong: int,
    request: pytest.FixtureRequest,
) -> None:
    files = await offer(team, tmp_path, request.node.callspec.id)
    await team["ana"].sync_now()
    deed = team.hostile.rewrites(
        FetchSmallReply,
        "/small-files/parts$",
        lambda reply: replace(reply, parts=change(reply.parts)),
        method="POST",
        to=team.device("bruno"),
        times=1,
    )

    await team["bruno"].sync_now()

    assert deed.count == 1
    now = await states(team, "bruno", files)
    assert now.count(ExhibitState.CORRUPTED) == wrong
    assert now.count(ExhibitState.VERIFIED) == COUNT - wrong
    alarms = await team.alarm_rows("bruno")
    assert {alarm.code for alarm in alarms} <= {"part-corrupted", "forged"}
    assert len(alarms) == wrong
    bad = [file for file, state in zip(files, now, strict=True) if state is ExhibitState.CORRUPTED]
    for file in bad:
        await team["bruno"].resume(team.space, file)
    await team["bruno"].sync_now()
    assert set(await states(team, "bruno", files)) == {ExhibitState.VERIFIED}


async def test_too_few_parts_release_nothing_and_are_an_alarm(
    team: HostileTeam, tmp_path: Path
) -> None:
    files = await offer(team, tmp_path, "few")
    await team["ana"].sync_now()
    deed = team.hostile.rewrites(
        FetchSmallReply,
        "/small-files/parts$",
        lambda reply: replace(reply, parts=reply.parts[1:]),
        method="POST",
        to=team.device("bruno"),
        times=1,
    )

    await team["bruno"].sync_now()

    assert deed.count == 1
    now = await states(team, "bruno", files)
    assert now == [ExhibitState.CORRUPTED] + [ExhibitState.VERIFIED] * (COUNT - 1)
    await team.named("bruno", "malformed", "few-0.txt")


async def test_a23_receipts_that_do_not_hold_hand_over_nothing(
    team: HostileTeam, tmp_path: Path
) -> None:
    """The first two are exchanged, the third is about another root."""
    files = await offer(team, tmp_path, "receipts")

    def lie(reply: StoreSmallReply) -> StoreSmallReply:
        first, second, third, *others = reply.receipts
        key = team.hostile.receipt_key
        true = signatures.verify_store(third, key.public, StoreReceipt)
        false = signatures.sign_store(key, replace(true, subject=bytes(32)))
        return replace(reply, receipts=(second, first, false, *others))

    deed = team.hostile.rewrites(
        StoreSmallReply, "/small-files$", lie, method="POST", to=team.device("ana"), times=1
    )

    await team["ana"].sync_now()

    assert deed.count == 1
    now = await states(team, "ana", files)
    assert now[:3] == [ExhibitState.CORRUPTED] * 3
    assert set(now[3:]) == {ExhibitState.ON_SERVER}
    assert {alarm.code for alarm in await team.alarm_rows("ana")} == {"forged"}
    await team["bruno"].sync_now()
    known = {row.file for row in await team["bruno"].exhibits(team.space)}
    assert known & set(files) == set(files[3:])


async def test_a_store_that_refuses_many_at_once_gets_them_one_by_one(
    team: HostileTeam, tmp_path: Path
) -> None:
    files = await offer(team, tmp_path, "old")

    def refuse(exchange: object) -> bool:
        exchange.status, exchange.body, exchange.headers = 404, b"{}", {}  # type: ignore[attr-defined]
        return True

    deed = team.hostile.answers("POST", "/small-files", refuse)

    await team.settle("ana", "bruno", rounds=2)

    assert deed.count >= 3
    assert set(await states(team, "bruno", files)) == {ExhibitState.VERIFIED}
    assert set(await states(team, "ana", files)) == {ExhibitState.ON_SERVER}
    told = await team["ana"].exhibit(team.space, files[0])
    assert [one.at is not None for one in told.recipients] == [True]
