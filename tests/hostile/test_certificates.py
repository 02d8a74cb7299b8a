"""Somebody between with a certificate that the store's long-term key does not vouch for now."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import msgspec
import pytest

from crypto import signatures
from crypto.signatures import StoreKey
from jitclient import succession
from jitclient.session import Session
from localstore import devices
from localstore.connection import transaction
from protocol.api.accounts import ServerReply
from protocol.certificates import StoreCertificate
from protocol.errors import ForgedError, StoreIdentityError
from protocol.receipts import StoreReceipt
from protocol.records import Record
from sync.transport import Transport
from tests.support.entropy import Seeded
from tests.support.hostile_team import HostileTeam
from tests.sync.server import Reply, Request, Server, identity, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")

DAY = 86_400
PATH = "/v1/certificate"
MIDDLE = identity("middle")
KNOWN = 1_000
"""The number of the certificate in use, as every device of these tests remembers it."""


@dataclass
class Ground:
    """What a statement of these tests is made of: all of it good, until a test changes it."""

    session: Session
    key: StoreKey

    def record(self, **changed: object) -> StoreCertificate:
        now = self.session.clock.now()
        good = StoreCertificate(
            version=1,
            store=self.key.public,
            number=KNOWN + 1,
            certificate=MIDDLE.pin,
            not_before=now - DAY,
            not_after=now + DAY,
        )
        return msgspec.structs.replace(good, **changed)

    def sign(self, record: Record, key: StoreKey | None = None) -> bytes:
        return signatures.sign_store(key or self.key, record)


async def ground(team: HostileTeam) -> Ground:
    """Bruno's device has heard the number of the certificate that it knows."""
    found = Ground(team.session("bruno"), team.hostile.receipt_key)
    own = found.session.identity.store_certificate
    stated = found.sign(found.record(certificate=own, number=KNOWN))
    await found.session.run(_hear_only, found.session, stated)
    return found


def _hear_only(session: Session, stated: bytes) -> None:
    with transaction(session.stores.device):
        devices.set_setting(session.stores.device, succession.NUMBER, "")
        devices.set_setting(session.stores.device, succession.NEXT, "")
    succession.heard(session, [stated])


async def meet(found: Ground, *statements: bytes) -> Server:
    """Bruno's device asks the store something, and whoever stands between answers."""

    async def answer(request: Request) -> Reply:
        if request.path == PATH:
            return Reply(body=_reply(statements))
        told = ServerReply(product="middle", versions=(1,), store_key=bytes(32), time=0)
        return Reply(body=msgspec.json.encode(told))

    session = found.session
    async with serving(answer, who=MIDDLE) as server:
        judge = succession.judge_of(session)
        pin = session.identity.store_certificate
        async with Transport(server.address, pin, timeout=60, judge=judge) as line:
            await line.request("GET", "/v1/server", token="secret", reply=ServerReply)
    return server


async def refused(found: Ground, *statements: bytes, status: int = 200) -> None:
    """It believes nothing, sends nothing but one GET without a token, and remembers nothing."""
    before, heard = found.session.identity, list[Server]()

    async def answer(request: Request) -> Reply:
        return Reply(status=status, body=_reply(statements))

    async with serving(answer, who=MIDDLE) as server:
        heard.append(server)
        judge = succession.judge_of(found.session)
        pin = before.store_certificate
        async with Transport(server.address, pin, timeout=60, judge=judge) as line:
            with pytest.raises(StoreIdentityError):
                await line.request("GET", "/v1/server", token="secret", reply=ServerReply)
    (server,) = heard
    assert server.paths() == [f"GET {PATH}"]
    assert "authorization" not in server.requests[0].headers
    assert server.requests[0].body == b""
    db = found.session.stores.device
    assert found.session.identity == before == await found.session.run(devices.load_identity, db)
    assert await found.session.run(devices.setting, db, succession.NUMBER) == str(KNOWN)


def _reply(statements: tuple[bytes, ...]) -> bytes:
    encoded = [base64.b64encode(one).decode() for one in statements]
    return msgspec.json.encode({"statements": encoded})


