"""Bad members: what somebody with true keys and a bad will can try."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from centralstore.posting import body_digest
from crypto import signatures
from jitclient import handing_over, sealing
from jitclient.place import Place
from jitclient.sealing import Draft, compose
from jitclient.views import ExhibitState, MessageState
from localstore import again, sessions
from protocol.api.spaces import (
    Delivery,
    LogReply,
    PostedReply,
    PostMessageRequest,
    SpacesReply,
    SpaceSummary,
)
from protocol.content import ExhibitNotice, Text
from protocol.envelope import Envelope
from protocol.ids import SpaceId, mailbox_id
from protocol.manifest import Manifest
from protocol.receipts import StoreReceipt
from tests.support.hostile import Exchange
from tests.support.hostile_log import roster
from tests.support.hostile_team import HostileTeam
from tests.support.people_at_work import evidence_file

pytestmark = pytest.mark.asyncio(loop_scope="module")

Edit = Callable[[Manifest], Manifest]


async def handed_over(
    team: HostileTeam, monkeypatch: pytest.MonkeyPatch, folder: Path, name: str, edit: Edit
) -> bytes:
    """Bruno hands Ana an exhibit with a manifest his own program would not have written."""
    honest = handing_over._manifest

    def edited(at: Place, *facts: object) -> Manifest:
        return edit(honest(at, *facts))  # type: ignore[arg-type]

    monkeypatch.setattr(handing_over, "_manifest", edited)
    source = evidence_file(folder, name, 30_000)
    row = await team["bruno"].add_evidence(team.space, source, to=[team.user("ana")], again=True)
    await team["bruno"].sync_now()
    assert (await team["bruno"].exhibit(team.space, row.file)).state is ExhibitState.ON_SERVER
    await team["ana"].sync_now()
    return row.file


async def test_a_wrong_hash_for_ones_own_file_is_found_and_not_released(
    team: HostileTeam, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = await handed_over(
        team, monkeypatch, tmp_path, "wrong.img", lambda m: replace(m, sha256=b"w" * 32)
    )

    row = next(e for e in await team["ana"].exhibits(team.space) if e.file == file)
    assert row.state is ExhibitState.CORRUPTED
    assert [r.at for r in row.recipients] == [None]
    await team.named("ana", "hash-mismatch", "wrong.img", "Bruno Keller")


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param(lambda m: replace(m, padded=m.padded + 1), id="padded"),
        pytest.param(lambda m: replace(m, parts=m.parts + 1), id="parts"),
        pytest.param(lambda m: replace(m, size=m.size * 1000), id="size"),
        pytest.param(lambda m: replace(m, space=b"s" * 16), id="other-space"),
        pytest.param(lambda m: replace(m, name="../../.bashrc"), id="path"),
        pytest.param(lambda m: replace(m, name="C:\\Windows\\x"), id="windows-path"),
        pytest.param(lambda m: replace(m, name=".."), id="parent"),
        pytest.param(lambda m: replace(m, commitment=b"c" * 32), id="commitment"),
        pytest.param(lambda m: replace(m, facts=(("colour", "red"),)), id="unknown-fact"),
        pytest.param(lambda m: replace(m, facts=(("title", "x" * 201),)), id="long-fact"),
        pytest.param(lambda m: replace(m, facts=(("handling", "H3"),)), id="bare-h3"),
        pytest.param(
            lambda m: replace(m, facts=(("folder-path", f"../x/{m.name}"),)), id="path-out"
        ),
        pytest.param(
            lambda m: replace(m, facts=(("folder-path", "Phone/other.img"),)), id="path-elsewhere"
        ),
        pytest.param(
            lambda m: replace(m, facts=(("acquired-sha256", "a" * 64),)), id="other-acquisition"
        ),
    ],
)
async def test_a_manifest_that_contradicts_itself_is_refused(
    team: HostileTeam, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, edit: Edit
) -> None:
    file = await handed_over(team, monkeypatch, tmp_path, "twisted.img", edit)

    states = [e.state for e in await team["ana"].exhibits(team.space) if e.file == file]
    assert states in ([], [ExhibitState.CORRUPTED])
    (row,) = await team.alarm_rows("ana")
    assert row.code in {"forged", "malformed"}
    assert "Bruno Keller" in row.sentence


async def test_a_manifest_that_is_none_is_refused(team: HostileTeam) -> None:
    def send(at: Place) -> None:
        notice = ExhibitNotice(version=1, manifest=b"\x93\xa8manifest\x01\xff", file_key=b"k" * 32)
        compose(at, Draft(content=notice, kind="exhibit", audience=(team.user("ana"),)))

    before = await team["ana"].exhibits(team.space)
    await team.act("bruno", send)
    await team.settle("bruno", "ana", rounds=1)

    assert team.hostile.posted(team.device("bruno"))
    assert await team["ana"].exhibits(team.space) == before
    await team.named("ana", "malformed", "Bruno Keller")


async def test_a_body_that_is_no_record_is_refused(team: HostileTeam) -> None:
    def send(at: Place) -> None:
        body, key_msg = sealing._seal(at, b"\xdf\xff\xff\xff\xff")
        others = at.log.devices((team.user("ana"),))
        sealing._enqueue(at, body, key_msg, others, forced=False)

    await team.act("bruno", send)
    await team.settle("bruno", "ana", rounds=1)

    assert team.hostile.posted(team.device("bruno"))
    assert await team.news("ana") == []
    await team.named("ana", "malformed", "Bruno Keller")


async def test_an_impossible_number_is_refused_and_the_next_message_comes(
    team: HostileTeam, monkeypatch: pytest.MonkeyPatch
) -> None:
    """2^64 - 1 fits the wire and no database."""
    with monkeypatch.context() as patch:
        patch.setattr(sessions, "next_pair_out", lambda *_: 2**64 - 1)
        patch.setattr(again, "keep_to", lambda *_: None)  # his own database could not hold it
        await team["bruno"].send(team.space, "the last number there is")
    await team.settle("bruno", "ana", rounds=1)

    assert await team.news("ana") == []
    await team.named("ana", "malformed", "Bruno Keller", "number")
    await team["bruno"].send(team.space, "and on")
    await team.settle("bruno", "ana", rounds=1)
    assert await team.news("ana") == ["and on"]


async def test_a_name_that_turns_its_own_end_is_shown_as_it_is(
    team: HostileTeam, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    name = "invoice\u202egpj.exe"
    file = await handed_over(
        team, monkeypatch, tmp_path, "invoice.exe", lambda m: replace(m, name=name)
    )

    row = next(e for e in await team["ana"].exhibits(team.space) if e.file == file)
    assert row.name == "invoice\ufffdgpj.exe"
    lines = [r.text for r in await team["ana"].messages(team.space)]
    log = [c.subject for c in await team["ana"].custody(team.space)]
    assert not any("\u202e" in text for text in (*lines, *log))
    assert row.name in lines


async def test_html_and_control_characters_stay_text(team: HostileTeam) -> None:
    text = '<img src="https://evil.example/x.png"><b>seen</b> \x1b[2J\u202egood'

    def send(at: Place) -> None:
        content = Text(version=1, text=text, reply_to=None, mentions=())
        compose(at, Draft(content=content, kind="text", text=text))

    await team.act("bruno", send)
    await team.settle("bruno", "ana", rounds=1)

    shown = '<img src="https://evil.example/x.png"><b>seen</b> \ufffd[2J\ufffdgood'
    assert await team.news("ana") == [shown]


async def test_whoever_writes_on_after_his_removal_is_refused_by_name(team: HostileTeam) -> None:
    """The store plays along: it hides the removal from Bruno, and delivers what he writes."""
    space = await team.new_space("JIT 2026/121", "bruno", "eva")
    bruno, ana = team.device("bruno"), team.device("ana")
    await team["bruno"].send(space, "while I was a member")
    await team.settle("bruno", "ana", rounds=1)
    kept: list[PostMessageRequest] = []

    def keep(exchange: Exchange) -> bool:
        asked = msgspec.json.decode(exchange.request, type=PostMessageRequest)
        kept.append(asked)
        receipt = StoreReceipt(
            version=1,
            space=space,
            item=asked.message,
            subject=body_digest(asked.body),
            stored_at=1,
        )
        exchange.status, exchange.headers = 200, {"content-type": "application/json"}
        exchange.body = msgspec.json.encode(
            PostedReply(receipt=signatures.sign_store(team.hostile.receipt_key, receipt))
        )
        return True

    taken = team.hostile.swallows("POST", f"/{space.hex()}/messages", keep, to=bruno)
    shows_old(team, space)
    await team["ana"].remove_member(space, team.user("bruno"), "Left the team")
    written = await team["bruno"].send(space, "I never left")
    await team["bruno"].sync_now()
    assert taken.count >= 1
    assert (await team["bruno"].message(space, written.message)).state is MessageState.ON_SERVER

    posted = kept[-1]
    sealed = next(
        e for e in map(Envelope.unpack, posted.envelopes) if e.to == mailbox_id(space, ana)
    )
    item = Delivery(
        index=0, space=space, message=posted.message, envelope=sealed.pack(), body=posted.body
    )
    deed = team.hostile.delivers(ana, item)
    await team["ana"].sync_now()

    assert deed.count == 1
    assert "while I was a member" in await team.texts("ana", space)
    assert "I never left" not in await team.texts("ana", space)
    await team.named("ana", "removed-sender", "Bruno Keller", "after being removed")


def shows_old(team: HostileTeam, space: SpaceId) -> None:
    """Bruno is shown the space and its log as they were while he was a member."""
    known = roster(team, "bruno", space).seq

    def listed(reply: SpacesReply) -> SpacesReply:
        old = SpaceSummary(id=space, seq=known, closed=False)
        return replace(reply, spaces=(*(s for s in reply.spaces if s.id != space), old))

    def shorter(reply: LogReply) -> LogReply:
        return replace(reply, entries=(), seq=known)

    bruno = team.device("bruno")
    team.hostile.rewrites(SpacesReply, "/v1/spaces$", listed, to=bruno)
    team.hostile.rewrites(LogReply, f"/{space.hex()}/log", shorter, to=bruno)
