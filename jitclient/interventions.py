"""A person intervenes in a transfer: again, anew, or not at all."""

from __future__ import annotations

import contextlib
import shutil
from dataclasses import replace
from pathlib import Path

from crypto import signatures
from crypto.filestream import FileShape
from jitclient import consequences, sealing, spacewise, spool
from jitclient.events import ExhibitsChanged
from jitclient.evidence_io import source_stat
from jitclient.exhibits import exhibit_of
from jitclient.foundation.text import check_reason
from jitclient.place import place
from jitclient.sealing import Draft
from jitclient.session import Session
from localstore import chunks, custody, evidence
from localstore import spool as spooled
from localstore.connection import transaction
from localstore.evidence import ExhibitRecord
from protocol.content import WithdrawnBecause
from protocol.errors import (
    ActionNeededError,
    BadInputError,
    ErasedError,
    MalformedError,
    NotFoundError,
    NotSignedInError,
    RefusedError,
    StoreIdentityError,
    TryAgainError,
)
from protocol.facts import digests
from protocol.ids import FileId, SpaceId
from protocol.receipts import Withdrawal
from sync.api import StoreApi

CHANGED = "The file changed: "


def make_due(session: Session, space: SpaceId, file: FileId) -> None:
    """Let a paused, failed or corrupted transfer run again; a changed file gets a new key.

    Raises:
        NotFoundError: no such exhibit; BadInputError: it is not standing still;
        ActionNeededError: it changed, and has to be compared with its acquisition again.
    """
    sp, anew = session.stores.space(space), file
    record = evidence.exhibit(sp, file)
    if record is None:
        raise NotFoundError("There is no such exhibit in this space.")
    if record.state not in {"paused", "failed", "corrupted"}:
        raise BadInputError("This transfer is not paused.")
    with transaction(sp):
        if record.mine and record.problem.startswith(CHANGED):
            anew = _start_anew(session, space, record)
        else:
            state = "sealing" if record.mine else "available"
            evidence.update_exhibit(sp, file, state=state, problem="")
    session.tell(ExhibitsChanged.of(space, file, anew))


def _start_anew(session: Session, space: SpaceId, record: ExhibitRecord) -> FileId:
    """A changed file is another file: new id, key and salt, so that no nonce is used twice."""
    if digests(record.facts):
        raise ActionNeededError(
            "The file changed since it was compared with its acquisition report. Cancel it, and "
            "hand it over anew: it is compared again."
        )
    sp = session.stores.space(space)
    if spooled.key(sp, record.file) is not None:
        raise ActionNeededError(
            "What came from standard input and was kept here has changed. Cancel it, and hand it "
            "over anew."
        )
    stat = source_stat(Path(record.source))
    shape = FileShape(stat.size)
    evidence.update_exhibit(sp, record.file, state="cancelled", problem="The file changed.")
    chunks.clear(sp, FileId(record.file))
    anew = FileId(session.entropy.token(16))
    evidence.add_exhibit(
        sp,
        replace(
            record,
            file=anew,
            file_key=session.entropy.token(32),
            salt=session.entropy.token(24),
            size=stat.size,
            parts=shape.parts,
            sealed_total=shape.sealed_bytes,
            source_stat=str(stat),
            state="sealing",
            problem="",
            digest=b"",
        ),
    )
    return anew


async def cancel(
    session: Session, api: StoreApi, space: SpaceId, file: FileId, reason: str = ""
) -> None:
    """Stop for good: own exhibits are withdrawn from the store, received parts are deleted.

    What was never handed over is given up at once, and the store is told when it can be reached.
    What was, is evidence: its withdrawal states a `reason`, which its recipients read.

    Raises:
        BadInputError: it was handed over, and the reason is none; nothing was done.
        ActionNeededError: everyone has it already, or it is verified here.
    """
    record = await session.run(exhibit_of, session, space, file)
    if not record.mine:
        await session.run(_drop_received, session, space, record)
        return
    if record.state in {"cancelled", "withdrawn"}:
        return
    if await session.run(_given_up, session, space, file):
        with contextlib.suppress(TryAgainError):
            await tell_store(session, api)
        return
    text = check_reason(reason)
    signed = await session.run(_withdrawal, session, space, file)
    with contextlib.suppress(NotFoundError, ErasedError):
        await api.withdraw_file(space, file, signed)  # it is gone already
    await session.run(_withdrawn, session, space, record, text)


def _withdrawal(session: Session, space: SpaceId, file: FileId) -> bytes:
    withdrawal = Withdrawal(
        version=1,
        space=space,
        file=file,
        device=session.device,
        claimed_at=session.clock.now(),
    )
    return signatures.sign(session.signing, session.device, withdrawal)


def _given_up(session: Session, space: SpaceId, file: FileId) -> bool:
    """Give up what was not handed over; False when somebody has it or may have it."""
    at = place(session, space)
    with transaction(at.sp):
        record = exhibit_of(session, space, file)
        if record.message is not None:
            return False
        evidence.update_exhibit(at.sp, file, state="cancelled", problem="", announced=False)
        chunks.clear(at.sp, file)
        custody.append(at.sp, "exhibit-withdrawn", session.identity.name, record, "", at.now)
    spool.sweep(session, space)
    session.tell(ExhibitsChanged.of(space, file))
    return True


async def tell_store(session: Session, api: StoreApi) -> None:
    """Withdraw at the store what was given up before it was handed over; until the store knows."""
    for space, file, signed in await session.run(spacewise.gather, session, _abandoned_in):
        try:
            await api.withdraw_file(space, file, signed)
        except (NotSignedInError, StoreIdentityError):
            raise
        except MalformedError:
            continue  # whether the store has understood is unknown
        except (ActionNeededError, RefusedError):
            pass  # it never arrived there, or is gone already
        await session.run(spacewise.attempt, session, space, _told, file)


def _abandoned_in(session: Session, space: SpaceId) -> list[tuple[SpaceId, FileId, bytes]]:
    records = evidence.owed(session.stores.space(space), "cancelled", mine=True)
    files = [FileId(record.file) for record in records if record.message is None]
    return [(space, file, _withdrawal(session, space, file)) for file in files]


def _told(session: Session, space: SpaceId, file: FileId) -> None:
    sp = session.stores.space(space)
    with transaction(sp):
        evidence.update_exhibit(sp, file, announced=True)


def _withdrawn(session: Session, space: SpaceId, record: ExhibitRecord, reason: str) -> None:
    at = place(session, space)
    me = session.identity.name
    audience = at.members(record.recipients)
    with transaction(at.sp):
        if audience:  # nobody left is not everybody
            draft = Draft(
                content=WithdrawnBecause(version=1, file=record.file, reason=reason),
                kind="withdrawn",
                audience=audience,
                text=consequences.withdrawal(me, record.name, reason),
                file=FileId(record.file),
            )
            sealing.compose(at, draft)
        evidence.update_exhibit(at.sp, record.file, state="withdrawn", problem="")
        custody.append(at.sp, "exhibit-withdrawn", me, record, reason, at.now)
    session.tell(ExhibitsChanged.of(space, record.file))


def _drop_received(session: Session, space: SpaceId, record: ExhibitRecord) -> None:
    if record.state == "verified":
        raise ActionNeededError("This exhibit is here already; there is nothing to cancel.")
    sp = session.stores.space(space)
    with transaction(sp):
        evidence.update_exhibit(sp, record.file, state="cancelled", problem="")
        chunks.clear(sp, FileId(record.file))
    shutil.rmtree(session.profile.parts_folder(space, record.file), ignore_errors=True)
    session.tell(ExhibitsChanged.of(space, record.file))
