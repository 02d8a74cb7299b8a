"""A space's membership log as this device has verified it, kept in memory for quick answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from crypto import devicelist, signatures
from crypto.devicelist import find_device
from localstore import spacelog
from localstore.connection import Connection
from protocol import codec, logrules
from protocol.devicelist import DeviceEntry, DeviceList
from protocol.ids import DeviceId, MailboxId, UserId, mailbox_id
from protocol.membership import Entry, Genesis, Member, Roster, record_hash


@dataclass(slots=True)
class SpaceLog:
    """Roster, the head after every entry, and the devices of everyone ever a member.

    `lists` holds each person's list as the log names it now (of a former member: as it named it
    last), `ever` each device that any named list held, also one that was revoked since.
    """

    roster: Roster
    heads: list[bytes]
    lists: dict[UserId, DeviceList]
    ever: dict[DeviceId, tuple[UserId, DeviceEntry]]

    @classmethod
    def begin(cls, roster: Roster, opened_by: DeviceList) -> Self:
        """The log after its genesis."""
        log = cls(roster, [roster.head], {}, {})
        log._name({UserId(opened_by.user): opened_by})
        return log

    def after(self, roster: Roster, lists: Mapping[UserId, DeviceList]) -> SpaceLog:
        """The log after one more entry, which names `lists`."""
        grown = SpaceLog(roster, [*self.heads, roster.head], dict(self.lists), dict(self.ever))
        grown._name(lists)
        return grown

    def _name(self, lists: Mapping[UserId, DeviceList]) -> None:
        for user, known in lists.items():
            self.lists[user] = known
            _witness(self.ever, user, known)

    def devices(self, users: Iterable[UserId]) -> list[tuple[UserId, DeviceEntry]]:
        """Every device of `users` that is listed and not cut off."""
        found = []
        for user in users:
            known = self.lists.get(user)
            if known is None:
                continue
            found += [(user, d) for d in known.devices if self.device(user, d.device) is not None]
        return found

    def device(self, user: UserId, device: bytes) -> DeviceEntry | None:
        """A device that its owner has now, as the log names it; None for one that is gone."""
        known = self.lists.get(user)
        if known is None or device in self.roster.revoked:
            return None
        return find_device(known, device)

    def admits(self, user: UserId, device: bytes) -> bool:
        """Whether a device speaks here now: its owner is a member and the log names it."""
        return user in self.roster.members and self.device(user, device) is not None

    def peers(self, device: bytes) -> list[tuple[UserId, DeviceEntry]]:
        """Every device of the members but `device` itself, in the order of user ids."""
        everybody = self.devices(sorted(self.roster.members))
        return [(user, entry) for user, entry in everybody if entry.device != device]

    def owner(self, mailbox: MailboxId) -> tuple[UserId, DeviceEntry] | None:
        """Whose device a mailbox address belongs to, also of one that is gone."""
        for device, known in self.ever.items():
            if mailbox_id(self.roster.space, device) == mailbox:
                return known
        return None

    def last_counting(self, user: UserId, device: DeviceId, log_seq: int) -> int | None:
        """The last sender_seq of a device that counts for a message written at entry `log_seq`.

        None: nothing ended it. 0: nothing of it counts.
        """
        ends = []
        if device in self.roster.revoked:
            ends.append(self.roster.revoked[device])
        member = self.roster.members.get(user)
        earlier = member is None or log_seq < member.added_seq
        if earlier or (not ends and self.device(user, device) is None):
            gone = self.roster.removed.get(user)
            ends.append(gone.cut.get(device, 0) if gone else 0)
        return min(ends) if ends else None

    def others(self, me: UserId) -> tuple[UserId, ...]:
        """All members but oneself, in id order."""
        return tuple(user for user in sorted(self.roster.members) if user != me)

    def member_or_former(self, user: UserId) -> Member | None:
        """How the log knows `user`, also after a removal."""
        member = self.roster.members.get(user)
        if member is not None:
            return member
        gone = self.roster.removed.get(user)
        return gone.member if gone else None


def load_log(sp: Connection) -> SpaceLog | None:
    """Read a verified log back from its database, or None when there is no genesis yet.

    Signatures were checked before anything was stored; here only the rules are replayed.
    """
    stored = spacelog.entries(sp)
    if not stored:
        return None
    genesis = signatures.parse(stored[0])
    roster = logrules.begin(signatures.peek(stored[0], Genesis), genesis.body)
    heads = [roster.head]
    for data in stored[1:]:
        signed = signatures.parse(data)
        roster = logrules.extend(roster, signatures.peek(data, Entry), signed.body)
        heads.append(roster.head)
    log = SpaceLog(roster=roster, heads=heads, lists={}, ever={})
    for user, data in spacelog.device_lists(sp):
        known = devicelist.read_list(data, UserId(user))
        _witness(log.ever, UserId(user), known)
        member = log.member_or_former(UserId(user))
        if member is not None and member.list_head == record_hash(codec.encode(known)):
            log.lists[member.user] = known
    return log


def _witness(
    ever: dict[DeviceId, tuple[UserId, DeviceEntry]], user: UserId, known: DeviceList
) -> None:
    """Remember the devices of a list; the keys a device had first are its keys."""
    for entry in known.devices:
        ever.setdefault(DeviceId(entry.device), (user, entry))
