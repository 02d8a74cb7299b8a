"""Closing: forged and pretended closings wipe nothing; a suppressed one does not stop the clock."""

from __future__ import annotations

import msgspec
import pytest
from msgspec.structs import replace

from crypto import signatures
from jitclient.views import SpaceState
from protocol.api.accounts import Problem
from protocol.api.spaces import SpacesReply, WipesReply
from protocol.membership import Entry, EntryKind
from protocol.receipts import DownloadProof, Receipt, ReceiptKind
from tests.support.hostile import Exchange
from tests.support.hostile_log import actor, entry, roster, serves_entries
from tests.support.hostile_team import HostileTeam
from tests.support.people import make_person

pytestmark = pytest.mark.asyncio(loop_scope="module")

MALLORY = make_person("mallory")


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
