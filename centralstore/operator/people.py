"""`jitstore user block …`, `device …`, `authority …`, `operator list`: who may come in, and names.

Spec: docs/protocol/70-store.md §11; guide: docs/OPERATOR_GUIDE.md §2.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select, update

from centralstore import blocking, directory
from centralstore.accesslog import stamp
from centralstore.database import Transaction
from centralstore.operator import acts
from centralstore.tables import ACCOUNT, BLOCKED, DEVICE, OPERATOR
from protocol.errors import NotFoundError, UsageError
from protocol.ids import parse_id

Printed = dict[str, Any]
_Block = Callable[[Transaction, bytes], None]


def add(commands: Any, user_verbs: Any) -> list[argparse.ArgumentParser]:
    """Put the commands of this module among the others; those that take --data."""
    device = _verbs(commands, "device", "list, block and unblock devices")
    authority = _verbs(commands, "authority", "list and rename authorities")
    operator = _verbs(commands, "operator", "list operators")
    made = [
        _one(user_verbs, "block", "shut a person out, at once", _by(blocking.block_user, "user")),
        _one(user_verbs, "unblock", "let a person in again", _by(blocking.unblock, "user")),
        _one(device, "list", "a person's devices and their last sign-in", _devices),
        _one(device, "block", "shut a device out, at once", _by(blocking.block_device, "device")),
        _one(device, "unblock", "let a device in again", _by(blocking.unblock, "device")),
    ]
    for parser in made:
        parser.add_argument("id", metavar="ID")
    rename = _one(user_verbs, "rename", "correct a person's name or authority", _rename)
    rename.add_argument("id", metavar="USER-ID")
    rename.add_argument("--name")
    rename.add_argument("--authority")
    listed = _one(authority, "list", "authorities and how many people each has", _authorities)
    renamed = _one(authority, "rename", "rename an authority for all its people", _rename_all)
    renamed.add_argument("old")
    renamed.add_argument("new")
    operators = _one(operator, "list", "who ever ran a command here", _operators)
    return [*made, rename, listed, renamed, operators]


def _verbs(commands: Any, word: str, text: str) -> Any:
    return commands.add_parser(word, help=text).add_subparsers(required=True, metavar="VERB")


def _one(verbs: Any, word: str, text: str, run: Any) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(word, help=text)
    parser.set_defaults(run=run)
    return parser


def _by(act: _Block, kind: str) -> Callable[[argparse.Namespace, bool], Printed]:
    """A command that does `act` to the one whose id is given."""
    operation = f"{'account' if kind == 'user' else kind}.{act.__name__.split('_')[0]}"

    def run(given: argparse.Namespace, _as_json: bool) -> Printed:
        who = parse_id(given.id)
        acts.once(given, operation, lambda tx: act(tx, who))
        return {kind: given.id, "done": act.__name__.split("_")[0]}

    return run


def _devices(given: argparse.Namespace, as_json: bool) -> Printed:
    user = parse_id(given.id)

    def work(tx: Transaction) -> list[dict[str, Any]]:
        tx.subject = user
        rows = tx.conn.execute(
            select(DEVICE.c.id, DEVICE.c.last_seen, DEVICE.c.revoked, BLOCKED.c.since)
            .join(BLOCKED, BLOCKED.c.id == DEVICE.c.id, isouter=True)
            .where(DEVICE.c.user_id == user)
            .order_by(DEVICE.c.revoked, DEVICE.c.last_seen.desc())
        )
        return [
            {
                "id": row.id.hex(),
                "last_seen": None if row.last_seen is None else stamp(row.last_seen),
                "state": _state(row.revoked, row.since),
            }
            for row in rows
        ]

    found = acts.once(given, "device.list", work)
    if as_json:
        return {"devices": found}
    lines = [f"{one['id']}\t{one['state']}\t{one['last_seen'] or 'never'}" for one in found]
    return {"lines": lines or ["no devices"]}


def _state(revoked: bool, since: int | None) -> str:
    if revoked:
        return "revoked"
    return "active" if since is None else "blocked"


def _rename(given: argparse.Namespace, _as_json: bool) -> Printed:
    user = parse_id(given.id)
    values = {
        key: directory.clean(value, key)
        for key, value in (("name", given.name), ("authority", given.authority))
        if value is not None
    }
    if not values:
        raise UsageError("Say what changes: --name or --authority.")

    def work(tx: Transaction) -> None:
        tx.subject = user
        tx.wake_all("directory")
        if not tx.conn.execute(update(ACCOUNT).where(ACCOUNT.c.id == user).values(values)).rowcount:
            raise NotFoundError("Nobody here has that id.")

    acts.once(given, "account.rename", work)
    return {"user": given.id, **values}


def _authorities(given: argparse.Namespace, as_json: bool) -> Printed:
    def work(tx: Transaction) -> list[dict[str, Any]]:
        names = (ACCOUNT.c.authority, ACCOUNT.c.country, ACCOUNT.c.party)
        rows = tx.conn.execute(select(*names, func.count()).group_by(*names).order_by(*names))
        keys = ("authority", "country", "party", "people")
        return [dict(zip(keys, row, strict=True)) for row in rows]

    found = acts.once(given, "authority.list", work)
    if as_json:
        return {"authorities": found}
    return {"lines": ["\t".join(map(str, one.values())) for one in found] or ["nobody yet"]}


def _rename_all(given: argparse.Namespace, _as_json: bool) -> Printed:
    new = directory.clean(given.new, "authority")

    def work(tx: Transaction) -> int:
        mine = ACCOUNT.c.authority == given.old
        changed = tx.conn.execute(update(ACCOUNT).where(mine).values(authority=new)).rowcount
        if not changed:
            raise NotFoundError("Nobody here is of that authority.")
        return int(changed)

    return {"authority": new, "people": acts.once(given, "authority.rename", work)}


def _operators(given: argparse.Namespace, as_json: bool) -> Printed:
    def work(tx: Transaction) -> list[dict[str, Any]]:
        rows = tx.conn.execute(select(OPERATOR).order_by(OPERATOR.c.first_at))
        return [
            {
                "id": row.id.hex(),
                "system_user": row.system_user,
                "name": row.name,
                "first": stamp(row.first_at),
            }
            for row in rows
        ]

    found = acts.once(given, "operator.list", work)
    if as_json:
        return {"operators": found}
    return {"lines": ["\t".join(one.values()) for one in found]}
