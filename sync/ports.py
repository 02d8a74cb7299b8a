"""What the engine asks of the device: ports, implemented above, over the local database.

All methods are coroutines called on the engine's loop; implementations move SQL and cryptography
to their own threads. Everything here is sealed or public bytes. Content that fails a check never
raises out of a port: the implementation records the refusal (an alarm) and answers as if handled,
so that one bad item cannot stop the rest. What does raise (a full disk, a damaged database) ends
the round and is reported. Each method commits before it returns.
Spec: docs/protocol/70-store.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from protocol.api.accounts import Bundle, PrekeyCount, PrekeyUpload, User
from protocol.api.logs import ProvenRow
from protocol.api.spaces import Delivery, PostMessageRequest, SpaceSummary
from protocol.ids import DeviceId, MailboxId, MessageId, SpaceId, UserId

MANY: Final = 100
"""The outbox gives at least so many rows of a space at once, if there are so many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One row of the outbox, sealed and ready: exactly these bytes are posted, however often."""

    space: SpaceId
    message: MessageId
    request: PostMessageRequest
    tries: int
    """How many posts of it have failed so far; the delay before the next grows with it."""
    full: Mapping[MailboxId, int] = field(default_factory=dict)
    """Which of its envelopes found no room before, and how often."""


@dataclass(frozen=True, slots=True)
class NoRoom:
    """A mailbox that the store calls full: unverified. Offered again at `until` (unix seconds)."""

    mailbox: MailboxId
    until: int
    tries: int


class Accounts(Protocol):
    """One's own prekeys at the store, and the store's directory."""

    async def prekeys_wanted(self, count: PrekeyCount) -> PrekeyUpload | None:
        """Make what the store is short of; the private halves are saved before this returns."""

    async def prekeys_published(self, upload: PrekeyUpload) -> None:
        """The store has taken `upload`."""

    async def directory(self, users: Sequence[User]) -> None:
        """Everyone the store knows. A hint: keys count only as a membership log names them."""


class Logs(Protocol):
    """The membership logs, verified here and only here."""

    async def known(self) -> Mapping[SpaceId, int]:
        """The last verified sequence number of each space; a space not named counts as -1."""

    async def listed(self, summaries: Sequence[SpaceSummary]) -> None:
        """The store's whole list. A space hidden or rolled back is an alarm, decided here."""

    async def lists_wanted(
        self, space: SpaceId, entries: Sequence[bytes]
    ) -> Sequence[tuple[UserId, bytes]]:
        """Device lists, by owner and hash (32 B), that these entries need and that are not here.

        Asked again after each is fetched, until nothing new is wanted: a list names the one
        before it.
        """

    async def device_list(self, user: UserId, head: bytes, signed: bytes) -> None:
        """A device list asked for by `lists_wanted`, as the store gave it: unverified."""

    async def announce(self) -> bool:
        """Hand in what this person changed about her own devices: the list, then log entries.

        True when an entry was appended, so that the logs are to be read again. Derived from what
        is stored: after a crash or an outage it goes on where it stood.
        """

    async def page(self, space: SpaceId, entries: Sequence[bytes], seq: int) -> int:
        """Verify and store consecutive `Signed` entries that follow the last known one.

        Args:
            space: whose log.
            entries: oldest first; the first one has sequence number known + 1.
            seq: the last sequence number the store claims to have.

        Returns:
            The last verified sequence number now. The engine asks for no more of this log in
            this round when it did not grow.
        """


class Mailbox(Protocol):
    """What came for this device."""

    async def deliver(self, items: Sequence[Delivery]) -> Sequence[int]:
        """Open and store each item in the order given; duplicates are no error.

        Returns:
            The indexes now safely stored, or refused and recorded: they are acknowledged. One
            left out stays in the store's queue and comes again next round.
        """

    async def follow_up(self) -> None:
        """What was delivered is counted as unread, and indexed: after it can be read."""


