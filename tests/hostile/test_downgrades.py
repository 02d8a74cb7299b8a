"""Older versions, weaker rules, altered invitations, and what sizes give away."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from crypto.filestream import FileShape
from protocol import invitation as invitations
from protocol.api.accounts import ServerReply
from protocol.api.spaces import Delivery, MailboxReply
from protocol.envelope import Envelope, EnvelopeKind
from protocol.errors import InvitationError, StoreIdentityError
from protocol.invitation import Invitation, from_text, to_text
from protocol.limits import BODY_BUCKETS
from protocol.membership import EntryKind
from sync.api import StoreApi
from sync.transport import Transport
from tests.support.hostile_log import actor, entry, roster, serves_entries
from tests.support.hostile_team import HostileTeam
from tests.support.people_at_work import evidence_file

pytestmark = pytest.mark.asyncio(loop_scope="module")

BEFORE_BODY = 1 + 1 + 16 + 16 + 16 + 4
SEALED_OVERHEAD = 32 + 24 + 16  # commitment, nonce, tag


def with_byte(place: int, value: int) -> Callable[[MailboxReply], MailboxReply | None]:
    """One byte of the first envelope of a page has another value."""

    def one(item: Delivery) -> Delivery:
        changed = bytearray(item.envelope)
        changed[place] = value
        return replace(item, envelope=bytes(changed))

    def change(reply: MailboxReply) -> MailboxReply | None:
        if not reply.deliveries:
            return None
        return replace(reply, deliveries=(one(reply.deliveries[0]), *reply.deliveries[1:]))

    return change


# --- A07: nothing is negotiated, so nothing can be negotiated down -------------------------------


@pytest.mark.parametrize("version", [0, 2, 255])
async def test_a07_an_envelope_of_another_version_is_refused(
    team: HostileTeam, version: int
) -> None:
    await team["ana"].send(team.space, f"as version {version}")
    await team["ana"].sync_now()
    deed = team.hostile.rewrites(
        MailboxReply, "/mailbox", with_byte(0, version), to=team.device("bruno"), times=1
    )
    await team["bruno"].sync_now(transfers=False)

    assert deed.count == 1
    assert await team.news("bruno") == []
    assert [r.code for r in await team.alarm_rows("bruno")] == ["malformed"]


@pytest.mark.parametrize("suite", [0, 2])
async def test_a07_a_session_start_of_another_suite_starts_nothing(
    team: HostileTeam, suite: int
) -> None:
    """The suite is the first byte of a session start; the space's own stands in its beginning."""
    bruno = team.device("bruno")
    deed = team.hostile.rewrites(
        MailboxReply, "/mailbox", with_byte(BEFORE_BODY, suite), to=bruno, times=1
    )
    space = await team["ana"].create_space(
        agreement=f"JIT 2026/70{suite}", signed_on="2026-05-01", title="Older"
    )
    await team["ana"].add_member(space, team.user("bruno"))
    await team.settle("ana", "bruno", rounds=1)

    assert deed.count == 1
    first = team.hostile.delivered(bruno)[-1]
    assert Envelope.unpack(first.envelope).kind is EnvelopeKind.INIT
    rows = await team["bruno"].messages(space)
    assert any("could not be opened" in row.text for row in rows)  # told, and asked for again
    assert roster(team, "bruno", space).genesis.suite == 1


async def test_a07_what_the_store_says_it_speaks_changes_nothing(team: HostileTeam) -> None:
    def older(reply: ServerReply) -> ServerReply:
        return replace(reply, versions=(0,), product="jitstore 0.0 (cleartext)")

    team.hostile.rewrites(ServerReply, "/v1/server$", older)
    await team["ana"].probe()
    await team["ana"].send(team.space, "as ever")
    await team.settle("ana", "bruno", rounds=1)

    (posted,) = team.hostile.posted(team.device("ana"))[-1:]
    assert all(packed[0] == 1 for packed in posted.envelopes)
    assert b"as ever" not in posted.body
    assert "as ever" in await team.news("bruno")


# --- A09: an invitation carries no secret of a space, and names one store ------------------------


async def test_a09_an_invitation_altered_anywhere_is_refused(team: HostileTeam) -> None:
    line = team.store.invite("Greta Holm", "Police", "SE", "member-state")

    for place in range(len(invitations.PREFIX), len(line)):
        other = "A" if line[place] != "A" else "B"
        with pytest.raises(InvitationError):
            from_text(line[:place] + other + line[place + 1 :])


