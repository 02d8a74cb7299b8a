"""A26: a store that makes a device sign in again and again, with challenges of its choice."""

from __future__ import annotations

import msgspec
import pytest

from crypto import signatures
from protocol.api.accounts import ChallengeReply, SessionRequest
from protocol.receipts import Login
from tests.support.hostile import Exchange
from tests.support.hostile_team import HostileTeam

pytestmark = pytest.mark.asyncio(loop_scope="module")

ROUNDS = 12


def logins(team: HostileTeam, who: str) -> list[bytes]:
    """Every sign-in of somebody's device, as it was signed."""
    asked = [
        msgspec.json.decode(e.request, type=SessionRequest).login
        for e in team.hostile.seen
        if e.method == "POST" and e.path.endswith("/v1/sessions")
    ]
    return [one for one in asked if signatures.parse(one).signer == team.device(who)]


def turned_away(exchange: Exchange) -> bool:
    """As if the session had ended."""
    exchange.status = 401
    exchange.headers = {"content-type": "application/problem+json"}
    exchange.body = b'{"status":401,"code":"not-signed-in","detail":"Sign in again."}'
    return True


async def test_a26_endless_sign_ins_are_few_and_give_nothing_but_themselves(
    team: HostileTeam,
) -> None:
    """No key is unwrapped at a sign-in, so its answer tells nothing; nor is it done for ever."""
    deed = team.hostile.answers("GET", "/v1/spaces$", turned_away, to=team.device("bruno"))
    for _ in range(ROUNDS):
        await team["bruno"].sync_now(transfers=False)

    assert deed.count >= ROUNDS
    signed = logins(team, "bruno")
    assert len(signed) <= 2 * ROUNDS
    key = team.session("bruno").own.signing
    for one in signed:
        said = signatures.verify(one, key, Login, signer=team.device("bruno"))
        assert said.__struct_fields__ == ("version", "device", "nonce", "certificate")
        assert said.certificate == team.session("bruno").identity.store_certificate


@pytest.mark.parametrize(
    "nonce", [b"", b"n" * 31, b"n" * 33, b"n" * 4096], ids=["none", "short", "long", "huge"]
)
async def test_a26_a_challenge_of_another_form_is_not_signed(
    team: HostileTeam, nonce: bytes
) -> None:
    team.hostile.rewrites(
        ChallengeReply,
        "/v1/challenges$",
        lambda r: msgspec.structs.replace(r, nonce=nonce),
        method="POST",
    )
    team.hostile.answers("GET", "/v1/spaces$", turned_away, to=team.device("eva"), times=1)
    before = len(logins(team, "eva"))
    await team["eva"].sync_now(transfers=False)
    await team["eva"].sync_now(transfers=False)

    assert len(logins(team, "eva")) == before
    assert {r.code for r in await team.alarm_rows("eva")} <= {"malformed"}
