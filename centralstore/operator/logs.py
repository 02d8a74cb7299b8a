"""`jitstore log export | verify | audit`: the access log for those who may ask for it.

Spec: docs/protocol/72-access-log.md §5, §6; guide: docs/OPERATOR_GUIDE.md.
"""

from __future__ import annotations

import argparse
import datetime
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from centralstore import directory, logaudit, logexport, logproofs, logverify, places, settings
from centralstore.backup.create import snapshot
from centralstore.database import Transaction
from centralstore.logverify import LogAlteredError
from centralstore.operator import acts
from crypto import checkpoint
from crypto.checkpoint import Checkpoint
from protocol.accesslog import MAX_CHECKPOINT_CHARS
from protocol.errors import BadInputError, CannotCreateError, DiskError, JitError, NoInputError
from protocol.ids import from_hex, parse_id
from protocol.limits import MAX_REASON_CHARS

Printed = dict[str, Any]
_ALWAYS: Final = "1970-01-01"
_NEVER: Final = "9999-12-31"


def add(commands: Any) -> list[argparse.ArgumentParser]:
    """Put the commands of this module among the others; those that take --data."""
    log = commands.add_parser("log", help="export, check and audit the access log")
    verbs = log.add_subparsers(required=True, metavar="VERB")
    out = verbs.add_parser("export", help="write rows with their proofs into a signed file")
    out.add_argument("--space", metavar="SPACE-ID", help="of one JIT; left out: of all")
    out.add_argument("--from", dest="since", metavar="TIME", help="RFC 3339, or a day (UTC)")
    out.add_argument("--to", dest="until", metavar="TIME", help="not included")
    out.add_argument("--requester", required=True, metavar="TEXT", help="the authority that asks")
    out.add_argument("--reason", required=True, metavar="TEXT", help="why, and its reference")
    out.add_argument("--seen", type=Path, action="append", default=[], metavar="FILE")
    out.add_argument("--out", required=True, type=Path, metavar="FILE")
    out.set_defaults(run=_export)
    check = verbs.add_parser("verify", help="check an export offline")
    check.add_argument("file", type=Path, metavar="FILE")
    check.add_argument("--store-key", required=True, metavar="HEX", help="64 digits")
    check.add_argument("--checkpoint", type=Path, metavar="FILE", help="one seen earlier")
    check.set_defaults(run=_verify)
    audit = verbs.add_parser("audit", help="check every row of the database against the tree")
    audit.add_argument("--checkpoint", type=Path, action="append", default=[], metavar="FILE")
    audit.set_defaults(run=_audit)
    return [out, audit]


def _export(given: argparse.Namespace, _as_json: bool) -> Printed:
    store = settings.load(given.data)
    key, who = store.store_key(), acts.operator(given)
    space = b"" if given.space is None else parse_id(given.space)
    wanted = logexport.Wanted(
        space=space,
        since=moment_of(given.since or _ALWAYS),
        until=moment_of(given.until or _NEVER),
        requester=directory.clean(given.requester, "requester"),
        reason=_reason(given.reason),
        exporter=who.name or who.system,
        exported_by=who.id,
        now=0,
        seen=[_checkpoint(path, key.public) for path in given.seen],
    )
    if given.out.exists():
        raise CannotCreateError(f"{given.out} exists already. Nothing was changed.")

    def work(tx: Transaction) -> tuple[str, float]:
        tx.space = space
        return logproofs.head(tx, key).checkpoint, tx.now

    signed, now = acts.once(given, "log.export", work)
    try:
        given.out.touch(mode=0o600, exist_ok=False)
        with _moment(store) as conn, given.out.open("wb") as file:
            rows = logexport.write(conn, replace(wanted, now=now), signed, key, file.write)
            file.flush()
            os.fsync(file.fileno())
        with given.out.open("rb") as file:
            logverify.verify(file, key.public)
    except JitError:
        given.out.unlink(missing_ok=True)
        raise
    except OSError as error:
        raise DiskError(f"{given.out} cannot be written.") from error
    return {"rows": rows, "file": str(given.out), "store_key": key.public.hex()}


def _verify(given: argparse.Namespace, _as_json: bool) -> Printed:
    public = from_hex(given.store_key, 32)
    if public is None:
        raise BadInputError("A store key is 64 hexadecimal digits, as in an invitation.")
    seen = None if given.checkpoint is None else _checkpoint(given.checkpoint, public)
    try:
        with given.file.open("rb") as file:
            found = logverify.verify(file, public, seen)
    except OSError as error:
        raise NoInputError(f"{given.file} cannot be read.") from error
    head = found.head
    return {
        "verified": True,
        "space": head.space,
        "rows": found.rows,
        "first": found.first.at if found.first else "",
        "last": found.last.at if found.last else "",
        "requester": head.requester,
        "reason": head.reason,
        "exported_at": head.exported_at,
        "exporter": head.exporter,
        "log_size": found.checkpoint.size,
        "continues": 0 if seen is None else seen.size,
    }


def _audit(given: argparse.Namespace, _as_json: bool) -> Printed:
    store = settings.load(given.data)
    public = store.store_key().public
    seen = [_checkpoint(path, public) for path in given.checkpoint]
    acts.once(given, "log.audit", lambda _tx: None)
    with _moment(store) as conn:
        found = logaudit.audit(conn, public, store.sealer(), seen)
    if found.findings:
        raise LogAlteredError(" ".join(found.findings))
    return {
        "sound": True,
        "size": found.size,
        "rows": found.rows,
        "forgotten": found.pruned,
        "waiting": found.waiting,
        "root": found.root.hex(),
    }


@contextmanager
def _moment(store: settings.Store) -> Iterator[Connection]:
    """One moment of the database, to read for as long as it takes; nobody waits for it."""
    if not places.is_shared(store):
        with snapshot(store) as conn:
            yield conn
        return
    engine = places.engine(store)
    try:
        with engine.connect().execution_options(isolation_level="REPEATABLE READ") as conn:
            yield conn
    finally:
        engine.dispose()


def moment_of(text: str) -> float:
    """A time that a person typed, seconds since 1970 UTC.

    Raises:
        BadInputError: no RFC 3339 time and no day.
    """
    try:
        found = datetime.datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInputError(f"“{text}” is no time. Write 2026-11-27T10:00Z.") from error
    if found.tzinfo is None:
        found = found.replace(tzinfo=datetime.UTC)
    return found.timestamp()


def _reason(text: str) -> str:
    words = " ".join(text.split())
    if not words or len(words) > MAX_REASON_CHARS or not words.isprintable():
        raise BadInputError(f"A reason has 1 to {MAX_REASON_CHARS} characters that can be seen.")
    return words


def _checkpoint(path: Path, public: bytes) -> Checkpoint:
    try:
        with path.open("rb") as file:
            data = file.read(4 * MAX_CHECKPOINT_CHARS + 1)
    except OSError as error:
        raise NoInputError(f"{path} cannot be read.") from error
    text = data.decode("utf-8", "replace").strip() + "\n"
    return checkpoint.verify(text, public)
