"""Gathers the facts for one access and asks policy.py; the only way into a space.

Spec: docs/protocol/70-store.md §5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from sqlalchemy import bindparam, select

from centralstore.database import Transaction
from centralstore.errors import conflict, parts_missing, unknown
from centralstore.policy import Act, Facts, Ruling, decide
from centralstore.prepared import Prepared, Row
from centralstore.steps import Question, Steps, first, settled
from centralstore.tables import FILE, FILE_RECIPIENT, MEMBER, SPACE
from protocol.api.files import FileState
from protocol.errors import ErasedError, NotPermittedError, SpaceClosedError
from protocol.ids import FileId, SpaceId, UserId
from protocol.roles import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """An allowed access: the space's log position, and where a removed member's view ends."""

    space: SpaceId
    seq: int
    head: bytes
    closed: bool
    left_seq: int | None
    role: Role | None


_STANDING = Prepared(
    select(
        SPACE.c.seq,
        SPACE.c.head,
        SPACE.c.closed_at,
        MEMBER.c.role,
        MEMBER.c.controller,
        MEMBER.c.left_seq,
    )
    .select_from(SPACE)
    .join(MEMBER, MEMBER.c.space_id == SPACE.c.id)
    .where(SPACE.c.id == bindparam("space"), MEMBER.c.user_id == bindparam("user"))
)
_EXISTS = select(SPACE.c.seq).where(SPACE.c.id == bindparam("space"))
_THIS_FILE = select(FILE).where(
    FILE.c.space_id == bindparam("space"), FILE.c.file_id == bindparam("file")
)
_FILE = Prepared(_THIS_FILE)
_FILE_ALONE = Prepared(_THIS_FILE.with_for_update())
_READING = frozenset({Act.READ_LOG, Act.READ_FILE, Act.GET_PART, Act.READ_WIPES})
_INTENDED = Prepared(
    select(FILE_RECIPIENT.c.proven_at).where(
        FILE_RECIPIENT.c.space_id == bindparam("space"),
        FILE_RECIPIENT.c.file_id == bindparam("file"),
        FILE_RECIPIENT.c.user_id == bindparam("user"),
    )
)


def enter(tx: Transaction, act: Act, space: SpaceId) -> Entered:
    """`entering`, at once."""
    return settled(tx.conn, entering(tx, act, space))


def entering(tx: Transaction, act: Act, space: SpaceId) -> Steps[Entered]:
    """Decide an access to a space, and hold the space when something is changed by it.

    Raises:
        NotFoundError: unknown, or not the caller's to see; the same answer.
        NotPermittedError, SpaceClosedError: his role or the closing forbids it.
    """
    tx.subject = space
    _hold(tx, act, space)
    row = first((yield _standing(tx, space)))
    if row is None:
        _note_space(tx, space)
        raise unknown()
    tx.space = space
    _enforce(decide(act, _facts(row)))
    return _entered(space, row)


def enter_file(
    tx: Transaction, act: Act, space: SpaceId, file: FileId, *, looking: bool = False
) -> tuple[Entered, Row]:
    """Decide an access to a file; its row of table `file`, kept from others when it is changed.

    `looking` asks whether it would be allowed, and changes nothing yet.

    Raises:
        NotFoundError, NotPermittedError, SpaceClosedError: as for `enter`.
        ErasedError: the store has erased it.
        BadInputError: `parts-missing` while it is not complete, `conflict` when it is already.
    """
    tx.subject = file
    looking = looking or act in _READING
    if not looking:
        _hold(tx, act, space)
    row = _STANDING.one(tx.conn, _standing(tx, space).values)
    if row is None:
        _note_space(tx, space)
        raise unknown()
    tx.space = space
    wanted = {"space": space, "file": file}
    found = (_FILE if looking else _FILE_ALONE).one(tx.conn, wanted)
    if found is None:
        raise unknown()
    intended = _INTENDED.one(tx.conn, {**wanted, "user": tx.user})
    facts = _facts(row)
    ruling = decide(
        act,
        Facts(
            role=facts.role,
            former=facts.former,
            controlled=facts.controlled,
            closed=facts.closed,
            uploader=found.user_id == tx.user,
            uploading_device=found.device_id == tx.device,
            recipient=intended is not None,
            proven=intended is not None and intended.proven_at is not None,
            state=FileState(found.state),
        ),
    )
    _enforce(ruling, complete=found.state == FileState.COMPLETE.value)
    return _entered(space, row), found


def ahead(tx: Transaction, act: Act, space: SpaceId, user: UserId) -> None:
    """Send what `enter` will ask for this person, before his session has been looked at."""
    _hold(tx, act, space)
    tx.ahead(_STANDING, {"space": space, "user": user})


def _hold(tx: Transaction, act: Act, space: SpaceId) -> None:
    """The log is written alone; whatever else relies on it goes side by side."""
    if act not in _READING:
        tx.hold(space, shared=act is not Act.APPEND_LOG)


def _standing(tx: Transaction, space: SpaceId) -> Question:
    return Question(_STANDING, {"space": space, "user": tx.user})


def _note_space(tx: Transaction, space: SpaceId) -> None:
    """An access that is refused is one to this space all the same, if there is such a space."""
    if tx.conn.execute(_EXISTS, {"space": space}).scalar() is not None:
        tx.space = space


def _facts(row: Row) -> Facts:
    gone = row.left_seq is not None
    return Facts(
        role=None if gone else Role(row.role),
        former=gone,
        controlled=row.controller is not None,
        closed=row.closed_at is not None,
    )


def _entered(space: SpaceId, row: Row) -> Entered:
    return Entered(
        space=space,
        seq=row.seq,
        head=row.head,
        closed=row.closed_at is not None,
        left_seq=row.left_seq,
        role=None if row.left_seq is not None else Role(row.role),
    )


def _enforce(ruling: Ruling, *, complete: bool = False) -> None:
    match ruling:
        case Ruling.ALLOWED:
            return
        case Ruling.UNKNOWN:
            raise unknown()
        case Ruling.FORBIDDEN:
            raise NotPermittedError("Your role in this space does not allow that.")
        case Ruling.CLOSED:
            raise SpaceClosedError("The space is closed. Nothing new can enter it.")
        case Ruling.ERASED:
            raise ErasedError("The store has erased this file.")
        case Ruling.NOT_READY if complete:
            raise conflict("The file is complete; its parts no longer change.")
        case Ruling.NOT_READY:
            raise parts_missing()
        case _:
            assert_never(ruling)
