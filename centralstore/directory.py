"""Who is known here: invitations, enrolment, people and their device lists.

The directory is a hint for clients and a second line for the store; keys count only as the signed
membership log states them. Spec: docs/protocol/70-store.md §3, docs/protocol/20-identities.md.
"""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, delete, func, insert, select, update

from centralstore import prekeys
from centralstore.authn import digest
from centralstore.database import Transaction
from centralstore.errors import conflict, unknown
from centralstore.tables import ACCOUNT, DEVICE, DEVICE_LIST, MEMBER, SESSION
from crypto import signatures
from protocol import codec
from protocol.api.accounts import EnrolRequest, User
from protocol.devicelist import DeviceList
from protocol.errors import BadInputError, ForgedError, InvitationError, MalformedError
from protocol.ids import UserId
from protocol.limits import INVITATION_SECONDS, MAX_DEVICE_LIST_BYTES
from protocol.membership import NO_PREVIOUS, key_digest, record_hash
from protocol.roles import Party

_REFUSED: Final = "This invitation was used, has expired or was altered. Ask for a new one."
_MAX_NAME: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """A fresh invitation's user id and one-time code (16 B each); the code is kept hashed only."""

    user: UserId
    code: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A device list as the directory keeps it: digests of its user key and of itself."""

    party: Party
    user_key: bytes
    seq: int
    head: bytes


def invite(tx: Transaction, *, name: str, authority: str, country: str, party: Party) -> Invited:
    """Make an account that one device may claim within INVITATION_SECONDS.

    Raises:
        BadInputError: a name with control or direction-changing characters, or a bad country.
    """
    if len(country) != 2 or not (country.isascii() and country.isalpha() and country.isupper()):
        raise BadInputError("A country is two capital letters, as in NL (EU for Union bodies).")
    made = Invited(user=UserId(secrets.token_bytes(16)), code=secrets.token_bytes(16))
    tx.conn.execute(
        insert(ACCOUNT).values(
            id=made.user,
            name=clean(name, "name"),
            authority=clean(authority, "authority"),
            country=country,
            party=party.value,
            code_hash=digest(made.code),
            invited_at=tx.second,
            invited_until=tx.second + INVITATION_SECONDS,
        )
    )
    tx.subject = made.user
    return made


def clean(text: str, what: str) -> str:
    """A name in NFC with single spaces.

    Raises:
        BadInputError: empty, too long, or with characters that are not seen or that turn others.
    """
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    if not 1 <= len(plain) <= _MAX_NAME:
        raise BadInputError(f"The {what} has 1 to {_MAX_NAME} characters.")
    if any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn") for c in plain):
        raise BadInputError(f"The {what} contains a character that cannot be seen. Remove it.")
    return plain


def enrol(tx: Transaction, request: EnrolRequest) -> User:
    """Bind the first device list to an invited account, once.

    The same code with the very same list again (a lost answer) succeeds again.

    Raises:
        InvitationError: unknown, used, expired or altered.
        ForgedError, MalformedError: the list or the prekeys are not signed as they must be.
    """
    tx.subject = request.user
    row = tx.conn.execute(select(ACCOUNT).where(ACCOUNT.c.id == request.user)).one_or_none()
    if row is None or not secrets.compare_digest(row.code_hash, digest(request.code)):
        raise InvitationError(_REFUSED)
    if row.enrolled_at is not None:
        first = tx.conn.execute(
            select(DEVICE_LIST.c.signed)
            .where(DEVICE_LIST.c.user_id == request.user)
            .order_by(DEVICE_LIST.c.seq)
            .limit(1)
        ).scalar_one()
        if first != request.device_list:
            raise InvitationError(_REFUSED)
        return _user(row)
    if row.invited_until <= tx.second:
        raise InvitationError(_REFUSED)
    found = _verified(request.device_list, request.user)
    if found.prev != NO_PREVIOUS or not found.devices or found.revoked:
        raise MalformedError("A first device list names a device and follows nothing.")
    _save(tx, found, request.device_list)
    _one_device(tx, found)
    prekeys.upload(tx, request.prekeys)
    tx.conn.execute(
        update(ACCOUNT).where(ACCOUNT.c.id == request.user).values(enrolled_at=tx.second)
    )
    return _user(row)


def users(tx: Transaction) -> tuple[User, ...]:
    """Everyone enrolled, by name."""
    rows = tx.conn.execute(
        select(ACCOUNT).where(ACCOUNT.c.enrolled_at.is_not(None)).order_by(ACCOUNT.c.name)
    )
    return tuple(_user(row) for row in rows)


def device_list(tx: Transaction, user: UserId) -> bytes:
    """The newest signed device list of a user.

    Raises:
        NotFoundError: nobody enrolled has that id.
    """
    tx.subject = user
    signed = tx.conn.execute(
        select(DEVICE_LIST.c.signed)
        .where(DEVICE_LIST.c.user_id == user)
        .order_by(DEVICE_LIST.c.seq.desc())
        .limit(1)
    ).scalar_one_or_none()
    if signed is None:
        raise unknown()
    return bytes(signed)


def update_device_list(tx: Transaction, user: UserId, signed: bytes) -> bytes:
    """Replace one's own device list by its successor.

    Raises:
        ForgedError: not signed by the same user key, or not the next in the chain.
        NotFoundError: somebody else's list.
        BadInputError: `conflict`; a membership log names the present one. Who reads that log later
            needs exactly the list it names, and the newest is the only one handed out: a member
            could keep everybody from joining, and the log from being followed at all.
    """
    tx.subject = user
    if user != tx.user:
        raise unknown()
    current = device_list(tx, user)
    if current == signed:
        return signed
    member = select(MEMBER.c.space_id).where(MEMBER.c.user_id == user).limit(1)
    if tx.conn.execute(member).one_or_none() is not None:
        raise conflict("A device list does not change once its owner is in a space.")
    old = signatures.peek(current, DeviceList, limit=MAX_DEVICE_LIST_BYTES)
    new = _verified(signed, user)
    head = record_hash(signatures.parse(current, limit=MAX_DEVICE_LIST_BYTES).body)
    if new.user_key != old.user_key or new.seq != old.seq + 1 or new.prev != head:
        raise ForgedError("A device list follows the last one, under the same user key.")
    if tx.device not in {entry.device for entry in new.devices}:
        raise ForgedError("A device cannot take itself off the list it hands in.")
    _save(tx, new, signed)
    return signed


def listed(tx: Transaction, user: bytes, seq: int) -> Listed | None:
    """What the directory knows of a user's device list number `seq`."""
    row = tx.conn.execute(
        select(ACCOUNT.c.party, DEVICE_LIST.c.user_key, DEVICE_LIST.c.head)
        .join(DEVICE_LIST, DEVICE_LIST.c.user_id == ACCOUNT.c.id)
        .where(ACCOUNT.c.id == user, DEVICE_LIST.c.seq == seq)
    ).one_or_none()
    if row is None:
        return None
    return Listed(party=Party(row.party), user_key=row.user_key, seq=seq, head=row.head)