async def test_a_certificate_without_a_statement_gets_one_bare_question(team: HostileTeam) -> None:
    found = await ground(team)

    await refused(found)
    await refused(found, status=404)


async def test_garbage_and_things_of_other_kinds_are_no_statements(team: HostileTeam) -> None:
    found = await ground(team)
    receipt = StoreReceipt(
        version=1, space=bytes(16), item=bytes(16), subject=MIDDLE.pin, stored_at=1
    )

    await refused(found, b"", b"garbage", b"x" * 500)
    await refused(found, b"x" * 2_000)
    await refused(found, found.sign(receipt))


@pytest.mark.parametrize(
    ("what", "changed"),
    [
        ("an old one: its number is not above the remembered one", {"number": KNOWN}),
        ("a much older one", {"number": 1}),
        ("another certificate's, with which somebody else's key goes", {"certificate": bytes(32)}),
        ("of another store", {"store": bytes(32)}),
    ],
)
async def test_a_true_statement_that_says_something_else_does_not_do(
    team: HostileTeam, what: str, changed: dict[str, object]
) -> None:
    found = await ground(team)

    await refused(found, found.sign(found.record(**changed)))


@pytest.mark.parametrize("days", [(-9, -1), (1, 9)])
async def test_an_expired_one_or_one_of_tomorrow_does_not_do(
    team: HostileTeam, days: tuple[int, int]
) -> None:
    found = await ground(team)
    now = found.session.clock.now()
    first, last = (now + DAY * day for day in days)

    await refused(found, found.sign(found.record(not_before=first, not_after=last)))


async def test_a_statement_of_another_key_does_not_do(team: HostileTeam) -> None:
    found = await ground(team)
    thief = StoreKey.generate(Seeded(b"thief"))

    await refused(found, found.sign(found.record(), thief))
    await refused(found, found.sign(found.record(store=thief.public), thief))


async def test_every_flipped_byte_of_a_good_statement_spoils_it(team: HostileTeam) -> None:
    found = await ground(team)
    good = found.sign(found.record())

    def spoilt() -> list[int]:
        return [
            place
            for place in range(len(good))
            if succession.judge(
                found.session,
                MIDDLE.pin,
                good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :],
            )
        ]

    assert await found.session.run(spoilt) == []


async def test_what_the_known_store_announces_must_be_its_keys(team: HostileTeam) -> None:
    found = await ground(team)
    thief = StoreKey.generate(Seeded(b"thief"))
    false = found.sign(found.record(), thief)

    with pytest.raises(ForgedError):
        await found.session.run(succession.heard, found.session, [false])

    await refused(found)


async def test_the_control_a_good_statement_is_followed_and_only_then_is_anything_sent(
    team: HostileTeam,
) -> None:
    found = await ground(team)
    before = found.session.identity
    try:
        server = await meet(found, found.sign(found.record(number=1)), found.sign(found.record()))

        assert server.paths() == [f"GET {PATH}", "GET /v1/server"]
        assert "authorization" not in server.requests[0].headers
        assert found.session.identity.store_certificate == MIDDLE.pin
        await _back_is_refused(found, before.store_certificate)
    finally:
        await found.session.run(_as_before, found.session, before)


async def _back_is_refused(found: Ground, old: bytes) -> None:
    """The certificate before, stolen, with the statement that was once good for it."""
    stale = found.sign(found.record(certificate=old, number=KNOWN))
    assert not await found.session.run(succession.judge, found.session, old, stale)


async def test_what_was_announced_before_needs_no_question(team: HostileTeam) -> None:
    found = await ground(team)
    before = found.session.identity
    announced = found.sign(found.record())
    await found.session.run(succession.heard, found.session, [announced])
    try:
        server = await meet(found)

        assert server.paths() == ["GET /v1/server"]
        assert found.session.identity.store_certificate == MIDDLE.pin
    finally:
        await found.session.run(_as_before, found.session, before)


def _as_before(session: Session, before: devices.Identity) -> None:
    with transaction(session.stores.device):
        devices.repin(session.stores.device, before.store_certificate)
    session.identity = before
