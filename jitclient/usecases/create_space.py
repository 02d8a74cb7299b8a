"""Opening a space for a JIT whose signed agreement provides for it (R13, R14).

The genesis is written here first and offered to the store after, so that a lost answer or an
unreachable store loses nothing: the next round offers the same genesis again.
"""

from __future__ import annotations

import datetime as dt

from crypto import devicelist, membership, message
from jitclient import consequences, following
from jitclient.events import SpacesChanged
from jitclient.foundation.text import check_line
from jitclient.place import Place
from jitclient.posting import CREATING
from jitclient.session import Session
from jitclient.spacelog import SpaceLog
from localstore import custody, people, spacelog, spaces
from localstore.connection import transaction
from protocol import codec
from protocol.content import SpaceCard
from protocol.errors import BadInputError, JitError, PermissionError_, TryAgainError
from protocol.ids import SpaceId, UserId
from protocol.limits import MAX_TITLE_CHARS
from protocol.membership import Genesis, agreement_digest
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
        PermissionError_: the person's party may not administer a space (R14.1).
        StoreUnreachableError: saved here; it is opened at the store when it is back.
    """
    if Party(session.identity.party) not in ADMINISTRATOR_PARTIES:
        raise PermissionError_(
            "A space is opened by a member from a Member State or the EPPO, not by a "
            f"representative of a {session.identity.party}."
        )
    card = SpaceCard(
        version=1,
        title=check_line(title, "The title", limit=MAX_TITLE_CHARS),
        agreement=check_line(agreement, "The agreement reference", limit=MAX_TITLE_CHARS),
    )
    if not 0 <= retention_days <= MAX_RETENTION_DAYS:
        raise BadInputError(f"Retention is 0 to {MAX_RETENTION_DAYS} days (0: until it closes).")
    day = _past_date(signed_on, session.clock.now())
    space, genesis = await session.run(
        _write, session, card, day, retention_days=retention_days, verified_only=verified_only
    )
    try:
        await api.create_space(genesis)
    except TryAgainError:
        raise
    except JitError:
        await session.run(_forget, session, space)
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


def _write(
    session: Session, card: SpaceCard, day: str, *, retention_days: int, verified_only: bool
) -> tuple[SpaceId, bytes]:
    me = people.person(session.stores.device, session.user)
    if me is None:
        raise BadInputError("This profile has no device list; enrol it again.")
    own_list = devicelist.read_list(me.device_list, session.user, user_key=None, head=None)
    card_key = session.entropy.token(32)
    genesis = Genesis(
        version=1,
        suite=1,
        agreement=agreement_digest(card.agreement),
        signed_on=day,
        retention_days=retention_days,
        verified_only=verified_only,
        party=Party(session.identity.party),
        actor_user=session.user,
        actor_device=session.device,
        user_key=me.user_key or bytes(32),
        list_seq=own_list.seq,
        list_head=devicelist.list_head(me.device_list),
        card=message.seal_note(card_key, b"card", codec.encode(card), session.entropy),
        claimed_at=session.clock.now(),
    )
    signed, roster = membership.create(genesis, session.signing)
    space = roster.space
    record = following.new_record(session, space, CREATING)
    with transaction(session.stores.device):
        spaces.add_space(session.stores.device, record)
    sp = session.stores.space(space)
    log = SpaceLog(roster=roster, heads=[roster.head], lists={UserId(session.user): own_list})
    with transaction(sp):
        spacelog.save_entry(sp, 0, signed)
        spacelog.save_device_list(sp, session.user, me.device_list)
        spacelog.save_card(sp, card_key, card.title, card.agreement)
        custody.append(
            sp, "space-opened", session.identity.name, card.title, card.agreement, _now(session)
        )
        session.logs[space] = log
        consequences.add_event(
            Place(session, sp, log), session.user, f"{session.identity.name} opened this space."
        )
    following.remember_head(session, space, log)
    with transaction(session.stores.device):
        spaces.update_space(
            session.stores.device, space, title=card.title, agreement=card.agreement
        )
    return space, signed


def _now(session: Session) -> int:
    return session.clock.now()


def _opened(session: Session, space: SpaceId) -> None:
    with transaction(session.stores.device):
        spaces.update_space(session.stores.device, space, state="open")
    session.tell(SpacesChanged())


def _forget(session: Session, space: SpaceId) -> None:
    """The store refused the space: nothing of it remains here."""
    session.logs.pop(space, None)
    session.stores.close_space(space)
    with transaction(session.stores.device):
        spaces.remove_space(session.stores.device, space)
    session.tell(SpacesChanged())