def _verified(signed: bytes, user: bytes) -> DeviceList:
    """A device list that is consistent in itself and signed by the user key inside it."""
    claim = signatures.peek(signed, DeviceList, limit=MAX_DEVICE_LIST_BYTES)
    signatures.check_public(claim.user_key)
    found = signatures.verify(
        signed, claim.user_key, DeviceList, signer=user, limit=MAX_DEVICE_LIST_BYTES
    )
    ids = [entry.device for entry in found.devices]
    if found.user != user or len(set(ids)) != len(ids) or set(ids) & set(found.revoked):
        raise MalformedError("A device list contradicts itself.")
    for entry in found.devices:
        signatures.check_public(entry.signing)
    return found


def _save(tx: Transaction, found: DeviceList, signed: bytes) -> None:
    body = signatures.parse(signed, limit=MAX_DEVICE_LIST_BYTES).body
    tx.conn.execute(
        insert(DEVICE_LIST).values(
            user_id=found.user,
            seq=found.seq,
            head=record_hash(body),
            user_key=key_digest(codec.encode(found.user_key)),
            signed=signed,
        )
    )
    _add_devices(tx, found)
    _revoke_absent(tx, found)


def _add_devices(tx: Transaction, found: DeviceList) -> None:
    ids = [entry.device for entry in found.devices]
    rows = tx.conn.execute(
        select(DEVICE.c.id, DEVICE.c.user_id, DEVICE.c.signing).where(DEVICE.c.id.in_(ids))
    )
    known = {row.id: row for row in rows}
    for entry in found.devices:
        signing = codec.encode(entry.signing)
        old = known.get(entry.device)
        if old is None:
            tx.conn.execute(
                insert(DEVICE).values(
                    id=entry.device,
                    user_id=found.user,
                    signing=signing,
                    revoked=False,
                    last_position=0,
                )
            )
        elif old.user_id != found.user or old.signing != signing:
            raise conflict("A device of that id is known with another key.")


def _revoke_absent(tx: Transaction, found: DeviceList) -> None:
    """Who is no longer listed is signed out and can not sign in again."""
    here = {entry.device for entry in found.devices}
    own = select(DEVICE.c.id).where(DEVICE.c.user_id == found.user)
    for device in tx.conn.execute(own).scalars().all():
        if device not in here:
            tx.conn.execute(update(DEVICE).where(DEVICE.c.id == device).values(revoked=True))
            tx.conn.execute(delete(SESSION).where(SESSION.c.device_id == device))


def _one_device(tx: Transaction, found: DeviceList) -> None:
    """At enrolment the caller is the (first) device of the list he brings."""
    tx.user, tx.device = UserId(found.user), type(tx.device)(found.devices[0].device)


def _user(row: Row[Any]) -> User:
    return User(
        id=row.id,
        name=row.name,
        authority=row.authority,
        country=row.country,
        party=Party(row.party),
    )


def roll(tx: Transaction) -> list[dict[str, str | bool | int]]:
    """Everyone invited or enrolled, for the operator."""
    spaces = (
        select(func.count())
        .select_from(MEMBER)
        .where(MEMBER.c.user_id == ACCOUNT.c.id, MEMBER.c.left_seq.is_(None))
        .scalar_subquery()
    )
    rows = tx.conn.execute(select(ACCOUNT, spaces.label("spaces")).order_by(ACCOUNT.c.name))
    return [
        {
            "id": row.id.hex(),
            "name": row.name,
            "authority": row.authority,
            "country": row.country,
            "party": row.party,
            "enrolled": row.enrolled_at is not None,
            "spaces": row.spaces,
        }
        for row in rows
    ]
