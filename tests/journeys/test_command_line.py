"""The whole job from the shell: every command of the contract, every key it promises.

Scripts stand on this table; a key or a code that changes here breaks them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.commands import Launcher, Shell, run
from tests.support.people_at_work import PASSPHRASE, PEOPLE, evidence_file
from tests.support.store import StoreHandle, made_store

pytestmark = pytest.mark.slow

HEX_ID = re.compile(r"[0-9a-f]{32}")
DIGITS = re.compile(r"[0-9]{60}")
MESSAGE = {
    "id", "kind", "author", "author_name", "mine", "text", "state", "written_at", "received_at",
    "on_server_at", "received_by", "exhibit", "reply_to", "missing_before", "problem",
}  # fmt: skip
EXHIBIT = {
    "id", "name", "exhibit", "mime", "state", "size", "sealed_bytes", "moved_bytes", "sha256",
    "author", "author_name", "mine", "added_at", "erased_centrally_at_the_latest", "recipients",
    "verified_by", "problem", "facts", "review", "tags", "note",
}  # fmt: skip
HIT = {
    "id", "kind", "space", "space_title", "author", "author_name", "mine", "at", "name", "state",
    "lines",
}  # fmt: skip
NUMBER = {"id", "name", "safety_number", "code", "verification", "compared"}
MEMBER = {
    "id", "name", "authority", "country", "party", "role", "verification", "devices", "me",
}  # fmt: skip
SPACE = {
    "id", "title", "agreement", "state", "members", "unread", "last_activity",
    "wiped_at_the_latest", "administrator",
}  # fmt: skip
REPORT = {
    "online", "messages_in", "messages_out", "exhibits_in", "exhibits_out", "receipts_in",
    "waiting_messages", "waiting_transfers", "spaces_wiped", "alarms",
}  # fmt: skip


def entries(data: dict[str, Any], noun: str, keys: set[str]) -> list[dict[str, Any]]:
    """A list of the contract: under its plural noun, each with an id and all its keys."""
    rows: list[dict[str, Any]] = data[noun]
    assert rows, f"{noun} is empty"
    for row in rows:
        assert keys <= set(row), keys - set(row)
        assert row["id"] not in {None, ""}
    return rows


@pytest.fixture
def store(tmp_path: Path) -> Iterator[StoreHandle]:
    handle = made_store(tmp_path)
    handle.start()
    yield handle
    handle.stop()


@pytest.fixture
def shells(tmp_path: Path) -> Iterator[dict[str, Shell]]:
    passphrase = tmp_path / "passphrase"
    passphrase.write_text(f"{PASSPHRASE}\nsecond line is not part of it\n")
    launcher = Launcher(tmp_path)
    yield {who: Shell(tmp_path / who, passphrase, launcher) for who in PEOPLE}
    launcher.close()


def test_the_whole_job_from_the_shell(
    store: StoreHandle, shells: dict[str, Shell], tmp_path: Path
) -> None:
    users = _enrol(store, shells)
    space = _open_space(shells, users)
    _verify(shells, users, space)
    _talk(shells, space)
    _hand_over(shells, space, tmp_path)
    _look_around(shells, space)
    _search(shells, space)
    _review(shells, space)
    _without_the_store(store, shells, space)
    _remove(shells, users, space)
    _close(shells, space)


def _enrol(store: StoreHandle, shells: dict[str, Shell]) -> dict[str, str]:
    users = {}
    for who, (name, authority, country, party) in PEOPLE.items():
        invitation = store.invite(name, authority, country, party)
        data = shells[who].do("enrol", invitation)
        assert HEX_ID.fullmatch(data["user"])
        assert HEX_ID.fullmatch(data["device"])
        assert re.fullmatch(r"[0-9]{30}", data["safety_number"].replace(" ", ""))
        users[who] = data["user"]
    keys = {"id", "name", "authority", "country", "party", "verification"}
    found = entries(shells["ana"].do("user", "list"), "users", keys)
    assert {u["id"] for u in found} == {users["bruno"], users["eva"]}
    return users


def _open_space(shells: dict[str, Shell], users: dict[str, str]) -> str:
    ana = shells["ana"]
    words = ("--agreement", "JIT 2026/17", "--signed-on", "2026-05-01", "--title", "Albatross")
    space = str(ana.do("space", "create", *words, "--retention-days", "90")["space"])
    assert HEX_ID.fullmatch(space)
    ana.do("space", "add", space, users["bruno"], "--role", "prosecutor")
    data = ana.do("space", "add", space, "Eva Moreau")
    members = {m["id"]: m for m in entries(data, "members", MEMBER)}
    assert members[users["bruno"]]["role"] == "prosecutor"
    assert members[users["eva"]]["role"] == "participant"
    assert ana.do("space", "show", space)["members"] == data["members"]
    for who in ("bruno", "eva"):
        report = shells[who].do("sync")
        assert set(report) >= REPORT
    (row,) = entries(shells["bruno"].do("space", "list"), "spaces", SPACE)
    assert (row["id"], row["title"], row["state"], row["members"]) == (
        space,
        "Albatross",
        "open",
        3,
    )
    assert row["wiped_at_the_latest"] is not None
    return space


def _verify(shells: dict[str, Shell], users: dict[str, str], space: str) -> None:
    ana, bruno = shells["ana"], shells["bruno"]
    shown = ana.do("verify", space, users["bruno"])
    assert DIGITS.fullmatch(shown["safety_number"])
    assert (shown["verification"], shown["compared"]) == ("unverified", False)
    same = bruno.do("verify", space, "Ana Lima", "--number", shown["safety_number"])
    assert (same["verification"], same["compared"]) == ("verified", True)
    wrong = "0" * 60
    assert ana("verify", space, users["bruno"], "--number", wrong, code=76).error == "not-verified"
    assert ana("verify", space, users["bruno"], "--number", "12", code=65).error == "bad-input"
    everybody = entries(ana.do("verify", space, "--all"), "numbers", NUMBER)
    assert {n["id"] for n in everybody} == {users["bruno"], users["eva"]}
    assert shown["safety_number"] in {n["safety_number"] for n in everybody}
    assert ana("verify", space, code=2).error == "usage"
    code = bruno.do("verify", space, "Ana Lima")["code"]
    scanned = ana.do("verify", space, users["bruno"], "--code", code)
    assert (scanned["verification"], scanned["compared"]) == ("verified", True)
    assert ana("verify", space, "Eva", "--code", code, code=65).error == "bad-input"
    differ = ana.do("verify", space, users["bruno"], "--differ")
    assert (differ["verification"], differ["compared"]) == ("unverified", False)
    ana.do("verify", space, users["bruno"], "--code", code)


def _talk(shells: dict[str, Shell], space: str) -> None:
    ana, bruno, eva = (shells[who] for who in PEOPLE)
    sent = ana.do("msg", "send", space, "Search at 06:00.")
    assert set(sent) >= MESSAGE
    assert (sent["state"], sent["message"]) == ("on-server", sent["id"])
    assert bruno.do("sync")["messages_in"] >= 1
    answer = bruno.do("msg", "send", space, "-", given="Two lines\nfrom a pipe\n")
    assert answer["text"] == "Two lines\nfrom a pipe"
    eva.do("sync")
    ana.do("sync")
    rows = entries(ana.do("msg", "list", space), "messages", MESSAGE)
    mine = next(r for r in rows if r["id"] == sent["id"])
    assert mine["state"] == "received"
    assert {r["name"]: bool(r["at"]) for r in mine["received_by"]} == {
        "Bruno Keller": True,
        "Eva Moreau": True,
    }
    assert [r["text"] for r in rows if r["kind"] == "text"] == [
        "Search at 06:00.",
        "Two lines\nfrom a pipe",
    ]


def _hand_over(shells: dict[str, Shell], space: str, folder: Path) -> None:
    ana, bruno, eva = (shells[who] for who in PEOPLE)
    source = evidence_file(folder / "source", "disk.img", 5_000_000)
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    gone = folder / "source" / "gone.img"
    facts = ("--title", "Server 01", "--acquired-at", "2026-11-02T14:05+01:00", "--country", "pt",
             "--case", "1/26", "--authority", "PJ")  # fmt: skip
    to = ("--to", "Bruno", "Eva", "--number", "E-1", *facts)
    bare = ana("evidence", "add", space, source, "--to", "Bruno", "--case", "1/26", code=65)
    assert "Still to state: exhibit number, title, acquired at, authority." in bare.err
    both = ana("evidence", "add", space, source, gone, *to, code=4)
    assert "gone.img" in both.err
    assert "[no-input]" in both.err
    (added,) = entries(both.data, "exhibits", EXHIBIT)
    assert (added["state"], added["size"], added["sha256"]) == ("on-server", 5_000_000, digest)
    assert ana("evidence", "add", space, gone, *to, code=66).error == "no-input"
    bruno.do("sync")
    (here,) = entries(bruno.do("evidence", "list", space), "exhibits", EXHIBIT)
    assert (here["id"], here["state"], here["sha256"]) == (added["id"], "verified", digest)
    assert here["facts"] == {
        "case": "1/26",
        "title": "Server 01",
        "acquired-at": "2026-11-02T14:05+01:00",
        "authority": "PJ",
        "country": "PT",
    }
    assert bruno.do("evidence", "show", space, "E-1")["exhibit"]["facts"] == here["facts"]
    twice = ana("evidence", "add", space, source, *to, code=1)
    assert twice.error == "duplicate"
    assert "disk.img" in twice.err
    assert "--again" in twice.err
    wrong = ana("evidence", "add", space, source, *to, "--country", "Spain", code=65)
    assert wrong.error == "bad-input"
    report = folder / "report.txt"
    report.write_text(f"{'0' * 64}  disk.img\n")
    differs = ana("evidence", "add", space, source, *to, "--report", report, code=76)
    assert differs.error == "acquisition-differs"
    no_hash = ana("evidence", "add", space, source, *to, "--hash", "12", code=65)
    assert no_hash.error == "bad-input"
    assert len(ana.do("evidence", "list", space)["exhibits"]) == 1
    _by_list(ana, space, source)
    out = folder / "out.img"
    got = bruno.do("evidence", "get", space, "E-1", "--out", out)
    assert (got["path"], got["sha256"]) == (str(out), digest)
    assert got["exhibit"]["id"] == added["id"]
    assert out.read_bytes() == source.read_bytes()
    assert "Server 01" in (folder / "out.img.facts.txt").read_text()
    again = bruno("evidence", "get", space, added["id"], "--out", out, code=73)
    assert again.error == "cannot-create"
    checked = bruno.do("evidence", "verify", space, added["id"])
    assert (checked["verified"], checked["id"]) == (True, added["id"])
    assert ana.do("evidence", "verify", space, added["id"])["verified"] is True
    eva.do("sync")
    ana.do("sync")
    (known,) = entries(ana.do("evidence", "list", space), "exhibits", EXHIBIT)
    assert len(known["verified_by"]) == 2


def _by_list(ana: Shell, space: str, source: Path) -> None:
    """What a list says is shown before anything of it goes; one wrong row keeps all back."""
    rows = source.with_name("list.csv")
    rows.write_text("file,number,title\ndisk.img,E-2,Server\n../pass.txt,E-3,Not here\n")
    when = ("--acquired-at", "2026-11-02", "--case", "1/26")
    to = ("--to", "Bruno", "--list", rows, *when)
    lacking = ana("evidence", "add", space, *to, "--preview", code=65).data
    assert lacking["rows"][0]["problem"] == "Still to state: authority."
    whole = (*to, "--authority", "PJ")
    seen = ana("evidence", "add", space, *whole, "--preview", code=65).data
    assert [bool(row["problem"]) for row in seen["rows"]] == [False, True]
    stopped = ana("evidence", "add", space, *whole, code=65)
    assert "Line 3, pass.txt" in stopped.err
    rows.write_text("file,number,title\ndisk.img,E-2,Server\n")
    kept = ana.do("template", "save", "PJ", "--authority", "PJ Lisboa", "--case", "1/26")
    assert kept["templates"] == [{"id": "PJ", "facts": {"authority": "PJ Lisboa"}}]
    (row,) = ana.do("evidence", "add", space, *to, "--template", "PJ", "--preview")["rows"]
    assert (row["exhibit"], row["facts"]["authority"]) == ("E-2", "PJ Lisboa")
    none = ana("evidence", "add", space, *to, "--template", "X", code=3)
    assert none.error == "not-found"
    assert ana.do("template", "drop", "PJ")["templates"] == []
    assert len(ana.do("evidence", "list", space)["exhibits"]) == 1
    assert ana("evidence", "add", space, "--to", "Bruno", code=2).error == "usage"


def _look_around(shells: dict[str, Shell], space: str) -> None:
    ana = shells["ana"]
    keys = {"id", "at", "actor", "event", "subject", "detail", "hash"}
    events = entries(ana.do("log", space), "events", keys)
    assert [e["id"] for e in events] == list(range(events[0]["id"], events[0]["id"] + len(events)))
    status = ana.do("status")
    assert status["connection"] == "online"
    assert (status["waiting_messages"], status["waiting_transfers"]) == (0, 0)
    entries(status, "spaces", SPACE)
    assert status["alarms"] == []
    assert ana("msg", "list", "no such space", code=3).error == "not-found"
    assert ana("evidence", "get", space, "E-99", "--out", "x", code=3).error == "not-found"
    misspelt = run("jitclient", "--profile", ana.profile, "msg", "shout", space, "x")
    assert misspelt.code == 2


def _review(shells: dict[str, Shell], space: str) -> None:
    bruno = shells["bruno"]
    assert bruno.do("evidence", "next", space)["exhibit"]["exhibit"] == "E-1"
    row = bruno.do("evidence", "tag", space, "E-1", "Zürich", "follow up")["exhibit"]
    assert (row["tags"], row["review"]) == (["follow up", "Zürich"], "new")
    row = bruno.do("evidence", "note", space, "E-1", "-", given="Ask for the key.\n")["exhibit"]
    assert row["note"] == "Ask for the key."
    row = bruno.do("evidence", "review", space, "E-1", "flagged")["exhibit"]
    assert row["review"] == "flagged"
    assert bruno("evidence", "next", space, code=3).data["exhibit"] is None
    (found,) = bruno.do("evidence", "list", space, "--tag", "zurich")["exhibits"]
    assert found["id"] == row["id"]
    assert bruno.do("evidence", "list", space, "--review", "new")["exhibits"] == []
    saved = bruno.do("evidence", "views", space, "--save", "Mine", 'tag:"follow up" key')
    assert saved["views"] == [{"id": "Mine", "filter": 'tag:"follow up" key'}]
    assert saved["progress"]["flagged"] == 1
    assert len(bruno.do("evidence", "list", space, "--view", "Mine")["exhibits"]) == 1
    assert bruno("evidence", "list", space, "--view", "None", code=3).error == "not-found"
    assert bruno("evidence", "tag", space, "E-1", "none", code=65).error == "bad-input"


def _search(shells: dict[str, Shell], space: str) -> None:
    eva = shells["eva"]
    said = eva.do("search", "from:bruno", '"TWO lines from"', "--space", space)
    (hit,) = entries(said, "hits", HIT)
    assert (hit["kind"], hit["author_name"]) == ("message", "Bruno Keller")
    line = hit["lines"][0]
    assert [line["text"][a:b] for a, b in line["marks"]] == ["Two lines from"]
    (hit,) = entries(eva.do("search", "erver", "type:img"), "hits", HIT)
    assert (hit["kind"], hit["name"]) == ("exhibit", "E-1  disk.img")
    assert (hit["lines"][0]["label"], hit["lines"][0]["text"]) == ("Title", "Server 01")
    assert eva("search", "from:nobody", code=3).data["hits"] == []
    assert eva("search", "before:never", code=65).error == "bad-input"


def _without_the_store(store: StoreHandle, shells: dict[str, Shell], space: str) -> None:
    ana, eva = shells["ana"], shells["eva"]
    store.stop()
    offline = eva("msg", "send", space, "Written on the train.", code=69)
    assert offline.data["state"] == "saved"
    assert eva("sync", code=69).data["waiting_messages"] == 1
    assert eva.do("status")["connection"] == "offline"
    assert len(entries(eva.do("msg", "list", space), "messages", MESSAGE)) >= 3
    assert ana("space", "close", space, "--reason", "over", code=69).error == "store-unreachable"
    store.start()
    assert eva.do("sync")["messages_out"] == 1
    ana.do("sync")
    texts = [m["text"] for m in ana.do("msg", "list", space)["messages"]]
    assert texts.count("Written on the train.") == 1


def _remove(shells: dict[str, Shell], users: dict[str, str], space: str) -> None:
    denied = shells["bruno"]("space", "remove", space, users["eva"], "--reason", "No", code=77)
    assert denied.error == "no-permission"
    data = shells["ana"].do("space", "remove", space, users["eva"], "--reason", "Left")
    assert users["eva"] not in {m["id"] for m in entries(data, "members", MEMBER)}
    shells["eva"].do("sync")
    assert shells["eva"].do("space", "list")["spaces"][0]["state"] == "left"
    assert shells["eva"]("msg", "send", space, "late", code=77).error == "space-closed"


def _close(shells: dict[str, Shell], space: str) -> None:
    ana, bruno = shells["ana"], shells["bruno"]
    keys = {"id", "user", "name", "wiped_at", "confirmed", "remaining", "receipt", "owed_since"}
    closed = ana.do("space", "close", space, "--reason", "The trial is over.")
    assert (closed["space"], closed["state"]) == (space, "wiped")
    wipes = {w["name"]: w for w in entries(closed, "wipes", keys)}
    assert (wipes["Ana Lima"]["confirmed"], wipes["Bruno Keller"]["confirmed"]) == (True, False)
    assert bruno.do("sync")["spaces_wiped"] == 1
    after = entries(ana.do("space", "wipes", space), "wipes", keys)
    assert all(w["confirmed"] and w["receipt"] and w["wiped_at"] for w in after)
    assert bruno("msg", "list", space, code=77).error == "space-closed"
    assert not (bruno.profile / "spaces" / space).exists()


def test_a_store_prints_its_address_and_fingerprint_and_serves_until_sigterm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JITSTORE_ADMIN_LISTEN", "off")  # its usual port may be somebody's here
    data = tmp_path / "store"
    made = run("centralstore", "init", "--data", data, "--listen", "127.0.0.1:0", "--json")
    assert made.code == 0, made.err
    assert re.fullmatch(r"127\.0\.0\.1:\d+", made.data["address"])
    assert re.fullmatch(r"[0-9a-f]{64}", made.data["fingerprint"])
    words = ("--name", "N", "--authority", "A", "--country", "NL", "--party", "eppo")
    invited = run("centralstore", "user", "invite", "--data", data, *words, "--json")
    assert str(invited.data["invitation"]).startswith("jit-invite:")
    assert run("centralstore", "init", "--data", data).code == 73
    handle = StoreHandle(data, made.data["address"], made.data["fingerprint"])
    handle.start()  # waits for the ready line
    assert handle.stop() == 0
