"""Answers without end or measure, a wrong clock, and what a stolen store gives away."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from crypto import recovery
from jitclient.views import Connection, ExhibitState, SpaceState
from protocol.api.accounts import ServerReply
from tests.support.hostile import Exchange
from tests.support.hostile_team import HostileTeam
from tests.support.people_at_work import PEOPLE, TITLE, evidence_file
from tests.support.traces import traces

pytestmark = pytest.mark.asyncio(loop_scope="module")


def announces_too_much(exchange: Exchange) -> bool:
    """A length of 2^40, before anything of it is sent."""
    exchange.announced = 2**40
    return True


def never_ends(exchange: Exchange) -> bool:
    """Users and users and users."""

    def people() -> Iterator[bytes]:
        yield b'{"users":['
        one = b'{"id":"AAAAAAAAAAAAAAAAAAAAAA==","name":"n","authority":"a","country":"XX",'
        yield from itertools.repeat((one + b'"party":"eppo"},') * 400)

    exchange.endless = people()
    return True


def a_million_spaces(exchange: Exchange) -> bool:
    """10^6 of them, each well formed."""
    one = b'{"id":"AAAAAAAAAAAAAAAAAAAAAA==","seq":9,"closed":false}'
    exchange.body = b'{"spaces":[' + b",".join([one] * 1_000_000) + b"]}"
    return True


def deeply_nested(exchange: Exchange) -> bool:
    """Brackets in brackets."""
    exchange.body = b"[" * 900_000
    return True


def too_many_entries(exchange: Exchange) -> bool:
    """More deliveries than a page may have."""
    one = (
        b'{"index":%d,"space":"AAAAAAAAAAAAAAAAAAAAAA==","message":"AAAAAAAAAAAAAAAAAAAAAA==",'
        b'"envelope":"","body":""}'
    )
    pages = b",".join(one % n for n in range(1, 1000))
    exchange.body = b'{"deliveries":[' + pages + b'],"waiting":0}'
    return True


def huge_numbers(exchange: Exchange) -> bool:
    """A place in the queue that no database can keep."""
    exchange.body = (
        b'{"deliveries":[{"index":%d,"space":"AAAAAAAAAAAAAAAAAAAAAA==",'
        b'"message":"AAAAAAAAAAAAAAAAAAAAAA==","envelope":"","body":""}],"waiting":0}' % 2**64
    )
    return True


def bad_base64(exchange: Exchange) -> bool:
    """Bytes that are none."""
    exchange.body = b'{"spaces":[{"id":"!!!!","seq":1,"closed":false}]}'
    return True


def not_utf8(exchange: Exchange) -> bool:
    """Text that is none."""
    exchange.body = b'{"spaces":[\xff\xfe\xfa]}'
    return True


def compressed(exchange: Exchange) -> bool:
    """A bomb would be compressed, which nobody asked for."""
    exchange.headers["content-encoding"] = "gzip"
    return True


@pytest.mark.parametrize(
    ("route", "act", "code"),
    [
        ("/mailbox", announces_too_much, "limit-exceeded"),
        ("/v1/users$", never_ends, "limit-exceeded"),
        ("/v1/spaces$", a_million_spaces, "limit-exceeded"),
        ("/v1/spaces$", deeply_nested, "malformed"),
        ("/mailbox", too_many_entries, "malformed"),
        ("/mailbox", huge_numbers, "malformed"),
        ("/v1/spaces$", bad_base64, "malformed"),
        ("/v1/spaces$", not_utf8, "malformed"),
        ("/mailbox", compressed, "malformed"),
    ],
    ids=lambda value: getattr(value, "__name__", None) or None,
)
async def test_a29_an_answer_beyond_measure_is_refused_and_told(
    team: HostileTeam, route: str, act: Callable[[Exchange], bool], code: str
) -> None:
    before = await team["bruno"].spaces()
    deed = team.hostile.answers("GET", route, act, to=team.device("bruno"))
    report = await team["bruno"].sync_now()

    assert deed.count >= 1
    assert report.online
    assert await team["bruno"].spaces() == before
    await team.named("bruno", code, "The store")
    status = await team["bruno"].status()
    assert status.connection is Connection.ONLINE
    assert status.problem.startswith("The store")

    team.hostile.behave()
    await team["ana"].send(team.space, f"after {act.__name__}")
    await team.settle("ana", "bruno", rounds=1)
    assert f"after {act.__name__}" in await team.news("bruno")


async def test_a29_a_part_beyond_measure_is_refused(team: HostileTeam, tmp_path: Path) -> None:
    source = evidence_file(tmp_path, "small.img", 20_000)
    row = await team["ana"].add_evidence(team.space, source, to=[team.user("bruno")])
    await team["ana"].sync_now()
    deed = team.hostile.answers("GET", "/parts/0$", announces_too_much, to=team.device("bruno"))
    await team["bruno"].sync_now()

    assert deed.count >= 1
    assert (await team["bruno"].exhibit(team.space, row.file)).state is ExhibitState.CORRUPTED
    await team.named("bruno", "limit-exceeded", "small.img", "Ana Lima")


@pytest.mark.parametrize("years", [-10, 10])
async def test_a31_the_stores_clock_decides_nothing(team: HostileTeam, years: int) -> None:
    """Everything is as with a true clock: no alarm, no wipe, times of one's own."""
    day = "Sun, 01 Nov 2016 08:49:37 GMT" if years < 0 else "Sun, 01 Nov 2036 08:49:37 GMT"

    def shift(exchange: Exchange) -> bool:
        exchange.headers["date"] = day
        if exchange.path.endswith("/v1/server"):
            reply = msgspec.json.decode(exchange.body, type=ServerReply)
            shifted = msgspec.structs.replace(reply, time=reply.time + years * 31_557_600)
            exchange.body = msgspec.json.encode(shifted)
        return True

    deeds = [team.hostile.answers(m, "", shift) for m in ("GET", "POST", "PUT")]
    name = f"in {2026 + years}"
    sent = await team["ana"].send(team.space, name)
    await team["ana"].probe()
    await team.settle(rounds=2)

    assert sum(deed.count for deed in deeds) > 10
    got = await team.row("bruno", name)
    assert abs(got.received_at - sent.claimed_at) < 600
    mine = await team["ana"].message(team.space, sent.message)
    assert mine.on_server_at is not None
    assert abs(mine.on_server_at - sent.claimed_at) < 600
    for who in PEOPLE:
        states = {s.state for s in await team[who].spaces()}
        assert SpaceState.WIPED not in states
    await team.calm(*PEOPLE)


