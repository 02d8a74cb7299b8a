"""Rates and quotas: who is counted, what he is told, and that nobody is shut out by another."""

from __future__ import annotations

import http.client
from pathlib import Path

import httpx
import pytest

from centralstore import configuration
from centralstore.errors import LimitedError
from centralstore.limiter import Limiter, Rates, addresses_of, proxies_of, spend
from protocol.api import paths
from protocol.ids import DeviceId, SpaceId, UserId
from tests.centralstore import logs
from tests.centralstore.client import Device, context, enrolled, linked, refused
from tests.centralstore.exhibits import Exhibit
from tests.centralstore.team import team_of
from tests.support.store import StoreHandle, run_jitstore


def configure(store: StoreHandle, **keys: object) -> None:
    """Set keys and start again."""
    file = store.data_dir / configuration.FILE
    kept = [line for line in file.read_text().splitlines() if line.split(" = ")[0] not in keys]
    file.write_text("\n".join([*kept, *(f"{key} = {value}" for key, value in keys.items())]))
    store.stop()
    store.start()


def answers(device: Device, count: int) -> list[httpx.Response]:
    return [device.ask("GET", paths.DEVICES) for _ in range(count)]


def test_a_device_in_a_hurry_is_told_when_to_come_back(own_store: StoreHandle) -> None:
    al, bea = enrolled(own_store, "al"), enrolled(own_store, "bea")
    configure(own_store, device_rate=1, device_burst=20)

    busy = [one for one in answers(al, 60) if one.status_code == 429]

    assert busy
    assert refused(busy[0]) == (429, "store-busy")
    assert 1 <= int(busy[0].headers["retry-after"]) <= 60
    assert busy[0].headers["ratelimit-policy"] == '"device";q=20;w=20'
    assert busy[0].headers["ratelimit"].startswith('"device";r=0;t=')
    assert answers(bea, 1)[0].is_success
    assert own_store.clock is not None
    own_store.clock.advance(10)
    assert answers(al, 1)[0].is_success


def test_who_comes_near_a_limit_is_told_before_he_is_refused() -> None:
    rates = Rates(device=Limiter(2.0, 8.0), account=Limiter(2.0, 100.0))
    rates.learn(b"al", DeviceId(b"al"), UserId(b"al"))

    said = [rates.admit(b"al", 0.0) for _ in range(8)]

    assert said[:6] == [None] * 6
    assert [one.fields() for one in said[6:] if one is not None] == [
        {"ratelimit-policy": '"device";q=8;w=4', "ratelimit": '"device";r=1;t=4'},
        {"ratelimit-policy": '"device";q=8;w=4', "ratelimit": '"device";r=0;t=4'},
    ]
    with pytest.raises(LimitedError) as found:
        rates.admit(b"al", 0.0)
    assert found.value.fields["ratelimit"] == '"device";r=0;t=4'
    assert rates.admit(b"al", 4.0) is None, "what has been waited for is there again"


def test_an_answer_says_that_little_is_left(own_store: StoreHandle) -> None:
    al = enrolled(own_store, "al")
    configure(own_store, device_rate=1, device_burst=20)

    told = [one.headers.get("ratelimit") for one in answers(al, 18) if one.is_success]

    assert told[1] is None
    assert told[-1] is not None
    assert told[-1].startswith('"device";r=')


def test_no_limit_has_no_fields() -> None:
    limiter = addresses_of(configuration.Configuration(address_rate=0))

    assert [spend(limiter, "address", "a", 0.0) for _ in range(1000)] == [None] * 1000


def test_the_devices_of_one_account_are_counted_together(own_store: StoreHandle) -> None:
    al = enrolled(own_store, "al")
    second, bea = linked(al, "al2"), enrolled(own_store, "bea")
    configure(own_store, account_rate=1, account_burst=20)

    for _ in range(25):
        answers(al, 1)
        answers(second, 1)

    assert answers(al, 1)[0].status_code == answers(second, 1)[0].status_code == 429
    assert answers(bea, 1)[0].is_success


