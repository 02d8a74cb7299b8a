"""Opening a space for a JIT whose signed agreement provides for it (R13, R14).

The genesis is written here first and offered to the store after, so that a lost answer or an
unreachable store loses nothing: the next round offers the same genesis again.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from crypto import devicelist, membership, message
from jitclient import consequences, following
from jitclient.events import SpacesChanged
from jitclient.foundation.text import check_line
from jitclient.founders import names_something
from jitclient.founding import CREATING, forget
from jitclient.place import Place
from jitclient.session import Session
from jitclient.spacelog import SpaceLog
from localstore import custody, people, spacelog, spaces
from localstore.connection import transaction
from localstore.people import Person
from protocol import codec
from protocol.content import SpaceCard
from protocol.errors import (
    BadInputError,
    JitError,
    MalformedError,
    NotPermittedError,
    TryAgainError,
)
from protocol.ids import SpaceId
from protocol.limits import MAX_TITLE_CHARS
from protocol.membership import Genesis, agreement_digest, key_digest
from protocol.roles import ADMINISTRATOR_PARTIES, Party
from sync.api import StoreApi

MAX_RETENTION_DAYS = 3650


async def create_space(  # noqa: PLR0913 - the facts of a space, all named
    session: Session,
    api: StoreApi,
    *,
    agreement: str,
    signed_on: str,
    title: str,
    retention_days: int = 0,
    verified_only: bool = False,
) -> SpaceId:
    """Open a space; returns its id.

    Raises:
        BadInputError: a field is unusable, or the date is not a past or present date.
        NotPermittedError: the person's party may not administer a space (R14.1).
        StoreUnreachableError: saved here; it is opened at the store when it is back.
    """
    if Party(session.identity.party) not in ADMINISTRATOR_PARTIES:
        raise NotPermittedError(
            "A space is opened by a member from a Member State or the EPPO, not by a "
            f"representative of a {session.identity.party}."
        )
    card = SpaceCard(
        version=1,
        title=check_line(title, "The title", limit=MAX_TITLE_CHARS),
        agreement=check_line(agreement, "The agreement reference", limit=MAX_TITLE_CHARS),
    )
    if not names_something(card.agreement):
        raise BadInputError("The agreement reference has no letter and no digit.")
    if not 0 <= retention_days <= MAX_RETENTION_DAYS:
        raise BadInputError(f"Retention is 0 to {MAX_RETENTION_DAYS} days (0: until it closes).")
    day = _past_date(signed_on, session.clock.now())
    terms = _Terms(signed_on=day, retention_days=retention_days, verified_only=verified_only)
    space, genesis = await session.run(_write, session, card, terms)
    try:
        await api.create_space(genesis)
    except (TryAgainError, MalformedError):
        raise  # it may have been opened: the next round finds out
    except JitError:
        await session.run(forget, session, space)
        raise
    await session.run(_opened, session, space)
    return space


def _past_date(text: str, now: int) -> str:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError as error:
        raise BadInputError("The date of signature is written as YYYY-MM-DD.") from error
    if day > dt.datetime.fromtimestamp(now, dt.UTC).date() + dt.timedelta(days=1):
        raise BadInputError("The agreement must be signed before a space is opened for it.")
    return day.isoformat()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Terms:
    signed_on: str
    retention_days: int
    verified_only: bool


def _write(session: Session, card: SpaceCard, terms: _Terms) -> tuple[SpaceId, bytes]:
    me = people.person(session.stores.device, session.user)
    if me is None:
        raise BadInputError("This profile has no device list; enrol it again.")
    card_key = session.entropy.token(32)
    sealed = message.seal_note(card_key, b"card", codec.encode(card), session.entropy)
    genesis = _genesis(session, me, card, sealed, terms)
    signed, roster = membership.create(genesis, session.signing)
    record = replace(
        following.new_record(session, roster.space, CREATING),
        title=card.title,
        agreement=card.agreement,
    )
    with transaction(session.stores.device):
        spaces.add_space(session.stores.device, record)
    own_list = devicelist.read_list(me.device_list, session.user, user_key=None, head=None)
    log = SpaceLog.begin(roster, own_list)
    at = Place(session, session.stores.space(roster.space), log)
    with transaction(at.sp):
        spacelog.save_entry(at.sp, 0, signed)
        spacelog.save_device_list(at.sp, session.user, genesis.list_head, me.device_list)
        spacelog.save_card(at.sp, card_key, card.title, card.agreement)
        name = session.identity.name
        custody.append(at.sp, "space-opened", name, card.title, card.agreement, at.now)
        consequences.add_event(at, session.user, f"{name} opened this space.")
        consequences.welcome_own_devices(at)
    session.logs[at.space] = log
    following.remember_head(session, at.space, log)
    return at.space, signed


def _genesis(
    session: Session, me: Person, card: SpaceCard, sealed_card: bytes, terms: _Terms
) -> Genesis:
    own_list = devicelist.read_list(me.device_list, session.user, user_key=None, head=None)
    return Genesis(
        version=1,
        suite=1,
        agreement=agreement_digest(card.agreement),
        signed_on=terms.signed_on,
        retention_days=terms.retention_days,
        verified_only=terms.verified_only,
        party=Party(session.identity.party),
        actor_user=session.user,
        actor_device=session.device,
        user_key=key_digest(codec.encode(own_list.user_key)),
        list_seq=own_list.seq,
        list_head=devicelist.list_head(me.device_list),
        card=sealed_card,
        claimed_at=session.clock.now(),
    )


def _opened(session: Session, space: SpaceId) -> None:
    with transaction(session.stores.device):
        spaces.update_space(session.stores.device, space, state="open")
    session.tell(SpacesChanged())
