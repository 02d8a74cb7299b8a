"""Comparing the store's access log with what this device remembers of it.

The remembered checkpoint is in device.db. Whatever does not continue it is an alarm that says what
was done; both signed notes are kept then, for they prove it to anyone. Database thread.
Spec: docs/protocol/72-access-log.md §4.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from crypto import checkpoint, merkle
from crypto.checkpoint import Checkpoint
from jitclient.errors import AccessLogError
from jitclient.session import Session
from jitclient.views import AccessLogRow
from localstore import devices
from localstore.connection import transaction
from protocol import codec
from protocol.accesslog import AccessRow
from protocol.api.logs import ProvenRow
from protocol.errors import JitError, MalformedError
from protocol.limits import LOG_WATCH_SECONDS

REMEMBERED: Final = "access-log"
REMEMBERED_AT: Final = "access-log-at"
DISPUTE: Final = "access-log-dispute"
"""Settings of device.db: the last checkpoint, when it came, and two that contradict each other."""

_BETWEEN: Final = "\f"
EVIDENCE: Final = (
    "Both signed statements are kept here; “jitclient access-log” shows them. Tell the operator "
    "and whoever supervises the store."
)
_OWN: Final = ("log.checkpoint", "ok")
"""What every device does when it compares: the next comparison must find it in the log."""


def due(session: Session) -> bool:
    """At the first round after unlocking, and once an hour."""
    passed = session.clock.now() - session.log_watched
    return not 0 <= passed < LOG_WATCH_SECONDS


def judge(session: Session, text: str | None) -> tuple[int, int] | None:
    """What to ask for after a new checkpoint: a proof between these sizes; None when it is over."""
    session.log_watched = session.clock.now()
    older = remembered(session)
    if text is None:
        if older is not None:
            tell(session, "unproven", "The store refuses to show the head of its access log.")
        return None
    try:
        newer = checkpoint.verify(text, session.identity.store_key)
    except JitError as error:
        tell(
            session, "forged", f"The store showed a false head of its access log. {error.sentence}"
        )
        return None
    if older is None:
        _remember(session, text)
        return None
    if newer.size > older.size:
        return older.size, newer.size
    tell(session, *_not_longer(older, newer), disputed=text)
    _remember(session, text)
    return None


def compared(
    session: Session, text: str, path: Sequence[bytes] | None, rows: Sequence[ProvenRow] | None
) -> None:
    """Check the answers to what `judge` asked for, and remember the newer checkpoint."""
    older, newer = remembered(session), checkpoint.verify(text, session.identity.store_key)
    if older is None:
        return
    if path is None or not merkle.verify_consistency(
        older.size, older.root, newer.size, newer.root, path
    ):
        said = (
            f"The store's access log was rewritten: it does not continue the {older.size} rows "
            f"that it had when this device last looked. {EVIDENCE}"
        )
        tell(session, "rewritten", said, disputed=text)
    elif not _logged(session, older, newer, rows):
        said = (
            "The store does not prove that its access log holds what this device did since it last "
            "looked. Tell the operator and whoever supervises the store."
        )
        tell(session, "unproven", said)
    _remember(session, text)


def kept(session: Session) -> AccessLogRow:
    """What is remembered, for a person to hand on."""
    db = session.stores.device
    at = devices.setting(db, REMEMBERED_AT)
    dispute = devices.setting(db, DISPUTE) or ""
    middle = dispute.find(_BETWEEN)
    return AccessLogRow(
        checkpoint=devices.setting(db, REMEMBERED) or "",
        seen_at=None if at is None else int(at),
        disputed=() if middle < 0 else (dispute[:middle], dispute[middle + len(_BETWEEN) :]),
    )


def _not_longer(older: Checkpoint, newer: Checkpoint) -> tuple[str, str]:
    """Every look is a row itself: a log that is no longer than before is not the same log."""
    if newer.size < older.size:
        return "cut", (
            f"The store's access log was cut: it has {newer.size} rows and had {older.size} when "
            f"this device last looked. {EVIDENCE}"
        )
    if newer.root != older.root:
        return "forked", (
            f"The store signed two different access logs of {newer.size} rows: it shows different "
            f"people different ones, or rewrote it. {EVIDENCE}"
        )
    return "frozen", (
        f"The store's access log stands still at {newer.size} rows, although this device used the "
        f"store meanwhile. {EVIDENCE}"
    )


def _logged(
    session: Session, older: Checkpoint, newer: Checkpoint, rows: Sequence[ProvenRow] | None
) -> bool:
    """Own rows only, each in the new tree, and among them the last look of this device."""
    looked = False
    for one in rows or ():
        try:
            row = codec.decode(AccessRow, one.row)
        except MalformedError:
            return False
        if row.user != session.user or not older.size <= one.leaf < newer.size:
            return False
        leaf = merkle.leaf(one.row)
        if not merkle.verify_proof(leaf, one.leaf, newer.size, one.path, newer.root):
            return False
        looked |= row.device == session.device and (row.operation, row.result) == _OWN
    return looked


def remembered(session: Session) -> Checkpoint | None:
    """The newest head that this device has seen, or None."""
    text = devices.setting(session.stores.device, REMEMBERED)
    return checkpoint.verify(text, session.identity.store_key) if text else None


def _remember(session: Session, text: str) -> None:
    db = session.stores.device
    with transaction(db):
        devices.set_setting(db, REMEMBERED, text)
        devices.set_setting(db, REMEMBERED_AT, str(session.clock.now()))


def tell(
    session: Session, what: str, sentence: str, *, disputed: str | None = None, key: str = ""
) -> None:
    """An alarm; with a note that contradicts the remembered one, both are kept."""
    db = session.stores.device
    older = devices.setting(db, REMEMBERED)
    if disputed is not None and older:
        with transaction(db):
            devices.set_setting(db, DISPUTE, older + _BETWEEN + disputed)
    error = AccessLogError(sentence, code=f"{AccessLogError.code}-{what}")
    session.alarm(None, error, key=key or what)
