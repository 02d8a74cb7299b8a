"""Closing: forged and pretended closings wipe nothing; a suppressed one does not stop the clock."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from crypto import signatures
from jitclient.foundation.clock import SystemClock
from jitclient.views import SpaceState
from protocol.api.accounts import Problem
from protocol.api.spaces import LogReply, SpacesReply, WipesReply
from protocol.ids import SpaceId
from protocol.membership import Entry, EntryKind
from protocol.receipts import DownloadProof, Receipt, ReceiptKind
from tests.support.hostile import Exchange
from tests.support.hostile_log import actor, entry, roster, serves_entries
from tests.support.hostile_team import HostileTeam, at_work_with_hostile_store
from tests.support.people import make_person

pytestmark = pytest.mark.asyncio(loop_scope="module")

MALLORY = make_person("mallory")
DAY = 86_400


class Later(SystemClock):
    """The machine's clock, and what has passed since."""

    ahead = 0

    def now(self) -> int:
        """Whole seconds since 1970-01-01 UTC."""
        return super().now() + self.ahead


async def open_and_whole(team: HostileTeam, who: str, texts: list[str]) -> bool:
    """Whether a person's copy is as it was."""
    space = (await team[who].space(team.space)).row
    folder = team.profile(who) / "spaces" / team.space.hex()
    return (
        space.state is SpaceState.OPEN
        and (await team.texts(who)) == texts
        and any(folder.iterdir())
        and await team[who].wipes(team.space) == ()
    )


@pytest.mark.parametrize("author", ["a stranger", "an investigator"])
async def test_a32_a_closing_no_administrator_signed_wipes_nothing(
    team: HostileTeam, author: str
) -> None:
    before = await team.texts("eva")
    if author == "a stranger":
        name, key, words = actor(team, "ana"), MALLORY.dsk, "Ana Lima"
    else:
        name, key, words = actor(team, "bruno"), team.session("bruno").signing, "Bruno Keller"
    forged = entry(roster(team, "eva", team.space), EntryKind.CLOSE, name, key)
    deed = serves_entries(team, team.space, "eva", forged)
    await team["eva"].sync_now()

    assert deed.count >= 1
    assert await open_and_whole(team, "eva", before)
    await team.named("eva", "forged-closing", words, "Operation Albatross", "Nothing was wiped")


async def test_a32_the_closing_of_one_space_does_not_close_another(team: HostileTeam) -> None:
    other = await team.new_space("JIT 2026/101", "eva")
    await team["ana"].close_space(other, "done")
    log = (await team["ana"].api.log(other, 0)).entries
    before = await team.texts("eva")
    deed = serves_entries(team, team.space, "eva", log[-1])
    await team["eva"].sync_now()

    assert deed.count >= 1
    assert signatures.peek(log[-1], Entry).kind is EntryKind.CLOSE
    assert await open_and_whole(team, "eva", before)
    await team.named("eva", "other-space", "Operation Albatross", "Nothing was wiped")


async def test_a32_a_store_that_says_closed_wipes_nothing(team: HostileTeam) -> None:
    """In the list of spaces, and as its answer to everything about the space."""
    before = await team.texts("eva")

    def closed(reply: SpacesReply) -> SpacesReply:
        return replace(reply, spaces=tuple(replace(s, closed=True) for s in reply.spaces))

    def refuse(exchange: Exchange) -> bool:
        exchange.status = 410
        exchange.headers = {"content-type": "application/problem+json"}
        exchange.body = msgspec.json.encode(Problem(status=410, code="space-closed"))
        return True

    eva = team.device("eva")
    listed = team.hostile.rewrites(SpacesReply, "/v1/spaces$", closed, to=eva)
    refused = team.hostile.swallows("POST", f"/{team.space.hex()}/messages", refuse, to=eva)
    sent = await team["eva"].send(team.space, "is it closed?")
    await team["eva"].sync_now()

    assert listed.count >= 1
    assert refused.count >= 1
    assert await open_and_whole(team, "eva", [*before, "is it closed?"])
    row = await team["eva"].message(team.space, sent.message)
    assert row.state.value == "refused"
    assert "closed" in row.problem


