"""Recording that an originator permitted what a handling code forbids."""

from __future__ import annotations

from jitclient import restrictions
from jitclient.events import ExhibitsChanged
from jitclient.exhibits import exhibit_of
from jitclient.foundation.text import check_line
from jitclient.place import place
from jitclient.session import Session
from localstore import custody, permissions
from localstore.connection import transaction
from localstore.permissions import PermissionRecord
from protocol.errors import BadInputError
from protocol.ids import FileId, SpaceId
from protocol.limits import MAX_TITLE_CHARS


def record_permission(
    session: Session, space: SpaceId, file: FileId, code: str, *, given_by: str, reference: str
) -> None:
    """Put on record, for good, who permitted it and where that is written.

    `code` is one of `restrictions.EFFECTIVE`; `given_by` the person or authority, and `reference`
    the letter, e-mail or record, by which the permission can be found.

    Raises:
        NotFoundError: no such exhibit; BadInputError: the code does not stop anything here, or
        who gave it, or where it is written, is not said.
    """
    who = check_line(given_by, "Who gave the permission", limit=MAX_TITLE_CHARS)
    where = check_line(reference, "Where it is written", limit=MAX_TITLE_CHARS)
    at = place(session, space)
    record = exhibit_of(session, space, file)
    if code not in restrictions.in_force(session, at.sp, record):
        raise BadInputError(f"{code or 'Nothing'} is not in force for {record.name} here.")
    kept = PermissionRecord(file=file, code=code, given_by=who, reference=where, at=at.now)
    with transaction(at.sp):
        permissions.add(at.sp, kept)
        detail = f"{code}, given by {who}, {where}"
        me = session.identity.name
        custody.append(at.sp, "permission-recorded", me, record, detail, at.now)
    session.tell(ExhibitsChanged.of(space, file))
