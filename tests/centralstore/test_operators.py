"""What operators do to people and devices, what they are told, and what nobody is told."""

from __future__ import annotations

import json
import os
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from centralstore import configuration, statistics
from centralstore.operator import commands
from centralstore.tables import ACCESS_LOG, OPERATOR
from protocol import invitation
from protocol.api import paths
from protocol.api.accounts import UsersReply
from protocol.errors import EXIT_USAGE
from tests.centralstore import logs
from tests.centralstore.client import (
    enrolled,
    enrolment,
    known_as,
    linked,
    read,
    refused,
    wire,
)
from tests.centralstore.exhibits import Exhibit
from tests.centralstore.team import team_of
from tests.support.store import StoreHandle, run_jitstore

CANARY = "canary7f3a9d"


def act(store: StoreHandle, *words: str, expect: int = 0) -> dict[str, object]:
    return run_jitstore(*words, "--data", str(store.data_dir), expect=expect)


def test_a_blocked_person_is_out_at_once_and_in_again_when_let(store: StoreHandle) -> None:
    al, bea = enrolled(store, "al20"), enrolled(store, "bea20")
    second = linked(al, "al20b")

    act(store, "user", "block", al.person.user.hex())

    for device in (al, second):
        assert device.ask("GET", paths.DEVICES).status_code == 401
        assert refused(device.sign_in()) == (403, "forged")
    assert bea.ask("GET", paths.DEVICES).is_success
    act(store, "user", "unblock", al.person.user.hex())
    assert al.sign_in().status_code == 201
    act(store, "user", "unblock", al.person.user.hex(), expect=3)


def test_a_blocked_device_leaves_its_person_the_others(store: StoreHandle) -> None:
    al = enrolled(store, "al21")
    second = linked(al, "al21b")

    act(store, "device", "block", second.person.device.hex())

    assert second.ask("GET", paths.DEVICES).status_code == 401
    assert second.sign_in().status_code == 403
    assert al.ask("GET", paths.DEVICES).is_success
    found = act(store, "device", "list", al.person.user.hex())["devices"]
    assert isinstance(found, list)
    states = {one["id"]: one["state"] for one in found}
    assert states == {al.person.device.hex(): "active", second.person.device.hex(): "blocked"}


def test_a_blocked_invitation_is_worth_nothing(store: StoreHandle) -> None:
    text = store.invite("al22")
    user = invitation.from_text(text).user
    act(store, "user", "block", user.hex())
    with wire(store) as http:
        body = msgspec.json.encode(enrolment(text, known_as(text, "al22")))
        assert refused(http.post(paths.ENROLMENTS, content=body)) == (403, "invitation")
        act(store, "user", "unblock", user.hex())
        assert http.post(paths.ENROLMENTS, content=body).status_code == 201


def test_who_is_not_there_is_said(store: StoreHandle) -> None:
    nobody = "00" * 16

    for words in (("user", "block"), ("user", "unblock"), ("device", "block")):
        act(store, *words, nobody, expect=3)
    act(store, "user", "rename", nobody, "--name", "X", expect=3)
    act(store, "user", "rename", nobody, expect=2)
    act(store, "user", "block", "short", expect=65)
    act(store, "authority", "rename", "No such", "Other", expect=3)


def test_names_and_authorities_are_corrected_for_everybody(own_store: StoreHandle) -> None:
    al = enrolled(own_store, "Al")
    bea = enrolled(own_store, "Bea")

    act(own_store, "user", "rename", al.person.user.hex(), "--name", "Alda  Reis")
    renamed = act(own_store, "authority", "rename", "Public Prosecution", "Openbaar Ministerie")

    assert renamed["people"] == 2
    users = read(bea.ask("GET", paths.USERS), UsersReply).users
    assert {user.name for user in users} == {"Alda Reis", "Bea"}
    assert {user.authority for user in users} == {"Openbaar Ministerie"}
    assert act(own_store, "authority", "list")["authorities"] == [
        {"authority": "Openbaar Ministerie", "country": "NL", "party": "member-state", "people": 2}
    ]
    act(own_store, "user", "rename", al.person.user.hex(), "--name", "evil\u202egnp", expect=65)