def test_the_members_of_one_space_are_counted_together_and_nobody_else(
    own_store: StoreHandle,
) -> None:
    team, (al, bea) = team_of(own_store, "al", "bea")
    other, _ = team_of(own_store, "cy")
    eve = enrolled(own_store, "eve")
    configure(own_store, space_rate=1, space_burst=20)

    def look(who: Device, space: SpaceId = team.space) -> httpx.Response:
        return who.ask("GET", paths.log(space))

    strangers = [refused(look(eve)) for _ in range(60)]
    assert set(strangers) == {(404, "not-found")}, "who is not let in empties nothing"
    assert look(al).is_success
    assert look(bea).is_success
    both = [look(who) for _ in range(15) for who in (al, bea)]

    busy = [one for one in both if one.status_code == 429]
    assert busy
    assert refused(busy[0]) == (429, "store-busy")
    assert 1 <= int(busy[0].headers["retry-after"]) <= 60
    assert look(other.admin, other.space).is_success
    assert answers(al, 1)[0].is_success, "what is of no space goes on"
    assert own_store.clock is not None
    own_store.clock.advance(10)
    assert look(bea).is_success


def test_who_was_removed_empties_the_space_no_more() -> None:
    rates = Rates(space=Limiter(1.0, 3.0))
    for who in (b"al", b"bea"):
        rates.learn(who, DeviceId(who), UserId(who))
        rates.entered(who, "s", let_in=True)
    rates.entered(b"bea", "s", let_in=False)
    for _ in range(50):
        rates.admit(b"bea", 0.0, "s")

    for _ in range(3):
        rates.admit(b"al", 0.0, "s")

    with pytest.raises(LimitedError) as found:
        rates.admit(b"al", 0.0, "s")
    assert found.value.scope == "space"


def test_a_colleague_cannot_be_locked_out(own_store: StoreHandle) -> None:
    """Somebody fails to sign in as Bea until he himself is stopped; Bea signs in."""
    bea = enrolled(own_store, "bea")
    configure(own_store, address_rate=1, address_burst=30)
    elsewhere = httpx.HTTPTransport(verify=context(), local_address="127.0.0.2")
    with httpx.Client(base_url=own_store.url, transport=elsewhere) as line:
        attacker = Device(own_store, bea.person, line)
        wrong = [attacker.sign_in_with(b"no signature").status_code for _ in range(10)]
        forged = [attacker.sign_in(certificate=bytes(32)).status_code for _ in range(10)]
        rest = [line.post(paths.CHALLENGES).status_code for _ in range(30)]

    assert set(wrong) | set(forged) == {403}
    assert rest[-1] == 429
    assert bea.sign_in().status_code == 201
    assert answers(bea, 1)[0].is_success


def test_guessed_sessions_are_counted_for_who_guesses(own_store: StoreHandle) -> None:
    bea = enrolled(own_store, "bea")
    configure(own_store, address_rate=1, address_burst=20)
    elsewhere = httpx.HTTPTransport(verify=context(), local_address="127.0.0.2")
    with httpx.Client(base_url=own_store.url, transport=elsewhere) as line:
        for number in range(20):
            answer = line.get(paths.DEVICES, headers={"Authorization": f"Bearer guess{number}"})
            assert answer.status_code == 401
        assert line.post(paths.CHALLENGES).status_code == 429

    assert answers(bea, 1)[0].is_success


def test_a_request_too_many_costs_no_row(own_store: StoreHandle) -> None:
    al = enrolled(own_store, "al")
    configure(own_store, device_rate=1, device_burst=10)

    served = [one for one in answers(al, 80) if one.is_success]

    own_store.stop()
    logs.place(own_store)
    engine = own_store.engine()
    with engine.connect() as base:
        query = "SELECT count(*) FROM access_log WHERE operation = 'devices.read'"
        assert base.exec_driver_sql(query).scalar() == len(served)
    engine.dispose()
    assert len(served) < 80


