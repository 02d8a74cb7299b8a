"""`jitstore config check | config dump | migrate`: what is set, and the schema's version.

Spec: docs/protocol/70-store.md §11; guide: docs/OPERATOR_GUIDE.md §10.
"""

from __future__ import annotations

import argparse
import os
import time
from typing import Any

import msgspec
from sqlalchemy.exc import DatabaseError

from centralstore import configuration, database, moving, places, schema, settings
from centralstore.operator import acts

Printed = dict[str, Any]


def add(commands: Any) -> list[argparse.ArgumentParser]:
    """Put the commands of this module among the others; those that take --data."""
    config = commands.add_parser("config", help="check or show the configuration in force")
    verbs = config.add_subparsers(required=True, metavar="VERB")
    check = verbs.add_parser("check", help="say whether file and environment are sound")
    check.set_defaults(run=_check)
    dump = verbs.add_parser("dump", help="print every key and where it was set, as TOML")
    dump.add_argument("--redacted", action="store_true", help="secrets as ***")
    dump.set_defaults(run=_dump)
    move = commands.add_parser("migrate", help="bring the schema to the newest version")
    move.add_argument("--dry-run", action="store_true", help="only say what would run")
    move.add_argument(
        "--without-backup", action="store_true", help="also when no backup of the last day is there"
    )
    move.set_defaults(run=_migrate)
    return [check, dump, move]


def _check(given: argparse.Namespace, _as_json: bool) -> Printed:
    store = settings.load(given.data)
    store.fingerprint()
    store.store_key()
    places.check(store.config)
    read = configuration.read(given.data, os.environ)
    return {"configuration": "sound", "address": store.address, "set": len(read.sources)}


def _dump(given: argparse.Namespace, as_json: bool) -> Printed:
    settings.load(given.data)
    read = configuration.read(given.data, os.environ)
    shown = read.shown(redacted=given.redacted)
    if as_json:
        return {"configuration": shown, "sources": dict(read.sources)}
    lines = []
    for key, value in shown.items():
        # JSON's strings and numbers are TOML's too.
        line = f"{key} = {msgspec.json.encode(value).decode()}"
        lines.append(f"{line}  # {read.sources.get(key, 'default')}")
    return {"lines": lines}


def _migrate(given: argparse.Namespace, as_json: bool) -> Printed:
    store = settings.load(given.data)
    engine, ran = places.engine(store), False
    try:
        with engine.connect() as connection, connection.begin():
            have, steps = schema.current(connection), schema.pending(connection)
        if not given.dry_run:
            ran = moving.bring(store, engine, time.time(), unsaved=given.without_backup)
    except DatabaseError as error:
        raise database.translated(error) from error
    finally:
        engine.dispose()
    if ran:
        acts.once(given, "schema.migrate", lambda _tx: None)
    if as_json:
        found = [{"revision": step.revision, "summary": step.summary} for step in steps]
        return {"from": have, "to": schema.newest(), "steps": found, "ran": not given.dry_run}
    verb = "would run" if given.dry_run else "ran"
    lines = [f"{verb} {step.revision}: {step.summary}" for step in steps]
    return {"lines": lines or [f"at {have} already; nothing to do"]}
