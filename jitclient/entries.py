"""Authoring entries of a membership log: sign on the current head, append, read back.

What an entry does here it does only by coming back through the log (`following`).
Spec: docs/protocol/41-membership.md.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from crypto import membership
from jitclient.session import Session
from localstore import messages
from protocol.errors import BadInputError, LogMovedError, NotPermittedError, SpaceClosedError
from protocol.ids import DeviceId, SpaceId
from protocol.membership import Cut, Entry, EntryKind, EntryRefusedError
from protocol.roles import Right, allows
from sync.api import StoreApi

ATTEMPTS = 4
Refresh = Callable[[], Awaitable[object]]


async def append(
    session: Session,
    api: StoreApi,
    refresh: Refresh,
    space: SpaceId,
    build: Callable[[], bytes],
) -> None:
    """Sign one entry on the current head and append it, again when somebody else was faster."""
    await refresh()
    for attempt in range(ATTEMPTS):
        signed = await session.run(build)
        try:
            await api.append(space, signed)
        except LogMovedError:
            if attempt == ATTEMPTS - 1:
                raise
            await refresh()
            continue
        break
    await refresh()


def draft(session: Session, space: SpaceId, kind: EntryKind, **fields: object) -> bytes:
    """Sign the next entry of a log.

    Raises:
        SpaceClosedError, NotPermittedError, BadInputError: the rules of the log refuse it.
    """
    roster = session.log(space).roster
    values: dict[str, object] = {
        "subject": None,
        "role": None,
        "party": None,
        "user_key": None,
        "list_seq": None,
        "list_head": None,
        "since": None,
        "verified_only": None,
        "cut": (),
        "note": b"",
        **fields,
    }
    entry = Entry(
        version=1,
        space=space,
        seq=roster.seq + 1,
        prev=roster.head,
        kind=kind,
        actor_user=session.user,
        actor_device=session.device,
        claimed_at=session.clock.now(),
        **values,  # type: ignore[arg-type]  # every key is a field of Entry
    )
    try:
        signed, _ = membership.append(roster, entry, session.signing)
    except EntryRefusedError as error:
        if error.reason == "space-closed":
            raise SpaceClosedError(error.sentence) from error
        if error.reason in {"not-administrator", "not-a-member", "last-admin"}:
            raise NotPermittedError(error.sentence) from error
        raise BadInputError(error.sentence, code=error.reason) from error
    return signed


def cuts(session: Session, space: SpaceId, devices: Iterable[DeviceId]) -> tuple[Cut, ...]:
    """Where the messages of devices that go end: with the last one that is here."""
    last = messages.last_sender_seqs(session.stores.space(space))
    found = []
    for device in devices:
        seq, head = last.get(device, (0, bytes(32)))
        found.append(Cut(version=1, device=device, sender_seq=seq, head=head))
    return tuple(found)


def check_administers(session: Session, space: SpaceId) -> None:
    """Refuse early what the log would refuse.

    Raises:
        SpaceClosedError, NotPermittedError.
    """
    roster = session.log(space).roster
    if roster.closed:
        raise SpaceClosedError("This space is closed.")
    me = roster.members.get(session.user)
    if me is None or not allows(me.role, Right.ADMINISTER):
        raise NotPermittedError("Only an administrator of the space may do this.")
