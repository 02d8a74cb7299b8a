"""The engine's ports over plain lists: what a device would do is written down in order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from protocol.api.accounts import Bundle, PrekeyCount, PrekeyUpload, User
from protocol.api.logs import ProvenRow
from protocol.api.spaces import Delivery, PostMessageRequest, SpaceSummary
from protocol.errors import JitError
from protocol.ids import DeviceId, MessageId, SpaceId, UserId
from sync.ports import MANY, NoRoom, Outgoing, Ports

SPACE = SpaceId(b"s" * 16)
OTHER = SpaceId(b"t" * 16)
DEVICE = DeviceId(b"d" * 16)
USER = UserId(b"u" * 16)


def outgoing(number: int, space: SpaceId = SPACE) -> Outgoing:
    message = MessageId(bytes([number]) * 16)
    request = PostMessageRequest(message=message, body=b"sealed", envelopes=(b"e",))
    return Outgoing(space=space, message=message, request=request, tries=0)


@dataclass
class Device:
    """Every port at once, since their names do not meet; `did` is the order of calls."""

    waiting = False
    did: list[str] = field(default_factory=list)
    logs: dict[SpaceId, int] = field(default_factory=dict)
    lacking: set[tuple[UserId, bytes]] = field(default_factory=set)
    announces: list[bool] = field(default_factory=list)
    lists: dict[tuple[UserId, bytes], bytes] = field(default_factory=dict)
    box: list[Outgoing] = field(default_factory=list)
    after_transfers: list[Outgoing] = field(default_factory=list)
    waits: dict[MessageId, tuple[int, int]] = field(default_factory=dict)
    sent: dict[MessageId, bytes] = field(default_factory=dict)
    no_room: dict[MessageId, tuple[NoRoom, ...]] = field(default_factory=dict)
    turned_down: dict[MessageId, tuple[str, str]] = field(default_factory=dict)
    received: list[int] = field(default_factory=list)
    not_yet: set[int] = field(default_factory=set)
    sessions: list[tuple[SpaceId, DeviceId]] = field(default_factory=list)
    upload: PrekeyUpload | None = None
    own_wipes: list[tuple[SpaceId, bytes]] = field(default_factory=list)
    watched: dict[SpaceId, Sequence[bytes]] = field(default_factory=dict)
    log_due: bool = False
    log_questions: tuple[tuple[int, int], ...] = ()
    certificates_due: bool = False
    log_wanted: tuple[int, int] | None = None
    broken: dict[str, JitError] = field(default_factory=dict)
    during: dict[str, Callable[[], Awaitable[None]]] = field(default_factory=dict)

    def ports(self) -> Ports:
        return Ports(
            accounts=self,
            logs=self,
            mailbox=self,
            sessions=_Sessions(self),
            outbox=self,
            closing=_Closing(self),
            transfers=self,
            receipts=self,
            access=_AccessLog(self),
            certificates=_Certificates(self),
        )

    async def note(self, what: str) -> None:
        self.did.append(what)
        if what in self.during:
            await self.during[what]()
        if what in self.broken:
            raise self.broken[what]

    # Accounts
    async def prekeys_wanted(self, count: PrekeyCount) -> PrekeyUpload | None:
        await self.note("prekeys")
        return self.upload

    async def prekeys_published(self, upload: PrekeyUpload) -> None:
        await self.note("published")
        self.upload = None

    async def directory(self, users: Sequence[User]) -> None:
        await self.note("directory")

    # Logs
    async def known(self) -> Mapping[SpaceId, int]:
        return dict(self.logs)

    async def listed(self, summaries: Sequence[SpaceSummary]) -> None:
        await self.note("listed")

    async def lists_wanted(
        self, space: SpaceId, entries: Sequence[bytes]
    ) -> Sequence[tuple[UserId, bytes]]:
        return sorted(self.lacking)

    async def device_list(self, user: UserId, head: bytes, signed: bytes) -> None:
        self.lacking.discard((user, head))
        self.lists[(user, head)] = signed
        await self.note("device list")

    async def announce(self) -> bool:
        await self.note("announce")
        return self.announces.pop() if self.announces else False

    async def page(self, space: SpaceId, entries: Sequence[bytes], seq: int) -> int:
        await self.note(f"log {space[:1].decode()}")
        known = self.logs.get(space, -1)
        for entry in entries:
            if entry == b"forged":
                break
            known += 1
        self.logs[space] = known
        return known

    # Mailbox
    async def deliver(self, items: Sequence[Delivery]) -> Sequence[int]:
        await self.note("deliver")
        safe = [item.index for item in items if item.index not in self.not_yet]
        self.received += safe
        self.not_yet.clear()
        return safe

    # Outbox
    async def due(self, now: int) -> Sequence[Outgoing]:
        await self.note("outbox")
        due = [
            m
            for m in self.box
            if self.waits.get(m.message, (0, 0))[0] <= now
            and all(one.until <= now for one in self.no_room.get(m.message, ()))
        ]
        return due[:MANY]

    async def accepted(self, item: Outgoing, receipt: bytes, no_room: Sequence[NoRoom]) -> None:
        await self.note("accepted")
        if no_room:
            self.no_room[item.message] = tuple(no_room)
            return
        self.box.remove(item)
        self.sent[item.message] = receipt

    async def postponed(self, item: Outgoing, until: int, tries: int) -> None:
        self.waits[item.message] = (until, tries)

    async def refused(self, item: Outgoing, code: str, sentence: str) -> None:
        self.box.remove(item)
        self.turned_down[item.message] = (code, sentence)

    async def recipients_changed(self, item: Outgoing) -> None:
        await self.note("reseal")
        self.box.remove(item)
        self.box.insert(0, outgoing((item.message[0] + 100) % 256, item.space))

    async def follow_up(self) -> None:
        """Where a device lists its spaces and searches; not among what the rounds are judged by."""

    # Transfers
    async def run_due(self) -> None:
        await self.note("transfers")

    async def settle(self) -> None:
        await self.note("settle")
        self.box += self.after_transfers
        self.after_transfers = []

    # Receipts
    async def flush(self) -> int:
        await self.note("receipts")
        return 0


@dataclass
class _Sessions:
    device: Device

    async def wanted(self) -> Sequence[tuple[SpaceId, DeviceId]]:
        return tuple(self.device.sessions)

    async def bundle(self, space: SpaceId, device: DeviceId, bundle: Bundle) -> None:
        await self.device.note("bundle")
        self.device.sessions.remove((space, device))

    async def no_bundle(self, space: SpaceId, device: DeviceId) -> None:
        await self.device.note("no bundle")

    async def ask_again(self) -> int:
        await self.device.note("ask")
        return 0

    async def seal_waiting(self) -> int:
        await self.device.note("seal")
        return 0


@dataclass
class _Closing:
    device: Device

    async def deadlines(self, now: int) -> None:
        await self.device.note("deadlines")

    async def unposted(self) -> Sequence[tuple[SpaceId, bytes]]:
        return tuple(self.device.own_wipes)

    async def posted(self, space: SpaceId, receipt: bytes) -> None:
        await self.device.note("wipe posted")
        self.device.own_wipes.remove((space, receipt))

    async def watching(self) -> Sequence[SpaceId]:
        return tuple(self.device.watched)

    async def received(self, space: SpaceId, receipts: Sequence[bytes]) -> None:
        await self.device.note("wipes")
        self.device.watched[space] = receipts


@dataclass
class _AccessLog:
    device: Device

    async def due(self) -> bool:
        return self.device.log_due

    async def checkpoint(self, text: str | None) -> tuple[int, int] | None:
        await self.device.note(f"checkpoint {text}")
        return self.device.log_wanted

    async def compared(
        self, text: str, path: Sequence[bytes] | None, rows: Sequence[ProvenRow] | None
    ) -> None:
        await self.device.note(f"compared {text} {path} {rows}")

    async def questions(self) -> Sequence[tuple[int, int]]:
        return self.device.log_questions

    async def answered(self, sizes: tuple[int, int], path: Sequence[bytes] | None) -> None:
        await self.device.note(f"answered {sizes} {path}")


@dataclass
class _Certificates:
    device: Device

    async def due(self) -> bool:
        return self.device.certificates_due

    async def heard(self, statements: Sequence[bytes]) -> None:
        await self.device.note(f"heard {list(statements)}")


async def until(condition: Callable[[], bool]) -> None:
    """Let other tasks run until `condition` holds; a minute at most."""
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.005)
