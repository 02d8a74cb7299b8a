"""One act of an operator: one transaction beside a serving store, logged with who did it.

In the access log stands an opaque id, made of the system's user and the name given with
`--operator` (or JITSTORE_OPERATOR); table `operator` says whose it is, apart from the log.
Spec: docs/protocol/70-store.md §10.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import pwd
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, TypeVar

from sqlalchemy import insert, select
from sqlalchemy.exc import DatabaseError

from centralstore import accesslog, database, directory, moving, places, settings, signals
from centralstore.database import Transaction
from centralstore.tables import OPERATOR
from protocol.errors import JitError

T = TypeVar("T")

_ID_BYTES: Final = 16
_MAX_SYSTEM_CHARS: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """Who acts: the system's user, and the name he gave, if he did."""

    system: str
    name: str

    @property
    def id(self) -> bytes:
        """The opaque id of the access log, 16 bytes."""
        text = f"jitstore-operator\0{self.system}\0{self.name}".encode()
        return hashlib.sha256(text).digest()[:_ID_BYTES]


def operator(given: argparse.Namespace) -> Operator:
    """Who runs this command.

    Raises:
        BadInputError: a name with characters that cannot be seen.
    """
    name = given.operator or os.environ.get("JITSTORE_OPERATOR", "")
    return Operator(system=_system(), name=directory.clean(name, "operator") if name else "")


def once(given: argparse.Namespace, operation: str, work: Callable[[Transaction], T]) -> T:
    """One transaction; its row, also of a refusal, says who it was.

    Raises:
        JitError: what `work` raised, or the database's trouble.
    """
    store, who = settings.load(given.data), operator(given)
    engine = places.engine(store)
    try:
        moving.bring(store, engine, time.time())
        with engine.connect() as connection, connection.begin():
            tx = Transaction(conn=connection, now=time.time(), sealer=store.sealer())
            _note(tx, who)
            outcome = _attempt(tx, work)
            code = outcome.reason if isinstance(outcome, JitError) else "ok"
            _log(tx, who, operation, code)
            if code == "ok":
                signals.tell(tx)
    except DatabaseError as error:
        raise database.translated(error) from error
    finally:
        engine.dispose()
    if isinstance(outcome, JitError):
        raise outcome
    return outcome


def _attempt(tx: Transaction, work: Callable[[Transaction], T]) -> T | JitError:
    """What `work` gives, or why it refused; then nothing of it stays."""
    try:
        with tx.conn.begin_nested():
            return work(tx)
    except JitError as error:
        return error


def _note(tx: Transaction, who: Operator) -> None:
    known = tx.conn.execute(select(OPERATOR.c.id).where(OPERATOR.c.id == who.id)).scalar()
    if known is None:
        tx.conn.execute(
            insert(OPERATOR).values(
                id=who.id, system_user=who.system, name=who.name, first_at=tx.second
            )
        )


def _log(tx: Transaction, who: Operator, operation: str, code: str) -> None:
    accesslog.record(
        tx.conn,
        tx.sealer,
        accesslog.Access(
            now=tx.now,
            user=who.id,
            operation=operation,
            space=tx.space,
            subject=tx.subject,
            result=code,
        ),
    )


def _system() -> str:
    """The user of the system, and who became him by sudo."""
    user = str(os.getuid())
    with suppress(KeyError):
        user = pwd.getpwuid(os.getuid()).pw_name
    before = os.environ.get("SUDO_USER", "")
    found = f"{before} as {user}" if before and before != user else user
    return "".join(c for c in found if c.isprintable())[:_MAX_SYSTEM_CHARS]