async def test_a34_a_stolen_store_and_its_traffic_give_nothing_away(
    team: HostileTeam, tmp_path: Path
) -> None:
    """Everything on its disk, and everything it was ever told while this ran."""
    marker = b"MARKER-of-the-flat-in-Porto-7F3A"
    source = evidence_file(tmp_path, "informant-Silva.img", 300_000, marker)
    await team["ana"].send(team.space, f"meet at {marker.decode()}")
    row = await team["ana"].add_evidence(
        team.space, source, to=[team.user("bruno")], exhibit="EXH-77-secret"
    )
    await team.settle(rounds=2)
    got = await team["bruno"].exhibit(team.space, row.file)
    assert got.state is ExhibitState.VERIFIED

    secrets = {
        "the text and the file": marker,
        "the file's name": b"informant-Silva.img",
        "the exhibit's number": b"EXH-77-secret",
        "the title": TITLE.encode(),
        "the plaintext's SHA-256": bytes.fromhex(got.sha256),
    }
    for who in PEOPLE:
        identity = team.session(who).identity
        secrets[f"the root of {who}"] = identity.user_root
        secrets[f"the user key of {who}"] = recovery.user_key(identity.user_root).dump()
        secrets[f"the device key of {who}"] = identity.signing_seed
        secrets[f"the identity key of {who}"] = identity.identity_seed
    told = tmp_path / "traffic"
    told.mkdir()
    for number, e in enumerate(team.hostile.seen):
        (told / str(number)).write_bytes(e.path.encode() + b"\n" + e.request + b"\n" + e.body)

    assert len(team.hostile.seen) > 20
    assert (team.store.data_dir / "store.db").stat().st_size > 10_000
    assert traces(team.store.data_dir, secrets) == []
    assert traces(told, secrets) == []
    assert traces(tmp_path, {"the marker": marker}), "the search would find it"