class Sessions(Protocol):
    """Pairwise sessions that must exist before a message can be sealed."""

    async def wanted(self) -> Sequence[tuple[SpaceId, DeviceId]]:
        """Devices of co-members with which a session is to be started.

        Not one that was asked for in vain a short while ago: every claim spends a one-time key.
        """

    async def bundle(self, space: SpaceId, device: DeviceId, bundle: Bundle) -> None:
        """A claimed prekey bundle, unverified. A bad one is recorded and asked for later."""

    async def no_bundle(self, space: SpaceId, device: DeviceId) -> None:
        """The store would not hand one out: what waits for the device holds up nobody else."""

    async def ask_again(self) -> int:
        """Write to the devices of which something did not open or never came; how many notices.

        Called when the queue was read to its end: what is missing then is not on its way.
        """

    async def seal_waiting(self) -> int:
        """Seal messages that waited for sessions into the outbox; returns how many."""


class Outbox(Protocol):
    """What waits to be posted."""

    async def due(self, now: int) -> Sequence[Outgoing]:
        """Rows whose time has come, per space in the order they were written; perhaps not all.

        A row behind an earlier one of its space that is not due yet is not due either: messages
        of one space never overtake each other.
        """

    async def accepted(self, item: Outgoing, receipt: bytes, no_room: Sequence[NoRoom]) -> None:
        """The store has it; `receipt` is a `StoreSigned` StoreReceipt, unverified.

        Not for the mailboxes in `no_room`: their envelopes stay here, in the same transaction.
        """

    async def postponed(self, item: Outgoing, until: int, tries: int) -> None:
        """Not now: due again at `until` (unix seconds), after `tries` failed posts."""

    async def refused(self, item: Outgoing, code: str, sentence: str) -> None:
        """Never again: the store's `code` and a sentence for the person."""

    async def recipients_changed(self, item: Outgoing) -> None:
        """The roster moved on (its log was just read again): seal anew for who is a member."""


class Closing(Protocol):
    """Closed spaces: wiping, and telling that it happened."""

    async def deadlines(self, now: int) -> None:
        """Wipe what is past its retention and resume half-done wipes. Needs no store."""

    async def unposted(self) -> Sequence[tuple[SpaceId, bytes]]:
        """Own `Signed` WIPED receipts the store does not have yet."""

    async def posted(self, space: SpaceId, receipt: bytes) -> None:
        """The store has this receipt, or has refused it for good."""

    async def watching(self) -> Sequence[SpaceId]:
        """Closed spaces whose other devices have not all confirmed."""

    async def received(self, space: SpaceId, receipts: Sequence[bytes]) -> None:
        """Every WIPED receipt the store has for `space`, unverified."""


class Transfers(Protocol):
    """Uploads and downloads; they run beside the engine, in their own scope."""

    waiting: bool
    """Whether an exhibit changed since `run_due` was called last."""

    async def run_due(self) -> None:
        """Start what should run. Returns at once."""

    async def settle(self) -> None:
        """Wait until all that can finish has finished: used by one-shot rounds."""


class AccessLog(Protocol):
    """What this device remembers of the store's access log."""

    async def due(self) -> bool:
        """Whether it is time to compare."""

    async def checkpoint(self, text: str | None) -> tuple[int, int] | None:
        """The newest checkpoint, unverified; None: the store would not show one.

        Returns:
            The sizes between which growth is to be proven, and own rows shown; None: no more is
            wanted.
        """

    async def compared(
        self, text: str, path: Sequence[bytes] | None, rows: Sequence[ProvenRow] | None
    ) -> None:
        """The proof and the rows, unverified; None for what the store would not show."""

    async def questions(self) -> Sequence[tuple[int, int]]:
        """Sizes that other members were shown, each with one's own, between which to ask."""

    async def answered(self, sizes: tuple[int, int], path: Sequence[bytes] | None) -> None:
        """The proof between two such sizes, unverified; None: the store would not show one."""


class Certificates(Protocol):
    """What this device knows of the store's certificates."""

    async def due(self) -> bool:
        """Whether it is time to ask what the store states of them."""

    async def heard(self, statements: Sequence[bytes]) -> None:
        """What it stated over a connection to the certificate that is known; unverified."""


class Receipts(Protocol):
    """Receipts this device owes to others."""

    async def flush(self) -> int:
        """Turn queued receipts into messages in the outbox; returns how many messages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Everything the engine needs from this device."""

    accounts: Accounts
    logs: Logs
    mailbox: Mailbox
    sessions: Sessions
    outbox: Outbox
    closing: Closing
    transfers: Transfers
    receipts: Receipts
    access: AccessLog
    certificates: Certificates
