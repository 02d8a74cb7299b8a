"""Noticing that an old copy of this profile, or of a part of it, was put back.

Numbers in the keyring, in device.db and in each space.db are compared at unlocking. While an old
copy runs nothing is sealed; `renewal` makes another device of this one before it writes again.
Spec: docs/protocol/81-local-store.md §8.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from jitclient.session import WIPED_STATES, Session
from localstore import devices, freshness, keychain, spaces
from localstore.connection import Connection, transaction
from protocol.errors import JitError, RefusedError
from protocol.ids import SpaceId

_TOLD: Final = (
    "An old copy of this profile was put back. What was written, sent or received since that copy "
    "may be missing here. Nothing is sent from it until this computer has been announced as a new "
    "device; that happens by itself when the store can be reached, and every member sees it."
)


class PutBackError(RefusedError):
    """An old copy of this profile runs (A17); nothing is sealed with its keys."""

    code = "put-back"


def enter(session: Session) -> None:
    """Compare how far everything has come, and go one further. Blocks on keyring and disk."""
    known = keychain.epoch(session.profile.id) if session.keyring else None
    number = session.database.call(_enter, session, known)
    if session.keyring and keychain.save_epoch(session.profile.id, number):
        session.database.call(_set, session, freshness.KEPT, "1")


def leave(session: Session) -> None:
    """Go one further with everything that was open. Blocks on keyring and disk.

    What a failing disk leaves undone only makes the next old copy harder to notice.
    """
    try:
        number = session.database.call(_leave, session)
    except JitError:
        return
    if session.keyring:
        keychain.save_epoch(session.profile.id, number)


def _enter(session: Session, known: int | None) -> int:
    db = session.stores.device
    mine = freshness.epoch(db)
    kept = session.keyring and devices.setting(db, freshness.KEPT) == "1"
    behind = kept and (known is None or known > mine)
    for space, sp in _each(session):
        device, number = freshness.binding(sp)
        behind |= number > mine or number < freshness.space_epoch(db, space)
        behind |= bool(device) and device != session.device
    number = max(mine, known or 0) + 1
    crashed = devices.setting(db, freshness.RUNNING) == "1"
    with transaction(db):
        devices.set_setting(db, freshness.EPOCH, str(number))
        devices.set_setting(db, freshness.RUNNING, "1")
        if behind and not put_back(session):
            devices.set_setting(db, freshness.PUT_BACK, str(session.clock.now()))
    if put_back(session):
        session.alarm(None, PutBackError(_TOLD), key="put-back")
        for _, sp in _each(session):
            with transaction(sp):
                freshness.stop_handing_over(sp)
    if crashed:  # what was written then was never bound
        _bind(session, number, everything=True)
    return number


def _leave(session: Session) -> int:
    db = session.stores.device
    number = freshness.epoch(db) + 1
    with transaction(db):
        devices.set_setting(db, freshness.EPOCH, str(number))
    _bind(session, number, everything=False)
    return number


def _bind(session: Session, number: int, *, everything: bool) -> None:
    if put_back(session):
        return  # a space keeps the sign that it is an old copy until the renewal has seen to it
    bound = []
    for space, sp in _each(session):
        if everything or sp.total_changes or freshness.binding(sp)[0] != session.device:
            with transaction(sp):
                freshness.bind(sp, session.device, number)
            bound.append(space)
    db = session.stores.device
    with transaction(db):
        for space in bound:  # a space in which nothing was written is as it was
            freshness.set_space_epoch(db, space, number)
        devices.set_setting(db, freshness.RUNNING, "1" if everything else "")


def _each(session: Session) -> Iterator[tuple[SpaceId, Connection]]:
    """Every space whose database opens; what is wrong with another is told where it is used."""
    for record in spaces.spaces(session.stores.device):
        if record.log_seq < 0 or record.state in WIPED_STATES or not record.database_key:
            continue
        try:
            yield SpaceId(record.space), session.stores.space(SpaceId(record.space))
        except JitError:
            continue


def _set(session: Session, name: str, value: str) -> None:
    with transaction(session.stores.device):
        devices.set_setting(session.stores.device, name, value)


def put_back(session: Session) -> bool:
    """Whether an old copy runs that has not been renewed yet. Database thread."""
    return bool(devices.setting(session.stores.device, freshness.PUT_BACK))


def refuse(session: Session) -> None:
    """Nothing is written from an old copy. Database thread.

    Raises:
        PutBackError: one runs.
    """
    if put_back(session):
        raise PutBackError(_TOLD)