def test_every_act_also_one_that_failed_is_logged_with_who_did_it(own_store: StoreHandle) -> None:
    al = enrolled(own_store, "al")
    acts = ("--operator", "Ines Prado")
    act(own_store, "user", "block", al.person.user.hex(), *acts)
    act(own_store, "user", "block", "00" * 16, *acts, expect=3)
    act(own_store, "stats", *acts)

    logs.place(own_store)
    engine = own_store.engine()
    with engine.connect() as base:
        rows = base.execute(
            select(ACCESS_LOG, OPERATOR.c.name)
            .join(OPERATOR, OPERATOR.c.id == ACCESS_LOG.c.user_id)
            .where(OPERATOR.c.name == "Ines Prado")
            .order_by(ACCESS_LOG.c.id)
        ).all()
    engine.dispose()

    assert [(row.operation, row.result, bytes(row.object_id)) for row in rows] == [
        ("account.block", "ok", al.person.user),
        ("account.block", "not-found", bytes(16)),
        ("statistics.read", "ok", b""),
    ]
    told = act(own_store, "operator", "list")["operators"]
    assert isinstance(told, list)
    assert "Ines Prado" in {one["name"] for one in told}
    assert all(one["system_user"] for one in told)


def test_statistics_tell_counts_and_hide_few(own_store: StoreHandle) -> None:
    team, (al, *others) = team_of(own_store, *"abcdef")
    for _ in range(5):
        exhibit = Exhibit(team.space, al, (others[0],), count=1).upload()
        exhibit.prove(others[0])
    enrolled(own_store, "far", country="PT")
    enrolled(own_store, "off", country="EU", party="eppo")

    found = act(own_store, "stats")["statistics"]

    assert isinstance(found, dict)
    assert found["spaces_open"] is None, "one space is fewer than five"
    assert found["spaces_closed"] == 0
    assert found["uploads"] == found["downloads"] == 5
    assert found["uploads_bytes"] == found["downloads_bytes"] > 0
    assert found["people_by_country"] == {"EU": None, "NL": 6, "PT": None}
    assert found["people_by_party"] == {"eppo": None, "member-state": None}
    assert found["erased"]["verified-by-all"] == 5
    assert found["median_hours_to_last_download"] == 0


def test_a_period_is_two_days_in_order(store: StoreHandle) -> None:
    act(store, "stats", "--from", "2026-02-30", expect=65)
    act(store, "stats", "--from", "2026-02-02", "--to", "2026-02-02", expect=65)

    found = act(store, "stats", "--from", "2001-01-01", "--to", "2001-02-01")["statistics"]

    assert isinstance(found, dict)
    assert found["uploads"] == 0


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 30), max_size=6))
def test_no_hidden_cell_follows_from_the_total(counts: dict[str, int]) -> None:
    told = statistics.broken_down(counts)

    assert all(value is None or value == counts[name] for name, value in told.items())
    assert all(value == 0 or value >= 5 for value in told.values() if value is not None)
    hidden = [name for name, value in told.items() if value is None]
    others = [count for name, count in counts.items() if count and name not in hidden]
    assert len(hidden) != 1 or not others


def test_the_support_bundle_holds_no_secret_and_nobody(
    own_store: StoreHandle, tmp_path: Path
) -> None:
    al = enrolled(own_store, f"{CANARY} al")
    with (own_store.data_dir / configuration.FILE).open("a") as file:
        file.write('proxies = "192.0.2.77"\ndrain_seconds = 7\n')
    out = tmp_path / "bundle.json"

    act(own_store, "support", "--out", str(out), "--operator", CANARY)

    text = out.read_text("utf-8")
    bundle = json.loads(text)
    keys = [path.read_bytes() for path in (own_store.data_dir / "keys").iterdir()]
    secrets = [
        CANARY,
        "192.0.2.77",
        own_store.address,
        own_store.fingerprint,
        al.person.user.hex(),
        al.token,
    ]
    secrets += [al.person.device.hex(), *(key.hex() for key in keys)]
    assert [secret for secret in secrets if secret in text] == []
    assert bundle["configuration"]["drain_seconds"] == 7
    assert bundle["figures"]["accounts_enrolled"] == 1
    assert bundle["schema"] == bundle["newest_schema"]
    assert out.stat().st_mode & 0o077 == 0
    act(own_store, "support", "--out", str(out), expect=73)


@pytest.mark.parametrize("words", [("user", "list"), ("stats",), ("operator", "list")])
def test_every_command_also_speaks_to_people(
    store: StoreHandle, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    from centralstore.operator import commands

    assert commands.main([*words, "--data", str(store.data_dir)]) == 0

    assert capsys.readouterr().out


@pytest.mark.embedded
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can try")
def test_root_writes_nothing_into_a_store_that_could_not_read_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "store"
    run_jitstore("init", "--data", str(data), "--listen", "127.0.0.1:0")
    os.chown(data, 12345, 12345)
    before = sorted(data.rglob("*"))

    assert commands.main(["user", "list", "--data", str(data)]) == EXIT_USAGE

    assert "sudo -u '#12345' jitstore" in capsys.readouterr().err
    assert sorted(data.rglob("*")) == before
