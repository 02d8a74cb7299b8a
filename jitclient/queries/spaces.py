"""Spaces, members and the directory as rows."""

from __future__ import annotations

from collections.abc import Mapping

from jitclient import controllers, spacewise
from jitclient.foundation.text import visible
from jitclient.queries import names
from jitclient.recipients import comparison_of, trust_of
from jitclient.session import WIPED_STATES, Session
from jitclient.spacelog import SpaceLog
from jitclient.views import (
    MemberRow,
    PersonRow,
    SpaceDetail,
    SpaceRow,
    SpaceState,
    Trust,
    WipeRow,
)
from localstore import people, spaces
from localstore.spaces import SpaceRecord
from protocol.errors import NotFoundError
from protocol.ids import DeviceId, SpaceId, UserId
from protocol.membership import Member, Roster, record_hash
from protocol.roles import Party, Right, allows

_STATES = {"creating": SpaceState.OPEN}


def all_spaces(session: Session) -> tuple[SpaceRow, ...]:
    """Every space of this profile, wiped ones last, then by latest activity."""
    rows = [_row(session, r) for r in spaces.spaces(session.stores.device)]
    rows.sort(key=lambda r: (r.state is SpaceState.WIPED, -r.last_activity, r.space))
    return tuple(rows)


def record_of(session: Session, space: SpaceId) -> SpaceRecord:
    """The row of one space.

    Raises:
        NotFoundError: no such space here.
    """
    record = spaces.space(session.stores.device, space)
    if record is None:
        raise NotFoundError("There is no such space on this device.")
    return record


def one_space(session: Session, space: SpaceId) -> SpaceDetail:
    """One space with its members; a wiped one shows what little is left of it."""
    record = record_of(session, space)
    row = _row(session, record)
    if record.state in WIPED_STATES or record.log_seq < 0:
        return SpaceDetail(
            row=row,
            signed_on=record.signed_on,
            opened_at=record.opened_at,
            log_seq=record.log_seq,
            log_head=record.log_head,
            verified_only=False,
            members=(),
            removed=(),
            close_reason=record.close_reason,
        )
    log = session.log(space)
    genesis = log.roster.genesis
    notes = names.of_space(session, space)
    members = [_member(session, log, m, notes) for m in log.roster.members.values()]
    members.sort(key=lambda m: (m.authority.casefold(), m.name.casefold()))
    former = [g for u, g in log.roster.removed.items() if u not in log.roster.members]
    removed = [_member(session, log, gone.member, notes) for gone in former]
    return SpaceDetail(
        row=row,
        signed_on=genesis.signed_on,
        opened_at=genesis.claimed_at,
        log_seq=log.roster.seq,
        log_head=log.roster.head,
        verified_only=log.roster.verified_only,
        members=tuple(members),
        removed=tuple(removed),
        close_reason=record.close_reason,
    )


def _row(session: Session, record: SpaceRecord) -> SpaceRow:
    count, administers = 0, False
    if record.state not in WIPED_STATES and record.log_seq >= 0:
        roster = spacewise.attempt(session, SpaceId(record.space), _roster)
        members = roster.members if roster is not None else {}
        me = members.get(session.user)
        count, administers = len(members), me is not None and allows(me.role, Right.ADMINISTER)
    return SpaceRow(
        space=SpaceId(record.space),
        title=record.title,
        agreement=record.agreement,
        state=_STATES.get(record.state) or SpaceState(record.state),
        members=count,
        unread=record.unread,
        last_activity=record.last_activity,
        deadline=record.deadline,
        i_administer=administers,
    )


def _roster(session: Session, space: SpaceId) -> Roster:
    return session.log(space).roster


def _member(
    session: Session, log: SpaceLog, member: Member, notes: Mapping[UserId, str]
) -> MemberRow:
    person = people.person(session.stores.device, member.user)
    named = log.roster.controller(member.user)
    return MemberRow(
        user=member.user,
        name=session.name_of(member.user),
        authority=visible(person.authority) if person else "",
        country=visible(person.country) if person else "",
        party=member.party,
        role=member.role,
        trust=trust_of(session, member.user, member.user_key),
        devices=len(log.devices((member.user,))),
        is_me=member.user == session.user,
        may_upload=log.roster.allows(member.user, Right.UPLOAD),
        waits=controllers.waits(log.roster, member.user),
        controller=session.name_of(named) if named is not None else "",
        name_note=notes.get(member.user, ""),
        comparison=comparison_of(session, member.user, member.user_key),
    )


def directory(session: Session) -> tuple[PersonRow, ...]:
    """Everyone of the store's directory but oneself, as last seen."""
    rows = []
    listed = people.people(session.stores.device)
    notes = names.of_directory(session, listed)
    for person in listed:
        if person.user == session.user:
            continue
        user = UserId(person.user)
        key = person.user_key
        rows.append(
            PersonRow(
                user=user,
                name=visible(person.name),
                authority=visible(person.authority),
                country=visible(person.country),
                party=Party(person.party),
                trust=trust_of(session, user, key) if key else Trust.UNVERIFIED,
                name_note=notes.get(user, ""),
            )
        )
    return tuple(sorted(rows, key=lambda r: (r.name.casefold(), r.user)))


def wipes(session: Session, space: SpaceId) -> tuple[WipeRow, ...]:
    """Every device of a closed space and its signed wipe receipt, if it arrived."""
    ended_at = record_of(session, space).closed_at
    db = session.stores.device
    receipts = {w.device: w for w in spaces.wipes(db, space)}
    rows = []
    for one in spaces.closed_devices(db, space):
        receipt = receipts.get(one.device)
        rows.append(
            WipeRow(
                user=UserId(one.user),
                device=DeviceId(one.device),
                name=one.name,
                wiped_at=receipt.wiped_at if receipt else None,
                remaining=receipt.remaining if receipt else "",
                receipt=record_hash(receipt.receipt).hex() if receipt else "",
                ended_at=ended_at,
            )
        )
    return tuple(rows)
