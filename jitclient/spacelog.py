"""A space's membership log as this device has verified it, kept in memory for quick answers."""

from __future__ import annotations

from dataclasses import dataclass

from crypto import devicelist, signatures
from localstore import spacelog
from localstore.connection import Connection
from protocol import logrules
from protocol.devicelist import DeviceEntry, DeviceList
from protocol.ids import DeviceId, MailboxId, UserId, mailbox_id
from protocol.membership import Entry, Genesis, Member, Roster


@dataclass(slots=True)
class SpaceLog:
    """Roster, the head after every entry, and the device lists of everyone ever a member."""

    roster: Roster
    heads: list[bytes]
    lists: dict[UserId, DeviceList]

    def devices(self, users: tuple[UserId, ...]) -> list[tuple[UserId, DeviceEntry]]:
        """Every listed, unrevoked device of `users`."""
        found = []
        for user in users:
            known = self.lists.get(user)
            if known is None:
                continue
            found += [(user, d) for d in known.devices if d.device not in known.revoked]
        return found

    def owner(self, mailbox: MailboxId) -> tuple[UserId, DeviceEntry] | None:
        """Whose device a mailbox address belongs to, present and former members alike."""
        for user, known in self.lists.items():
            for entry in known.devices:
                if mailbox_id(self.roster.space, DeviceId(entry.device)) == mailbox:
                    return user, entry
        return None

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
    lists = {
        UserId(user): devicelist.read_list(data, UserId(user), user_key=None, head=None)
        for user, data in spacelog.device_lists(sp).items()
    }
    return SpaceLog(roster=roster, heads=heads, lists=lists)
