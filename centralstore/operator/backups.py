"""`jitstore backup keygen | create | verify | erasures | restore`.

Spec: docs/protocol/73-backup.md; guide: docs/OPERATOR_GUIDE.md §4.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final

from sqlalchemy import Connection

from centralstore import accesslog, places, settings
from centralstore.backup import LAST_BACKUP, LAST_ERASURES, create, erasures, restore
from centralstore.database import Transaction
from centralstore.operator import acts
from crypto.sealedstream import SECRET_BYTES, Opener, Sealer, StreamSecret
from protocol.errors import (
    BadInputError,
    CannotCreateError,
    DiskError,
    MalformedError,
    NoInputError,
)
from protocol.ids import from_hex

Printed = dict[str, Any]
_PUBLIC: Final = "jitstore-backup-public"
_SECRET: Final = "jitstore-backup-secret"  # noqa: S105 - the label of a key file
_MAX_KEY_FILE: Final = 1024


def add(commands: Any) -> list[argparse.ArgumentParser]:
    """Put the commands of this module among the others; those that take --data."""
    backup = commands.add_parser("backup", help="make, check and restore backups")
    verbs = backup.add_subparsers(required=True, metavar="VERB")
    keygen = verbs.add_parser("keygen", help="make a key pair; do it on a machine off-line")
    keygen.add_argument("--out", required=True, type=Path, metavar="FILE")
    keygen.set_defaults(run=_keygen, operator=None)
    make = verbs.add_parser("create", help="seal database and parts to a public key")
    make.add_argument("--to", required=True, type=Path, metavar="FILE.pub")
    make.add_argument("--out", required=True, type=Path, metavar="FILE")
    make.set_defaults(run=_create)
    check = verbs.add_parser("verify", help="read a backup to its end and compare every part")
    check.add_argument("file", type=Path, metavar="FILE")
    check.add_argument("--key", required=True, type=Path, metavar="FILE")
    check.set_defaults(run=_verify, operator=None)
    record = verbs.add_parser("erasures", help="write what is erased by now; often, elsewhere")
    record.add_argument("--out", required=True, type=Path, metavar="FILE")
    record.set_defaults(run=_erasures)
    again = verbs.add_parser("restore", help="make a store of a backup in a new folder")
    again.add_argument("file", type=Path, metavar="FILE")
    again.add_argument("--key", required=True, type=Path, metavar="FILE")
    which = again.add_mutually_exclusive_group(required=True)
    which.add_argument("--erasures", type=Path, metavar="FILE")
    which.add_argument("--no-erasures", action="store_true")
    again.set_defaults(run=_restore)
    return [make, record, again]


def _keygen(given: argparse.Namespace, _as_json: bool) -> Printed:
    secret = os.urandom(SECRET_BYTES)
    public = StreamSecret(secret).public
    beside = given.out.with_name(given.out.name + ".pub")
    _new(given.out, f"{_SECRET} {secret.hex()}\n".encode())
    _new(beside, f"{_PUBLIC} {public.hex()}\n".encode())
    return {"secret": str(given.out), "public": str(beside)}


def _create(given: argparse.Namespace, _as_json: bool) -> Printed:
    store, to = settings.load(given.data), _key(given.to, _PUBLIC)
    now = time.time()
    acts.once(given, "backup.create", lambda _tx: None)
    with _appearing(given.out) as file:
        sealer = Sealer(to, file.write)
        made = asyncio.run(create.create(store, places.blobs(store), now, sealer.write))
        sealer.close()
    (store.data / LAST_BACKUP).touch(mode=0o600)
    return {"rows": made.rows, "parts": made.parts, "bytes": made.bytes, "gone": made.gone}


def _verify(given: argparse.Namespace, _as_json: bool) -> Printed:
    with _opened(given) as read:
        found = restore.verify(read)
    return {**_told(found), "whole": True}


def _erasures(given: argparse.Namespace, _as_json: bool) -> Printed:
    def work(tx: Transaction) -> bytes:
        return erasures.record(tx.conn, tx.now)

    data = acts.once(given, "backup.erasures", work)
    with _appearing(given.out, replace=True) as file:
        file.write(data)
    (given.data / LAST_ERASURES).touch(mode=0o600)
    return {"bytes": len(data)}


def _restore(given: argparse.Namespace, _as_json: bool) -> Printed:
    record = None if given.erasures is None else erasures.read(_content(given.erasures))
    with _opened(given) as read:
        found = restore.restore(read, given.data, record, _transaction, time.time())
    acts.once(given, "backup.restore", lambda _tx: None)
    forgotten = found.forgotten
    told = {"forgotten_files": forgotten.files, "forgotten_deliveries": forgotten.deliveries}
    return {**_told(found), **told}


def _told(found: restore.Found) -> Printed:
    return {
        "created": accesslog.stamp(found.head.created_at),
        "address": found.head.address,
        "fingerprint": found.head.certificate.hex(),
        "rows": found.rows,
        "parts": found.parts,
    }


def _transaction(folder: Path, conn: Connection, now: float) -> Transaction:
    return Transaction(conn=conn, now=now, sealer=settings.load(folder).sealer())


@contextmanager
def _opened(given: argparse.Namespace) -> Iterator[Callable[[int], bytes]]:
    secret = StreamSecret(_key(given.key, _SECRET))
    try:
        with given.file.open("rb") as file:
            yield Opener(secret, file.read).read
    except FileNotFoundError as error:
        raise NoInputError(f"There is no backup {given.file}.") from error
    except OSError as error:
        raise DiskError(f"The backup {given.file} cannot be read.") from error


@contextmanager
def _appearing(path: Path, *, replace: bool = False) -> Iterator[BinaryIO]:
    """A file that has its name only when it is whole and on the disk."""
    if path.exists() and not replace:
        raise CannotCreateError(f"{path} exists already. Nothing was changed.")
    making = path.with_name(path.name + ".making")
    try:
        descriptor = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        making.replace(path)
    except OSError as error:
        raise CannotCreateError(f"{path} cannot be written: {error.strerror}.") from error
    finally:
        making.unlink(missing_ok=True)


def _new(path: Path, data: bytes) -> None:
    with _appearing(path) as file:
        file.write(data)


def _key(path: Path, label: str) -> bytes:
    words = _content(path, _MAX_KEY_FILE).decode("ascii", "replace").split()
    key = from_hex(words[1], SECRET_BYTES) if len(words) == 2 and words[0] == label else None
    if key is None:
        raise BadInputError(f"{path} is no key file that begins with {label}.")
    return key


def _content(path: Path, limit: int = erasures.MAX_BYTES) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except FileNotFoundError as error:
        raise NoInputError(f"There is no file {path}.") from error
    except OSError as error:
        raise DiskError(f"{path} cannot be read.") from error
    if len(data) > limit:
        raise MalformedError(f"{path} is too long.")
    return data
