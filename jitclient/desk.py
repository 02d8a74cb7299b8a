"""The desk: everything a person can do and see, for the window and the command line alike.

`DoorKeeper` stands before the passphrase, `Desk` behind it. Both only wire: what an act means is
in `usecases`, what is shown in `queries`, how it travels in `sync`.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from crypto import entropy as sources
from crypto import signatures
from jitclient.events import ConnectionChanged, Events
from jitclient.foundation.clock import Clock, SystemClock
from jitclient.ports import (
    AccountsPort,
    ClosingPort,
    LogsPort,
    MailboxPort,
    OutboxPort,
    ReceiptsPort,
    SessionsPort,
)
from jitclient.posting import waiting
from jitclient.queries import spaces as space_rows
from jitclient.queries import status as status_rows
from jitclient.queries import timeline
from jitclient.session import Counts, Session
from jitclient.transfers import Transfers
from jitclient.unlocking import close_session, enrolled
from jitclient.usecases import (
    add_evidence,
    change_members,
    close_space,
    create_space,
    enrol,
    read_evidence,
    send_message,
    unlock,
    verify_member,
)
from jitclient.views import (
    Connection,
    CustodyRow,
    ExhibitRow,
    Me,
    MessageRow,
    PersonRow,
    SpaceDetail,
    SpaceRow,
    Status,
    SyncReport,
    Verification,
    WipeRow,
)
from localstore import alarms, keychain
from localstore import messages as message_store
from localstore import spaces as space_store
from localstore.connection import transaction
from protocol.errors import JitError, StoreIdentityError, StoreUnreachableError
from protocol.ids import FileId, MessageId, SpaceId, UserId
from protocol.invitation import from_text
from protocol.receipts import Login
from protocol.roles import Role
from sync.api import StoreApi
from sync.engine import Engine, RoundResult
from sync.ports import Ports
from sync.transport import Transport


@dataclass(frozen=True, slots=True)
class InvitationPreview:
    """What an invitation says before anything is done with it."""

    address: str
    fingerprint: str  # SHA-256 of the store's certificate, hex


class DoorKeeper:
    """One profile folder before it is unlocked."""

    def __init__(self, profile_dir: Path, *, clock: Clock | None = None) -> None:
        self.profile_dir = profile_dir
        self._clock = clock or SystemClock()

    def enrolled(self) -> bool:
        """Whether somebody is enrolled in this profile."""
        return enrolled(self.profile_dir)

    def read_invitation(self, text: str) -> InvitationPreview:
        """Read an invitation without using it.

        Raises:
            InvitationError: malformed or altered.
        """
        invitation = from_text(text)
        return InvitationPreview(invitation.address, invitation.certificate.hex())

    async def check_keyring(self) -> bool:
        """Whether the system keeps a keyring this program trusts."""
        return await asyncio.to_thread(keychain.available)

    async def enrol(self, invitation: str, passphrase: str) -> Desk:
        """Enrol this device; see `usecases.enrol`."""
        session = await enrol.enrol(
            self.profile_dir,
            invitation,
            passphrase,
            clock=self._clock,
            entropy=sources.SYSTEM,
        )
        return Desk(session)

    async def unlock(self, passphrase: str) -> Desk:
        """Unlock this profile; see `usecases.unlock`."""
        session = await unlock.unlock(
            self.profile_dir, passphrase, clock=self._clock, entropy=sources.SYSTEM
        )
        return Desk(session)


class Desk:
    """An unlocked profile at work."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.events: Events = session.events
        self.me: Me = session.me()
        one = session.identity
        self._transport = Transport(
            one.store_address, one.store_certificate, timeout=enrol.STORE_TIMEOUT
        )
        self.api = StoreApi(self._transport, self._sign_login)
        self._transfers = Transfers(session, self.api, self._nudge)
        ports = Ports(
            accounts=AccountsPort(session),
            logs=LogsPort(session, self.api),
            mailbox=MailboxPort(session),
            sessions=SessionsPort(session),
            outbox=OutboxPort(session),
            closing=ClosingPort(session),
            transfers=self._transfers,
            receipts=ReceiptsPort(session),
        )
        clock = session.clock
        self._engine = Engine(self.api, ports, clock.now, clock.jitter)
        self._stop = asyncio.Event()
        self._watch: asyncio.Task[None] | None = None
        self._connection = Connection.OFFLINE
        self._problem = ""
        self._last_sync: int | None = None

    def _sign_login(self, nonce: bytes, certificate: bytes) -> bytes:
        session = self._session
        login = Login(version=1, device=session.device, nonce=nonce, certificate=certificate)
        return signatures.sign(session.signing, session.device, login)

    # --- spaces and people -----------------------------------------------------------------------

    async def spaces(self) -> tuple[SpaceRow, ...]:
        """Every space of this profile."""
        return await self._session.run(space_rows.all_spaces, self._session)

    async def space(self, space: SpaceId) -> SpaceDetail:
        """One space with its members."""
        return await self._session.run(space_rows.one_space, self._session, space)

    async def people(self) -> tuple[PersonRow, ...]:
        """The store's directory; as last seen when the store is out of reach."""
        with contextlib.suppress(StoreUnreachableError):
            reply = await self.api.users()
            await AccountsPort(self._session).directory(reply.users)
        return await self._session.run(space_rows.directory, self._session)

    async def create_space(
        self,
        *,
        agreement: str,
        signed_on: str,
        title: str,
        retention_days: int = 0,
        verified_only: bool = False,
    ) -> SpaceId:
        """Open a space; see `usecases.create_space`."""
        return await create_space.create_space(
            self._session,
            self.api,
            agreement=agreement,
            signed_on=signed_on,
            title=title,
            retention_days=retention_days,
            verified_only=verified_only,
        )

    async def add_member(self, space: SpaceId, user: UserId, role: Role | None = None) -> None:
        """Add a person; see `usecases.change_members`."""
        await change_members.add_member(
            self._session, self.api, self._refresh, space, user, role
        )

    async def remove_member(self, space: SpaceId, user: UserId) -> None:
        """Remove a person; see `usecases.change_members`."""
        await change_members.remove_member(self._session, self.api, self._refresh, space, user)

    async def verify(
        self, space: SpaceId, user: UserId, digits: str | None = None
    ) -> Verification:
        """Show or compare a safety number; see `usecases.verify_member`."""
        return await verify_member.verify_member(self._session, space, user, digits)

    async def close_space(self, space: SpaceId, reason: str) -> None:
        """Close a space for everyone; see `usecases.close_space`."""
        await close_space.close_space(self._session, self.api, self._refresh, space, reason)

    async def wipes(self, space: SpaceId) -> tuple[WipeRow, ...]:
        """Who confirmed wiping a closed space."""
        return await self._session.run(space_rows.wipes, self._session, space)

    # --- messages --------------------------------------------------------------------------------

    async def messages(
        self, space: SpaceId, *, limit: int = 200, before: MessageId | None = None
    ) -> tuple[MessageRow, ...]:
        """A page of a conversation, oldest first."""
        return await self._session.run(
            timeline.conversation, self._session, space, limit=limit, before=before
        )

    async def send(
        self, space: SpaceId, text: str, *, reply_to: MessageId | None = None
    ) -> MessageRow:
        """Write a message; it is saved when this returns and leaves when it can."""
        record = await send_message.send_message(self._session, space, text, reply_to=reply_to)
        self._nudge()
        return await self.message(space, MessageId(record.message))

    async def message(self, space: SpaceId, message: MessageId) -> MessageRow:
        """One message."""
        return await self._session.run(timeline.one_message, self._session, space, message)

    async def mark_read(self, space: SpaceId) -> None:
        """Everything in the conversation was seen."""
        await self._session.run(_mark_read, self._session, space)

    # --- evidence --------------------------------------------------------------------------------

    async def exhibits(self, space: SpaceId) -> tuple[ExhibitRow, ...]:
        """All exhibits of a space."""
        return await self._session.run(timeline.exhibits, self._session, space)

    async def exhibit(self, space: SpaceId, file: FileId) -> ExhibitRow:
        """One exhibit."""
        return await self._session.run(timeline.one_exhibit, self._session, space, file)

    async def add_evidence(
        self, space: SpaceId, path: Path, *, to: Sequence[UserId], exhibit: str = ""
    ) -> ExhibitRow:
        """Register an exhibit; sealing and upload run in the background."""
        file = await add_evidence.add_evidence(
            self._session, space, path, to=tuple(to), exhibit=exhibit
        )
        self._nudge()
        return await self.exhibit(space, file)

    async def pause(self, space: SpaceId, file: FileId) -> None:
        """Pause a transfer; it stays paused over restarts."""
        await self._transfers.pause(space, file)

    async def resume(self, space: SpaceId, file: FileId) -> None:
        """Go on with a paused or failed transfer."""
        await self._transfers.resume(space, file)
        self._nudge()

    async def cancel(self, space: SpaceId, file: FileId) -> None:
        """Cancel a transfer; an own exhibit that left already is withdrawn at the store."""
        await self._transfers.cancel(space, file)
        self._nudge()

    async def export(self, space: SpaceId, file: FileId, out: Path) -> Path:
        """Write an exhibit's plaintext to a file; see `usecases.read_evidence`."""
        path = await read_evidence.export(self._session, space, file, out)
        self._nudge()
        return path

    async def verify_exhibit(self, space: SpaceId, file: FileId) -> ExhibitRow:
        """Read an exhibit again, whole; see `usecases.read_evidence`."""
        await read_evidence.verify(self._session, space, file)
        return await self.exhibit(space, file)

    async def custody(self, space: SpaceId) -> tuple[CustodyRow, ...]:
        """The local custody log of a space."""
        return await self._session.run(timeline.custody_log, self._session, space)

    # --- connection ------------------------------------------------------------------------------

    async def status(self) -> Status:
        """Connection, queue, retention, alarms."""
        return await self._session.run(
            status_rows.status,
            self._session,
            connection=self._connection,
            last_sync=self._last_sync,
            problem=self._problem,
        )

    async def dismiss_alarm(self, alarm: int) -> None:
        """A person has read an alarm."""
        await self._session.run(_dismiss, self._session, alarm)

    async def sync_now(self, *, transfers: bool = True) -> SyncReport:
        """One complete round of sending and receiving.

        Raises:
            StoreIdentityError: somebody else answers at the store's address.
        """
        session = self._session
        before = {a.alarm for a in (await self.status()).alarms}
        session.counts = Counts()
        result = await self._round(transfers=transfers)
        messages_waiting, transfers_waiting = await session.run(waiting, session)
        found = (await self.status()).alarms
        counts = session.counts
        return SyncReport(
            messages_in=counts.messages_in,
            messages_out=result.messages_out,
            exhibits_in=counts.exhibits_in,
            exhibits_out=counts.exhibits_out,
            receipts_in=counts.receipts_in,
            waiting_messages=messages_waiting,
            waiting_transfers=transfers_waiting,
            spaces_wiped=counts.wiped,
            alarms=tuple(a for a in found if a.alarm not in before),
            online=result.online,
        )

    async def _round(self, *, transfers: bool) -> RoundResult:
        try:
            result = await self._engine.round(transfers=transfers)
        except StoreIdentityError as error:
            self._set_connection(Connection.REFUSED, error.sentence)
            raise
        sentence = result.error.sentence if isinstance(result.error, JitError) else ""
        self._set_connection(
            Connection.ONLINE if result.online else Connection.OFFLINE, sentence
        )
        self._session.publish()
        return result

    async def probe(self) -> None:
        """Ask whether the store answers, without exchanging anything."""
        try:
            await self.api.server()
        except StoreUnreachableError as error:
            self._set_connection(Connection.OFFLINE, error.sentence)
        except StoreIdentityError as error:
            self._set_connection(Connection.REFUSED, error.sentence)
        except JitError as error:
            self._set_connection(Connection.ONLINE, error.sentence)
        else:
            self._set_connection(Connection.ONLINE)

    async def _refresh(self) -> None:
        """A round that must reach the store: nothing may be signed on an old log."""
        result = await self._round(transfers=False)
        if not result.online:
            raise StoreUnreachableError(
                "The store cannot be reached. This change needs it; try again when it is back."
            )

    def _set_connection(self, connection: Connection, problem: str = "") -> None:
        if connection is Connection.ONLINE:
            self._last_sync = self._session.clock.now()
        if (connection, problem) != (self._connection, self._problem):
            self._connection, self._problem = connection, problem
            self.events.publish(ConnectionChanged(connection, problem))

    def start(self) -> None:
        """Keep this device and the store in step in the background."""
        if self._watch is None:
            self._stop.clear()
            self._watch = asyncio.get_running_loop().create_task(
                self._engine.watch(self._stop, self._linked), name="watch"
            )

    def _linked(self, link: str) -> None:
        last = self._engine.last
        problem = ""
        if link != "online" and last is not None and isinstance(last.error, JitError):
            problem = last.error.sentence
        self._set_connection(Connection(link), problem)

    def _nudge(self) -> None:
        self._engine.nudge()

    async def close(self) -> None:
        """Stop everything, close the databases, drop the keys."""
        self._stop.set()
        await self._transfers.stop()
        if self._watch is not None:
            with contextlib.suppress(JitError):
                await self._watch
            self._watch = None
        await self._transport.aclose()
        await asyncio.to_thread(close_session, self._session)


def _mark_read(session: Session, space: SpaceId) -> None:
    sp = session.stores.space(space)
    with transaction(sp):
        message_store.mark_read(sp)
    with transaction(session.stores.device):
        space_store.update_space(session.stores.device, space, unread=0)


def _dismiss(session: Session, alarm: int) -> None:
    with transaction(session.stores.device):
        alarms.dismiss(session.stores.device, alarm)