async def test_a33_a_suppressed_closing_does_not_stop_the_local_clock(
    template: Path, tmp_path: Path
) -> None:
    """Ana closes; the store hides it from Bruno, whose retention period then ends."""
    clock = Later()
    folder = tmp_path / "team"
    async with at_work_with_hostile_store(template, folder, "ana", "bruno", clock=clock) as team:
        space = await team["ana"].create_space(
            agreement="JIT 2026/102", signed_on="2026-05-01", title="Thirty", retention_days=30
        )
        await team["ana"].add_member(space, team.user("bruno"))
        await team["ana"].send(space, "to be forgotten")
        await team.settle(rounds=2)
        known = roster(team, "bruno", space).seq
        deed = hides_entries(team, "bruno", space, known)
        await team["ana"].close_space(space, "done")
        await team["bruno"].sync_now()

        assert deed.count >= 1
        assert "to be forgotten" in await team.texts("bruno", space)
        row = (await team["bruno"].space(space)).row
        assert row.deadline is not None

        clock.ahead = 29 * DAY
        await team["bruno"].sync_now()
        assert (await team["bruno"].space(space)).row.state is SpaceState.OPEN
        clock.ahead = 30 * DAY + 60
        report = await team["bruno"].sync_now()

        assert report.spaces_wiped == 1
        detail = await team["bruno"].space(space)
        assert detail.row.state is SpaceState.WIPED
        assert "retention period" in detail.close_reason
        left = [p for p in (team.profile("bruno") / "spaces").rglob("*") if space.hex() in str(p)]
        assert left == []
        mine = [w for w in await team["bruno"].wipes(space) if w.device == team.device("bruno")]
        assert mine[0].wiped_at is not None
    shutil.rmtree(folder, ignore_errors=True)


def hides_entries(team: HostileTeam, who: str, space: SpaceId, known: int) -> object:
    """Show a log only up to an entry."""

    def older(reply: SpacesReply) -> SpacesReply:
        changed = (
            replace(s, seq=known, closed=False) if s.id == space else s for s in reply.spaces
        )
        return replace(reply, spaces=tuple(changed))

    def shorter(reply: LogReply) -> LogReply:
        return replace(reply, entries=(), seq=known)

    to = team.device(who)
    team.hostile.rewrites(LogReply, f"/{space.hex()}/log", shorter, to=to)
    return team.hostile.rewrites(SpacesReply, "/v1/spaces$", older, to=to)


@pytest.mark.parametrize("what", ["download-proof", "other-space", "other-signer", "delivered"])
async def test_a22_something_else_is_no_wipe_receipt(team: HostileTeam, what: str) -> None:
    """Bruno has not wiped; the store shows something else that his device signed."""
    space = await team.new_space(f"JIT 2026/11-{what}", "bruno")
    bruno = team.session("bruno")
    receipt = Receipt(
        version=1,
        kind=ReceiptKind.WIPED,
        space=space,
        message=bytes(16),
        subject=bytes(32),
        sha256=None,
        device=bruno.device,
        device_seq=1,
        prev=bytes(32),
        log_seq=1,
        log_head=bytes(32),
        remaining="nothing at all",
        claimed_at=1_800_000_000,
        nonce=bytes(16),
    )
    proof = DownloadProof(
        version=1,
        space=space,
        file=bytes(16),
        root=bytes(32),
        device=bruno.device,
        claimed_at=1_800_000_000,
    )
    shown = {
        "download-proof": (bruno.signing, proof),
        "other-space": (bruno.signing, replace(receipt, space=team.space)),
        "other-signer": (MALLORY.dsk, receipt),
        "delivered": (bruno.signing, replace(receipt, kind=ReceiptKind.DELIVERED)),
    }
    key, stated = shown[what]
    signed = signatures.sign(key, bruno.device, stated)

    def add(reply: WipesReply) -> WipesReply:
        return replace(reply, receipts=(*reply.receipts, signed))

    deed = team.hostile.rewrites(WipesReply, f"/{space.hex()}/wipes", add, to=team.device("ana"))
    await team["ana"].close_space(space, "done")
    await team["ana"].sync_now()

    assert deed.count >= 1
    wipes = {w.name: w.wiped_at for w in await team["ana"].wipes(space)}
    assert wipes["Bruno Keller"] is None
    assert wipes["Ana Lima"] is not None
    (row,) = await team.alarm_rows("ana")
    assert row.code in {"forged", "malformed"}
    assert "Bruno Keller" in row.sentence
