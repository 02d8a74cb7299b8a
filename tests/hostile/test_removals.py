"""F14 with a store that plays along: removed in the midst of an upload, one's own or another's."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from centralstore.posting import body_digest
from crypto import signatures
from jitclient.views import ExhibitState, SpaceState
from protocol.api.files import AnnounceRequest, CompleteRequest, FileReply, FileState
from protocol.api.spaces import Delivery, PostMessageRequest, StoredReply
from protocol.envelope import Envelope
from protocol.ids import FileId, SpaceId, mailbox_id
from protocol.receipts import StoreReceipt
from tests.hostile.test_bad_members import shows_old
from tests.support.hostile import Exchange
from tests.support.hostile_team import HostileTeam
from tests.support.people_at_work import evidence_file, until

pytestmark = pytest.mark.asyncio(loop_scope="module")


def busy(exchange: Exchange) -> bool:
    """Not now."""
    exchange.status, exchange.body = 503, b""
    return True


def signs(team: HostileTeam, space: SpaceId, exchange: Exchange, item: bytes, what: bytes) -> bool:
    """The store's own receipt, for something it does not keep."""
    receipt = StoreReceipt(version=1, space=space, item=item, subject=what, stored_at=1)
    signed = signatures.sign_store(team.hostile.receipt_key, receipt)
    exchange.status, exchange.headers = 200, {"content-type": "application/json"}
    exchange.body = msgspec.json.encode(StoredReply(receipt=signed))
    return True


def announced(exchange: Exchange) -> bool:
    """The store has every part already, it says."""
    asked = msgspec.json.decode(exchange.request, type=AnnounceRequest)
    reply = FileReply(
        file=asked.file,
        state=FileState.RECEIVING,
        parts=asked.parts,
        sealed_bytes=asked.sealed_bytes,
        stored=tuple(range(asked.parts)),
        verified_by=(),
        erase_reason=None,
        expires_at=2**33,
    )
    exchange.status, exchange.headers = 200, {"content-type": "application/json"}
    exchange.body = msgspec.json.encode(reply)
    return True


async def test_f14_an_uploader_removed_midway_hands_nothing_over_even_with_the_store(
    team: HostileTeam, tmp_path: Path
) -> None:
    """The store hides the removal from Bruno, signs for his file, and delivers his notice."""
    space = await team.new_space("JIT 2026/301", "bruno", "eva")
    bruno = team.device("bruno")
    held = team.hostile.swallows("POST", "/complete$", busy, to=bruno)
    source = evidence_file(tmp_path, "disk.img", 30_000)
    row = await team["bruno"].add_evidence(space, source, to=[team.user("ana"), team.user("eva")])
    await team["bruno"].sync_now(transfers=False)

    async def midway() -> bool:
        return held.count > 0

    await until(team["bruno"], midway)
    await team["bruno"].pause(space, row.file)
    shows_old(team, space)
    await team["ana"].remove_member(space, team.user("bruno"), "Left the team")
    held.end()

    def complete(exchange: Exchange) -> bool:
        asked = msgspec.json.decode(exchange.request, type=CompleteRequest)
        return signs(team, space, exchange, row.file, asked.root)

    kept: list[PostMessageRequest] = []

    def keep(exchange: Exchange) -> bool:
        asked = msgspec.json.decode(exchange.request, type=PostMessageRequest)
        kept.append(asked)
        return signs(team, space, exchange, asked.message, body_digest(asked.body))

    route = f"/{space.hex()}"
    team.hostile.swallows("POST", f"{route}/files/{row.file.hex()}/complete$", complete, to=bruno)
    team.hostile.swallows("POST", f"{route}/files$", announced, to=bruno)
    team.hostile.swallows("POST", f"{route}/messages", keep, to=bruno)
    await team["bruno"].resume(space, row.file)
    await team["bruno"].sync_now()

    mine = await team["bruno"].exhibit(space, row.file)
    assert mine.state is ExhibitState.ON_SERVER, "to Bruno all is well"
    assert kept
    for who in ("ana", "eva"):
        wanted = mailbox_id(space, team.device(who))
        items = [
            Delivery(index=0, space=space, message=k.message, envelope=e, body=k.body)
            for k in kept
            for e in k.envelopes
            if Envelope.unpack(e).to == wanted
        ]
        deed = team.hostile.delivers(team.device(who), *items)
        await team[who].sync_now()
        assert deed.count == 1
        assert await team[who].exhibits(space) == ()
        await team.named(who, "removed-sender", "Bruno Keller", "after being removed")
    await team["eva"].send(space, "we go on")
    await team.settle("eva", "ana", rounds=1)
    assert "we go on" in await team.texts("ana", space)


async def test_f14_whoever_is_removed_during_an_upload_to_him_gets_neither_notice_nor_key(
    team: HostileTeam, tmp_path: Path
) -> None:
    space = await team.new_space("JIT 2026/302", "bruno", "eva")
    held = team.hostile.swallows("POST", "/complete$", busy, to=team.device("ana"))
    source = evidence_file(tmp_path, "plan.img", 30_000)
    row = await team["ana"].add_evidence(space, source, to=[team.user("bruno"), team.user("eva")])
    await team["ana"].sync_now(transfers=False)

    async def midway() -> bool:
        return held.count > 0

    await until(team["ana"], midway)
    await team["ana"].pause(space, row.file)
    await team["ana"].remove_member(space, team.user("bruno"), "Left the team")
    team.hostile.seen.clear()
    held.end()
    await team["ana"].resume(space, row.file)
    await team["ana"].sync_now()
    await team["eva"].sync_now()

    (posted,) = [p for p in team.hostile.posted(team.device("ana")) if p.body]
    addressed = {Envelope.unpack(e).to for e in posted.envelopes}
    assert addressed == team.mailboxes("eva", space=space)
    items = (
        Delivery(index=0, space=space, message=posted.message, envelope=e, body=posted.body)
        for e in posted.envelopes
    )
    team.hostile.delivers(team.device("bruno"), *items)
    await team["bruno"].sync_now()
    assert (await team["bruno"].space(space)).row.state is SpaceState.LEFT
    assert await team["bruno"].exhibits(space) == ()
    (got,) = await team["eva"].exhibits(space)
    assert (got.name, got.state) == ("plan.img", ExhibitState.VERIFIED)
    assert FileId(got.file) == row.file