def test_a_part_too_many_is_answered_although_its_body_comes_along(
    own_store: StoreHandle,
) -> None:
    team, (al, bea) = team_of(own_store, "al", "bea")
    exhibit = Exhibit(team.space, al, (bea,))
    configure(own_store, device_rate=1, device_burst=5)
    answers(al, 20)
    host, _, port = own_store.address.rpartition(":")
    line = http.client.HTTPSConnection(host, int(port), context=context(), timeout=60)

    line.request(
        "PUT",
        paths.part(team.space, exhibit.id, 0),
        exhibit.parts[0],
        {"Authorization": f"Bearer {al.token}"},
    )

    assert line.getresponse().status == 429
    line.close()


@pytest.mark.parametrize("key", ["account_quota_bytes", "space_quota_bytes"])
def test_a_quota_is_reserved_at_announcing_and_free_again_after_erasing(
    own_store: StoreHandle, key: str
) -> None:
    team, (al, bea) = team_of(own_store, "al", "bea")
    first = Exhibit(team.space, al, (bea,))
    size = sum(len(part) for part in first.parts)
    configure(own_store, **{key: size + size // 2})
    assert first.announce().is_success

    second = Exhibit(team.space, al, (bea,))
    answer = second.announce()

    assert refused(answer) == (413, "quota-exceeded")
    assert "no room left" in answer.json()["detail"]
    assert first.announce().is_success, "the same announcement again is no second one"
    first.upload()
    assert first.prove(bea).is_success
    assert second.announce().is_success


def test_a_proxy_counts_for_itself(own_store: StoreHandle) -> None:
    configure(own_store, address_rate=1, address_burst=10, proxies='"127.0.0.0/8"')
    with httpx.Client(base_url=own_store.url, verify=context()) as line:
        found = {line.post(paths.CHALLENGES).status_code for _ in range(40)}

    assert found == {201}


@pytest.mark.parametrize("text", ["proxy.example", "10.0.0.0/33", "10.0.0.1 10.0.0.2"])
def test_proxies_are_addresses(own_store: StoreHandle, text: str) -> None:
    (own_store.data_dir / configuration.FILE).write_text(f'proxies = "{text}"')

    failed = run_jitstore("config", "check", "--data", str(own_store.data_dir), expect=78)

    assert "proxies" in str(failed["error"])


def test_networks_of_both_kinds_are_proxies() -> None:
    proxies = proxies_of("10.0.0.0/24, 192.0.2.7,2001:db8::/32")

    inside = ["10.0.0.200", "192.0.2.7", "2001:db8::1"]
    assert [one in proxies for one in [*inside, "10.0.1.1", "", "x"]] == [True] * 3 + [False] * 3


def test_waiting_as_long_as_told_is_enough() -> None:
    limiter = Limiter(rate=0.2, burst=1)
    assert limiter.take("a", 0)
    assert not limiter.take("a", 1)

    assert limiter.take("a", 1 + limiter.wait("a"))


def test_sessions_remembered_have_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("centralstore.limiter._MAX_SESSIONS", 3)
    rates = Rates(device=Limiter(rate=0, burst=1))
    for number in range(10):
        rates.learn(bytes([number]), DeviceId(bytes([number])), UserId(b"u"))

    assert len(rates._known) == 3


def test_the_configuration_written_down_is_the_one_in_force() -> None:
    """ASVS 6.1.1: the guide's table names every key with its default."""
    guide = (Path(__file__).resolve().parents[2] / "docs/OPERATOR_GUIDE.md").read_text("utf-8")
    rows = dict(
        line.strip("| ").split(" | ")[:2] for line in guide.splitlines() if line.startswith("| `")
    )

    defaults = configuration.Configuration()
    for key in configuration.KEYS:
        value = getattr(defaults, key)
        stated = rows.get(f"`{key}`", "").strip("`").replace(" ", "")
        if isinstance(value, int):
            stated = stated.replace("TiB", "*1024**4").replace("MiB", "*1024**2")
            assert eval(stated) == value, key
        elif value:
            assert stated == value, key
        else:
            assert f"`{key}`" in rows, key
