"""What the operator types makes nothing go before its time (docs/OPERATOR_GUIDE.md §5).

Every command there is runs against a store that holds something; a new one must be named here.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import func, select

from centralstore import settings
from centralstore.operator import commands
from centralstore.tables import (
    ACCESS_LOG,
    ACCOUNT,
    ADDRESSED,
    DELIVERY,
    DEVICE,
    DEVICE_LIST,
    DOOMED,
    FILE,
    FILE_RECIPIENT,
    LOG_ENTRY,
    LOST_DELIVERY,
    MEMBER,
    MESSAGE,
    PART,
    SPACE,
)
from protocol.api import paths
from protocol.api.spaces import MailboxReply
from tests.centralstore import logs
from tests.centralstore.client import read
from tests.centralstore.exhibits import Exhibit
from tests.centralstore.team import message, team_of
from tests.support.store import StoreHandle, run_jitstore

KEPT = (
    *(ACCOUNT, DEVICE, DEVICE_LIST, SPACE, LOG_ENTRY, MEMBER, MESSAGE, ADDRESSED, DELIVERY),
    *(FILE, FILE_RECIPIENT, PART, ACCESS_LOG),
)
ELSEWHERE = {
    ("init",): "wants an empty folder",
    ("serve",): "no command that ends",
    ("backup", "restore"): "wants an empty folder, and an empty database",
}


def all_commands(parser: argparse.ArgumentParser) -> Iterator[tuple[str, ...]]:
    """The words of every command there is."""
    below = [one for one in parser._actions if isinstance(one, argparse._SubParsersAction)]
    if not below:
        yield ()
    for action in below:
        for word, one in action.choices.items():
            for rest in all_commands(one):
                yield (word, *rest)


def words(store: StoreHandle, out: Path, user: str, device: str) -> list[tuple[str, ...]]:
    """Each command, in an order in which each can do what it is for; what needs --data has it."""
    data = ("--data", str(store.data_dir))
    invited = ("--name", "Eva", "--authority", "PP", "--country", "PT", "--party", "member-state")
    key = settings.load(store.data_dir).store_key().public.hex()
    asked = ("--requester", "EDPS", "--reason", "supervision")
    return [
        ("user", "invite", *invited, *data),
        ("user", "list", *data),
        ("user", "reinvite", user, *data),
        *((who, act, one, *data) for who, one in (("user", user), ("device", device))
          for act in ("block", "unblock")),
        ("user", "rename", user, "--name", "Eva Novak", *data),
        ("device", "list", user, *data),
        ("authority", "list", *data),
        ("authority", "rename", "PP", "Prosecutor", *data),
        ("operator", "list", *data),
        ("config", "check", *data),
        ("config", "dump", "--redacted", *data),
        ("migrate", "--without-backup", *data),
        ("backup", "keygen", "--out", str(out / "key")),
        ("backup", "create", "--to", str(out / "key.pub"), "--out", str(out / "b"), *data),
        ("backup", "verify", str(out / "b"), "--key", str(out / "key")),
        ("backup", "erasures", "--out", str(out / "erased.json"), *data),
        ("certificate", "show", *data),
        ("certificate", "check", *data),
        ("certificate", "make", *data),
        ("certificate", "switch", *data),
        ("log-hold", "--until", "2999-01-01", *data),
        ("log-hold", "--end", *data),
        ("retention", "due", *data),
        ("retention", "run", *data),
        ("log", "export", *asked, "--out", str(out / "rows"), *data),
        ("log", "verify", str(out / "rows"), "--store-key", key),
        ("log", "audit", *data),
        ("stats", *data),
        ("support", "--out", str(out / "bundle"), *data),
    ]  # fmt: skip


def counted(store: StoreHandle) -> dict[str, int]:
    engine = store.engine()
    with engine.connect() as conn:
        found = {
            one.name: int(conn.execute(select(func.count()).select_from(one)).scalar_one())
            for one in KEPT
        }
        for gone in (LOST_DELIVERY, DOOMED):
            assert conn.execute(select(func.count()).select_from(gone)).scalar_one() == 0, gone
    engine.dispose()
    return found


def test_no_command_of_an_operator_makes_anything_go_before_its_time(
    own_store: StoreHandle, tmp_path: Path
) -> None:
    team, (al, bea) = team_of(own_store, "al", "bea")
    one = message(team.space, al, bea)
    assert al.ask("POST", paths.messages(team.space), one).is_success
    exhibit = Exhibit(team.space, al, (bea,)).upload()
    half = Exhibit(team.space, al, (bea,))
    assert half.announce().is_success
    assert half.put(0).is_success
    own_store.stop()
    logs.place(own_store)
    before = counted(own_store)
    ids = bea.person.user.hex(), bea.person.device.hex()
    typed = words(own_store, tmp_path, *ids)

    for command in typed:
        run_jitstore(*command)

    there = set(all_commands(commands._parser())) - set(ELSEWHERE)
    assert {one for one in there if any(t[: len(one)] == one for t in typed)} == there
    own_store.start()
    shown = settings.load(own_store.data_dir).fingerprint()
    for device in (al, bea):
        assert device.sign_in(certificate=shown).status_code == 201
    after = counted(own_store)
    assert {name: after[name] >= count for name, count in before.items()} == dict.fromkeys(
        before, True
    )
    (waiting,) = read(bea.ask("GET", paths.MAILBOX), MailboxReply).deliveries
    assert (waiting.message, waiting.body) == (one.message, one.body)
    for index, part in enumerate(exhibit.parts):
        assert exhibit.get(index, bea).content == part
    for index in range(1, half.count):
        assert half.put(index).is_success
    assert half.complete().is_success
