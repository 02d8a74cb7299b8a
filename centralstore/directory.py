"""Who is known here: invitations, enrolment, people.

The directory is a hint for clients and a second line for the store; keys count only as the signed
membership log states them. Spec: docs/protocol/70-store.md §3, docs/protocol/20-identities.md.
"""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, func, insert, select, update

from centralstore import authn, devicelists, prekeys
from centralstore.authn import digest
from centralstore.database import Transaction
from centralstore.tables import ACCOUNT, MEMBER
from protocol.api.accounts import EnrolRequest, User
from protocol.errors import BadInputError, InvitationError, NotFoundError
from protocol.ids import DeviceId, UserId
from protocol.limits import INVITATION_SECONDS
from protocol.roles import Party

_REFUSED: Final = "This invitation was used, has expired or was altered. Ask for a new one."
_MAX_NAME: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """A fresh invitation's user id and one-time code (16 B each); the code is kept hashed only."""

    user: UserId
    code: bytes


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
            code_for=1,
            chains=0,
        )
    )
    tx.subject = made.user
    return made


def reinvite(tx: Transaction, user: UserId) -> Invited:
    """A new code for an account: its devices are lost, or its invitation is.

    Until somebody enrols with it nothing changes; an unspent code before it is void.

    Raises:
        NotFoundError: nobody has that id.
    """
    tx.subject = user
    tx.hold(user)
    made = Invited(user=user, code=secrets.token_bytes(16))
    done = tx.conn.execute(
        update(ACCOUNT)
        .where(ACCOUNT.c.id == user)
        .values(
            code_hash=digest(made.code),
            invited_at=tx.second,
            invited_until=tx.second + INVITATION_SECONDS,
            code_for=ACCOUNT.c.chains + 1,
        )
    )
    if not done.rowcount:
        raise NotFoundError("Nobody here has that id.")
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
    """Bind the first device list of a chain to an invited account, once.

    After a re-invitation the list begins another chain, under another user key, and every device
    of the chains before loses what was kept for it here. The same code with the very same list
    again (a lost answer) succeeds again.

    Raises:
        InvitationError: unknown, used, expired or altered.
        ForgedError, MalformedError: the list or the prekeys are not signed as they must be.
        BadInputError: `conflict`; a user key or a device that was here before.
    """
    tx.subject = request.user
    tx.hold(request.user)
    row = tx.conn.execute(select(ACCOUNT).where(ACCOUNT.c.id == request.user)).one_or_none()
    if row is None or not secrets.compare_digest(row.code_hash, digest(request.code)):
        raise InvitationError(_REFUSED)
    if authn.blocked(tx, request.user):
        raise InvitationError(_REFUSED)
    chain = int(row.code_for)
    if row.chains >= chain:
        if devicelists.first(tx, UserId(row.id), chain) != request.device_list:
            raise InvitationError(_REFUSED)
        return _user(row)
    if row.invited_until <= tx.second:
        raise InvitationError(_REFUSED)
    found = devicelists.begin(tx, UserId(row.id), request.device_list, chain)
    # At enrolment the caller is the first device of the list he brings.
    tx.user, tx.device = UserId(found.user), DeviceId(found.devices[0].device)
    prekeys.upload(tx, request.prekeys)
    tx.conn.execute(
        update(ACCOUNT)
        .where(ACCOUNT.c.id == request.user)
        .values(chains=chain, enrolled_at=tx.second)
    )
    return _user(row)


def users(tx: Transaction) -> tuple[User, ...]:
    """Everyone enrolled, by name."""
    rows = tx.conn.execute(
        select(ACCOUNT).where(ACCOUNT.c.enrolled_at.is_not(None)).order_by(ACCOUNT.c.name)
    )
    return tuple(_user(row) for row in rows)


def person(tx: Transaction, user: UserId) -> User:
    """The entry of somebody who is enrolled."""
    return _user(tx.conn.execute(select(ACCOUNT).where(ACCOUNT.c.id == user)).one())


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
            "reinvited": row.chains > 0 and row.code_for > row.chains,
            "spaces": row.spaces,
        }
        for row in rows
    ]