async def test_a09_an_invitation_to_another_certificate_reaches_nobody(team: HostileTeam) -> None:
    """Somebody who makes the line anew, checksum and all, still does not have the store's key."""
    line = team.store.invite("Greta Holm", "Police", "SE", "member-state")
    moved = from_text(to_text(replace(from_text(line), certificate=b"\x07" * 32)))
    seen = len(team.hostile.seen)

    async with Transport(moved.address, moved.certificate, timeout=60) as transport:
        with pytest.raises(StoreIdentityError):
            await StoreApi(transport, None).server()

    assert len(team.hostile.seen) == seen


async def test_a09_an_invitation_holds_no_key_of_any_space(team: HostileTeam) -> None:
    line = team.store.invite("Greta Holm", "Police", "SE", "member-state")
    raw = base64.urlsafe_b64decode(line.removeprefix(invitations.PREFIX) + "==")

    assert Invitation.__struct_fields__ == (
        "version",
        "address",
        "certificate",
        "store_key",
        "user",
        "code",
    )
    for who in ("ana", "bruno"):
        identity = team.session(who).identity
        assert identity.signing_seed not in raw
        assert identity.user_root not in raw


# --- A28: sizes leave in steps -------------------------------------------------------------------


async def test_a28_the_length_of_a_text_shows_only_its_bucket(team: HostileTeam) -> None:
    lengths = (1, 40, 100, 180, 400, 900, 3000, 12_000, 50_000)
    for length in lengths:
        await team["ana"].send(team.space, "x" * length)
    await team["ana"].sync_now()

    sizes = {len(p.body) - SEALED_OVERHEAD for p in team.hostile.posted(team.device("ana"))}
    assert len(team.hostile.posted(team.device("ana"))) >= len(lengths)
    assert sizes <= set(BODY_BUCKETS)


async def test_a28_exhibits_of_nearly_the_same_size_look_the_same(
    team: HostileTeam, tmp_path: Path
) -> None:
    sizes = (1_000_000, 1_000_001, 1_003_000)
    for size in sizes:
        source = evidence_file(tmp_path, f"{size}.img", size)
        await team["ana"].add_evidence(team.space, source, to=[team.user("bruno")])
    await team["ana"].sync_now()

    uploaded = [
        len(e.request) for e in team.hostile.seen if e.method == "PUT" and "/parts/0" in e.path
    ]
    assert len(uploaded) >= len(sizes)
    assert len(set(uploaded)) == 1
    assert uploaded[0] == FileShape(sizes[0]).sealed_bytes


# --- A30: rules of a space come from its administrators ------------------------------------------


async def test_a30_a_policy_no_administrator_signed_changes_nothing(team: HostileTeam) -> None:
    """Bruno signs well and may not; the store plays along."""
    space = await team["ana"].create_space(
        agreement="JIT 2026/730", signed_on="2026-05-01", title="Strict", verified_only=True
    )
    await team["ana"].add_member(space, team.user("bruno"))
    await team.settle("ana", "bruno", rounds=2)
    loosened = entry(
        roster(team, "ana", space),
        EntryKind.POLICY,
        actor(team, "bruno"),
        team.session("bruno").signing,
        verified_only=False,
    )
    deed = serves_entries(team, space, "ana", loosened)
    await team["ana"].sync_now()

    assert deed.count >= 1
    assert roster(team, "ana", space).verified_only
    (row,) = await team.alarm_rows("ana")
    assert row.code in {"not-administrator", "log-entry-refused"}
    assert "Bruno Keller" in row.sentence


async def test_a30_nothing_the_store_offers_is_run_or_kept(
    team: HostileTeam, tmp_path: Path
) -> None:
    """There is no channel for programs or settings: unknown fields of an answer are refused."""
    before = sorted(p.name for p in team.profile("bruno").rglob("*"))

    def offer(exchange: object) -> bool:
        body: bytes = exchange.body  # type: ignore[attr-defined]
        if not body.startswith(b"{"):
            return False
        exchange.body = b'{"update":"https://localhost/new.bin","lock":false,' + body[1:]  # type: ignore[attr-defined]
        return True

    deed = team.hostile.answers("GET", "/v1/spaces$", offer, to=team.device("bruno"))
    await team["bruno"].sync_now()

    assert deed.count >= 1
    await team.named("bruno", "malformed", "The store")
    assert sorted(p.name for p in team.profile("bruno").rglob("*")) == before
