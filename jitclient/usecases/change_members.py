"""Adding and removing members: signed entries in the membership log, made by an administrator."""

from __future__ import annotations

from dataclasses import replace

from crypto import devicelist
from jitclient import entries, notes, sealing
from jitclient.entries import Refresh
from jitclient.foundation.text import check_reason
from jitclient.session import Session
from localstore import people, spacelog
from localstore.connection import transaction
from localstore.people import Person
from protocol import codec
from protocol.devicelist import DeviceList
from protocol.errors import (
    ActionNeededError,
    BadInputError,
    KeySubstitutedError,
    LogRollbackError,
    NotFoundError,
    RefusedError,
)
from protocol.ids import DeviceId, SpaceId, UserId
from protocol.membership import EntryKind, key_digest
from protocol.roles import DEFAULT_ROLE, Party, Role, may_hold
from sync.api import StoreApi


async def add_member(
    session: Session,
    api: StoreApi,
    refresh: Refresh,
    space: SpaceId,
    user: UserId,
    role: Role | None,
) -> None:
    """Add a person of the store's directory; the welcome follows when the log has the entry.

    `refresh` runs one round: the log must be current before anything is signed, and the entry
    takes effect here only by coming back through the log.

    Raises:
        NotFoundError: no such person; BadInputError: a member already, or the role does not fit.
        NotPermittedError: only an administrator may; StoreUnreachableError: nothing was changed.
    """

    def build() -> bytes:
        return _addition(session, space, user, role)

    await _learn_keys(session, api, user)
    await entries.append(session, api, refresh, space, build)


async def _learn_keys(session: Session, api: StoreApi, user: UserId) -> None:
    signed = await api.device_list(user)
    await session.run(_save_keys, session, user, signed)


def _save_keys(session: Session, user: UserId, signed: bytes) -> None:
    """Keep the key of a person's first appearance; another one later is refused (A02)."""
    db = session.stores.device
    person = people.person(db, user)
    if person is None:
        raise NotFoundError("The store's directory knows no enrolled person with this id.")
    try:
        known = devicelist.read_list(signed, user, user_key=person.user_key, head=None)
        stays = _stays(person, known)
    except KeySubstitutedError as error:
        substituted = KeySubstitutedError(
            f"The store now shows another key for {session.name_of(user)} than this device "
            "knows. The person was not added. Who lost every device has a new key: look at it, "
            "compare the safety number with the person, and then decide to take it."
        )
        session.alarm(None, substituted, key=user.hex())
        raise substituted from error
    except RefusedError as error:
        told = type(error)(
            f"The keys the store shows for {session.name_of(user)} were refused: "
            f"{error.sentence} The person was not added.",
            code=error.reason,
        )
        session.alarm(None, told, key=user.hex())
        raise told from error
    if stays:
        return
    digest = key_digest(codec.encode(known.user_key))
    with transaction(db):
        people.save_person(db, replace(person, device_list=signed, user_key=digest))


def _stays(person: Person, shown: DeviceList) -> bool:
    """Whether the list known from a log is used, rather than the newer one that the store shows.

    The person's own devices announce the newer one in the new space; a device that was revoked and
    knows the user root could have made what the store shows. Only when none of the known devices is
    left is the store's list all there is.

    Raises:
        LogRollbackError: it is older than the one known (A05).
    """
    if not person.device_list:
        return False
    known = devicelist.read_list(person.device_list, UserId(person.user))
    if shown.seq < known.seq:
        raise LogRollbackError("It is an older list of devices than this device has seen.")
    left = {entry.device for entry in shown.devices}
    return any(entry.device in left for entry in known.devices)


async def remove_member(
    session: Session,
    api: StoreApi,
    refresh: Refresh,
    space: SpaceId,
    user: UserId,
    reason: str,
) -> None:
    """Remove a member; nothing written from now on reaches the person.

    The reason is sealed: members read it, the store cannot.

    Raises:
        BadInputError: no usable reason; NotFoundError: not a member;
        NotPermittedError: only an administrator may, never the last.
    """
    text = check_reason(reason)

    def build() -> bytes:
        return _removal(session, space, user, text)

    await entries.append(session, api, refresh, space, build)


def _addition(session: Session, space: SpaceId, user: UserId, role: Role | None) -> bytes:
    entries.check_administers(session, space)
    sealing.refuse_fork(session, space)  # the welcome could not be sent, and the log would stand
    if spacelog.card(session.stores.space(space)) is None:
        raise ActionNeededError(
            "The title of this space has not arrived here yet, and a new member would not get it "
            "from you. Synchronise and try again."
        )
    name = session.name_of(user)
    if user in session.log(space).roster.members:
        raise BadInputError(f"{name} is a member already.", code="already-member")
    subject, wanted = _eligible(session, user, role)
    signed_list = subject.device_list
    known = devicelist.read_list(signed_list, user, user_key=subject.user_key, head=None)
    return entries.draft(
        session,
        space,
        EntryKind.ADD,
        subject=user,
        role=wanted,
        party=Party(subject.party),
        user_key=subject.user_key,
        list_seq=known.seq,
        list_head=devicelist.list_head(signed_list),
    )


def _eligible(session: Session, user: UserId, role: Role | None) -> tuple[Person, Role]:
    """A person whose keys are known here, and a role the person's party may hold."""
    person = people.person(session.stores.device, user)
    if person is None or not person.device_list or person.user_key is None:
        raise NotFoundError("The store's directory knows no enrolled person with this id.")
    party = Party(person.party)
    wanted = role or DEFAULT_ROLE[party]
    if not may_hold(party, wanted):
        raise BadInputError(
            f"A representative of a {party.value} may not be {wanted.value}.",
            code="role-not-eligible",
        )
    return person, wanted


def _removal(session: Session, space: SpaceId, user: UserId, reason: str) -> bytes:
    entries.check_administers(session, space)
    log = session.log(space)
    if user not in log.roster.members:
        raise NotFoundError("This person is not a member of the space.")
    gone = [DeviceId(entry.device) for _, entry in log.devices((user,))]
    cut = entries.cuts(session, space, gone)
    note = notes.seal(session, space, reason)
    return entries.draft(session, space, EntryKind.REMOVE, subject=user, cut=cut, note=note)
