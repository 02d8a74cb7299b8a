"""Log entries and device lists that nobody had the right to make, and a store that serves them."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from crypto import devicelist, signatures
from crypto.signatures import SigningKey
from protocol import codec
from protocol.api.accounts import DeviceListReply, User, UsersReply
from protocol.api.spaces import LogReply, SpacesReply
from protocol.ids import DeviceId, SpaceId, UserId
from protocol.membership import Entry, EntryKind, Roster, key_digest
from protocol.roles import Party, Role
from tests.support.hostile import Deed, Exchange
from tests.support.hostile_team import HostileTeam
from tests.support.people import Person


def entry(
    roster: Roster, kind: EntryKind, actor: tuple[UserId, DeviceId], key: SigningKey, **of: object
) -> bytes:
    """The next entry of a log in somebody's name, signed with any key."""
    fields: dict[str, object] = {
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
        "seq": roster.seq + 1,
        "prev": roster.head,
        **of,
    }
    made = Entry(
        version=1,
        space=roster.space,
        kind=kind,
        actor_user=actor[0],
        actor_device=actor[1],
        claimed_at=1_800_000_000,
        **fields,  # type: ignore[arg-type]  # every key is a field of Entry
    )
    return signatures.sign(key, actor[1], made)


def addition(
    person: Person, user: UserId | None = None, signed: bytes | None = None
) -> dict[str, object]:
    """What an ADD says of a person; of another user id if one is given."""
    return {
        "subject": user or person.user,
        "role": Role.INVESTIGATOR,
        "party": Party.MEMBER_STATE,
        "user_key": key_digest(codec.encode(person.usk.public)),
        "list_seq": 1,
        "list_head": devicelist.list_head(signed or person.signed_list),
    }


def list_of(person: Person, user: UserId, device: DeviceId | None = None) -> bytes:
    """A device list for `user`, with the keys of somebody else."""
    return devicelist.first_list(
        user, person.usk, device or person.device, person.dsk.public, person.dik.public
    )


def roster(team: HostileTeam, who: str, space: SpaceId) -> Roster:
    """A space's members as one device has verified them."""
    session = team.session(who)
    return session.database.call(lambda: session.log(space)).roster


def actor(team: HostileTeam, who: str) -> tuple[UserId, DeviceId]:
    """In whose name."""
    return team.user(who), team.device(who)


def serves_entries(team: HostileTeam, space: SpaceId, who: str, *entries: bytes) -> Deed:
    """Put entries behind a log, for one device."""
    to = team.device(who)
    route = f"/spaces/{space.hex()}/log"

    def longer(reply: SpacesReply) -> SpacesReply:
        changed = (
            replace(s, seq=s.seq + len(entries)) if s.id == space else s for s in reply.spaces
        )
        return replace(reply, spaces=tuple(changed))

    def with_them(reply: LogReply) -> LogReply:
        return replace(reply, entries=(*reply.entries, *entries), seq=reply.seq + len(entries))

    team.hostile.rewrites(SpacesReply, "/v1/spaces$", longer, to=to)
    return team.hostile.rewrites(LogReply, route, with_them, to=to)


def serves_list(team: HostileTeam, user: UserId, signed: bytes, who: str | None = None) -> Deed:
    """Show this device list for a user, to one device or to all."""

    def act(exchange: Exchange) -> bool:
        exchange.status = 200
        exchange.headers = {"content-type": "application/json"}
        exchange.body = msgspec.json.encode(DeviceListReply(device_list=signed))
        return True

    to = team.device(who) if who else None
    return team.hostile.swallows("GET", f"/users/{user.hex()}/device-list", act, to=to)


def introduces(team: HostileTeam, user: UserId, name: str) -> Deed:
    """Put somebody into the directory."""
    invented = User(
        id=user, name=name, authority="Nobody's", country="XX", party=Party.MEMBER_STATE
    )

    def change(reply: UsersReply) -> UsersReply:
        return replace(reply, users=(*reply.users, invented))

    return team.hostile.rewrites(UsersReply, "/v1/users$", change)
