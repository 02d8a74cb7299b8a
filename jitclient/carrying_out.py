"""Copies that a person writes outside the profile: on record before they are made.

What was begun is known whatever happens next: a process killed in the middle leaves a file without
a name of its own, which the next one removes; one killed at the end leaves a whole file, which the
next one puts on record. A wipe names what stands outside. Spec: docs/protocol/61-closing.md §5.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from jitclient import accompanying, newfile, taking_over
from jitclient.events import ExhibitsChanged
from jitclient.paperviews import PaperKind
from jitclient.place import Place, place
from jitclient.session import Session
from localstore import custody, evidence, outside
from localstore.connection import transaction
from localstore.outside import Outside
from protocol.errors import CannotCreateError, JitError, SpaceClosedError
from protocol.ids import SpaceId
from protocol.receipts import ReceiptKind

PAPERS: Final = frozenset(PaperKind)


def planned(path: Path, what: str, *, file: bytes = b"", detail: str = "") -> Outside:
    """A copy about to be made at `path`."""
    temporary = newfile.temporary_for(path)
    return Outside(path=path, temporary=temporary, what=what, file=file, detail=detail)


@asynccontextmanager
async def carried(session: Session, space: SpaceId, copies: list[Outside]) -> AsyncIterator[None]:
    """Around writing `copies`: on record before, and again once they stand whole.

    What the block cannot make it raises as JitError, with nothing left; it is then off the record.

    Raises:
        CannotCreateError: something of that name is there, or is just being written; nothing
            was begun.
        SpaceClosedError: the space ended meanwhile and took them along.
    """
    for one in copies:
        if one.path.exists():
            raise CannotCreateError(f"{one.path} exists already; nothing was overwritten.")
        if one.path in session.carrying:
            raise CannotCreateError(f"{one.path} is being written already.")
    session.carrying.update(one.path for one in copies)
    try:
        await session.run(begin, session, space, copies)
        try:
            yield
        except JitError:
            await session.run(gave_up, session, space, copies)
            raise
        try:
            await session.run(made, session, space, copies)
        except SpaceClosedError:
            for one in copies:
                one.path.unlink(missing_ok=True)
            raise
    finally:
        session.carrying.difference_update(one.path for one in copies)


# --- below: database thread only -----------------------------------------------------------------


def begin(session: Session, space: SpaceId, copies: Sequence[Outside]) -> None:
    """Put on record what is about to be made; what was cut off there before is taken away.

    Raises:
        SpaceClosedError: the space was wiped meanwhile; nothing may be made.
    """
    sp = session.stores.space(space)
    paths = {one.path for one in copies}
    gone = [one for one in outside.unfinished(sp) if one.path in paths and taken_away(one)]
    with transaction(sp):
        outside.drop(sp, gone)
        outside.note(sp, copies)


def gave_up(session: Session, space: SpaceId, copies: Sequence[Outside]) -> None:
    """Nothing was made. What stood under that path before stays on record."""
    sp = session.stores.space(space)
    with transaction(sp):
        outside.drop(sp, copies)


def made(session: Session, space: SpaceId, copies: Sequence[Outside]) -> None:
    """They stand whole: on record, in the log, and for an exhibit by a receipt to all concerned.

    Raises:
        SpaceClosedError: the space was wiped meanwhile; the caller takes the copies away.
    """
    at = place(session, space)
    with transaction(at.sp):
        outside.note(at.sp, [replace(one, made_at=at.now) for one in copies])
        for one in copies:
            if one.what == "exhibit":
                _exported(at, one)
            elif one.what in PAPERS:
                me = at.session.identity.name
                custody.append(at.sp, f"{one.what}-printed", me, one.path.name, one.detail, at.now)
    session.tell(ExhibitsChanged.of(space, *(one.file for one in copies if one.file)))


def _exported(at: Place, copy: Outside) -> None:
    record = evidence.exhibit(at.sp, copy.file)
    if record is None:
        return
    evidence.update_exhibit(at.sp, copy.file, exported_to=str(copy.path))
    taking_over.owe_about(at, record, ReceiptKind.EXPORTED)
    me = at.session.identity.name
    custody.append(at.sp, "exhibit-exported", me, record, copy.detail, at.now)


def settle(session: Session, space: SpaceId) -> None:
    """What a process before this one had begun: put on record if whole, taken away if not."""
    sp = session.stores.space(space)
    left = [one for one in outside.unfinished(sp) if one.path not in session.carrying]
    if not left:
        return
    last = {one.path: one for one in left}  # of a path, one copy at most stands whole
    whole = [one for one in last.values() if one.what != "sheet" and one.path.exists()]
    sheets = {one.path.with_name(one.path.name + accompanying.SUFFIX) for one in whole}
    whole += [one for one in last.values() if one.path in sheets]
    made(session, space, whole)
    gone = [one for one in left if one not in whole and taken_away(one, but=sheets)]
    with transaction(sp):
        outside.drop(sp, gone)


def taken_away(copy: Outside, *, but: Collection[Path] = ()) -> bool:
    """Whether nothing is left of a copy that was not finished; `but` these stand whole.

    False where its folder is not there at the moment, or does not let go.
    """
    try:
        copy.temporary.unlink(missing_ok=True)
        # A sheet is written first; without its exhibit it is nobody's.
        if copy.what == "sheet" and copy.path not in but:
            copy.path.unlink(missing_ok=True)
    except OSError:
        return False
    return copy.temporary.parent.is_dir()
