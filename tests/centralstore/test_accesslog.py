from __future__ import annotations

import datetime
from dataclasses import dataclass

from sqlalchemy import select

from centralstore.tables import ACCESS_LOG
from protocol.api import paths
from tests.centralstore import logs
from tests.centralstore.client import enrolled, wire
from tests.centralstore.exhibits import Exhibit
from tests.centralstore.team import message, team_of
from tests.support.store import StoreHandle


@dataclass(frozen=True)
class Line:
    at: str
    user: bytes
    device: bytes
    operation: str
    subject: bytes
    result: str


def log(store: StoreHandle) -> list[Line]:
    logs.place(store)
    engine = store.engine()
    with engine.connect() as connection:
        rows = connection.execute(select(ACCESS_LOG).order_by(ACCESS_LOG.c.id)).all()
    engine.dispose()
    return [Line(r.at, r.user_id, r.device_id, r.operation, r.object_id, r.result) for r in rows]


def test_every_operation_leaves_who_what_when_and_the_result(own_store: StoreHandle) -> None:
    team, (al, bea) = team_of(own_store, "al", "bea")
    al.ask("POST", paths.messages(team.space), message(team.space, al, bea))
    bea.ask("GET", paths.MAILBOX)
    exhibit = Exhibit(team.space, al, (bea,), count=1).upload()
    exhibit.get(0, bea)
    exhibit.prove(bea)

    lines = log(own_store)

    mine = [line for line in lines if line.user == al.person.user]
    assert {line.device for line in mine} == {al.person.device}
    done = [line.operation for line in lines if line.result == "ok"]
    for operation in (
        "account.invite",
        "account.enrol",
        "session.challenge",
        "session.begin",
        "space.create",
        "log.append",
        "message.post",
        "mailbox.read",
        "file.announce",
        "part.put",
        "file.complete",
        "part.get",
        "file.verified",
    ):
        assert operation in done, operation
    assert done.count("part.put") == 1
    erased = next(line for line in lines if line.operation == "file.erase")
    assert (erased.subject, erased.result) == (exhibit.id, "verified-by-all")
    moments = [datetime.datetime.fromisoformat(line.at) for line in lines]
    assert all(moment.utcoffset() == datetime.timedelta(0) for moment in moments)


def test_what_is_refused_is_logged_as_refused(own_store: StoreHandle) -> None:
    team, (al, bea) = team_of(own_store, "al2", "bea2")
    eve = enrolled(own_store, "eve2")
    exhibit = Exhibit(team.space, al, (bea,), count=1)
    exhibit.announce()
    with wire(own_store) as http:
        http.get(paths.USERS)
    eve.ask("GET", paths.log(team.space))
    eve.ask("PUT", paths.part(team.space, exhibit.id, 0), content=b"x")
    exhibit.put(0, digest=bytes(32))
    eve.ask("POST", paths.SPACES, content=b"{")

    found = {(line.user, line.operation, line.result) for line in log(own_store)}

    assert (b"", "directory.read", "not-signed-in") in found
    assert (eve.person.user, "log.read", "not-found") in found
    assert (eve.person.user, "part.put", "not-found") in found
    assert (al.person.user, "part.put", "part-corrupted") in found
    assert (eve.person.user, "space.create", "malformed") in found


def test_names_and_content_never_enter_log_or_parts(own_store: StoreHandle) -> None:
    team, (al, bea) = team_of(own_store, "canary-name-one", "canary-name-two")
    secret = b"canary-of-a-sealed-body"
    al.ask("POST", paths.messages(team.space), message(team.space, al, bea, body=secret))

    lines = log(own_store)
    errors = own_store.errors.read_text()

    assert "canary" not in "".join(f"{line.operation}{line.result}" for line in lines)
    assert not [line for line in lines if b"canary" in line.subject + line.user + line.device]
    assert "canary" not in errors
