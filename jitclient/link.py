"""The connection of an unlocked device: engine, transfers, and what is known of the store."""

from __future__ import annotations

import asyncio
from functools import partial

from crypto import signatures
from jitclient import succession
from jitclient.errors import DeviceRevokedError
from jitclient.events import ConnectionChanged
from jitclient.logport import AccessLogPort, CertificatesPort
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
from jitclient.queries import status as status_rows
from jitclient.session import Counts, Session
from jitclient.transfers import Transfers
from jitclient.views import Connection, Status, SyncReport
from protocol.errors import (
    JitError,
    NotSignedInError,
    RefusedError,
    StoreIdentityError,
    StoreUnreachableError,
)
from protocol.receipts import Login
from sync.api import StoreApi
from sync.engine import Engine, Errand, RoundResult
from sync.ports import Ports
from sync.transport import Transport

STORE_TIMEOUT = 15.0


class Link:
    """Rounds, wake-ups and transfers of one session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        one = session.identity
        self._transport = Transport(
            one.store_address,
            one.store_certificate,
            timeout=STORE_TIMEOUT,
            judge=succession.judge_of(session),
        )
        self.api = StoreApi(self._transport, self._sign_login)
        self.transfers = Transfers(session, self.api, self.nudge)
        ports = Ports(
            accounts=AccountsPort(session),
            logs=LogsPort(session, self.api),
            mailbox=MailboxPort(session),
            sessions=SessionsPort(session),
            outbox=OutboxPort(session),
            closing=ClosingPort(session),
            transfers=self.transfers,
            receipts=ReceiptsPort(session),
            access=AccessLogPort(session),
            certificates=CertificatesPort(session),
        )
        clock = session.clock
        self._engine = Engine(self.api, ports, clock.now, clock.jitter)
        self._stop = asyncio.Event()
        self._watch: asyncio.Task[None] | None = None
        self._connection = Connection.OFFLINE
        self._problem = ""
        self._last_sync: int | None = None

    @property
    def certificate(self) -> bytes:
        """SHA-256 of the store's certificate as it is known now, 32 bytes."""
        return self._transport.certificate

    def renew(self) -> None:
        """The settings of the network changed: they hold from the next connection on."""
        self._transport.renew()
        self.nudge()

    def _sign_login(self, nonce: bytes, certificate: bytes) -> bytes:
        session = self._session
        login = Login(version=1, device=session.device, nonce=nonce, certificate=certificate)
        return signatures.sign(session.signing, session.device, login)

    async def status(self) -> Status:
        """Connection, queue, retention, alarms."""
        return await self._session.run(
            status_rows.status,
            self._session,
            connection=self._connection,
            last_sync=self._last_sync,
            problem=self._problem,
        )

    def trouble(self) -> tuple[str, int | None]:
        """Why the store does not answer, and when it is asked again; nothing while it answers."""
        if self._connection is Connection.ONLINE or self._watch is None:
            return "", None
        return self._problem, self._engine.next_try

    async def report(self, *, transfers: bool) -> SyncReport:
        """One complete round of sending and receiving, and what it did.

        Raises:
            StoreIdentityError: somebody else answers at the store's address.
        """
        session = self._session
        before = {a.alarm for a in (await self.status()).alarms}
        session.counts = Counts()
        result = await self.round(transfers=transfers)
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

    async def round(self, *, transfers: bool) -> RoundResult:
        """One round; what it found out about the connection is told."""
        try:
            result = await self._engine.round(transfers=transfers)
        except StoreIdentityError as error:
            self._set_connection(Connection.REFUSED, error.sentence)
            raise
        if isinstance(result.error, RefusedError):
            await self._session.run(self._refused, result.error)
        if isinstance(result.error, NotSignedInError):
            await self._session.run(self._shut_out)
        sentence = result.error.sentence if isinstance(result.error, JitError) else ""
        self._set_connection(Connection.ONLINE if result.online else Connection.OFFLINE, sentence)
        self._session.publish()
        return result

    def _refused(self, error: RefusedError) -> None:
        """An answer of the store that broke a rule is on record, like anything refused."""
        self._session.alarm(None, error, key=error.reason)

    def _shut_out(self) -> None:
        """The store's word alone: a signed list that shows it comes only to those still let in."""
        self._session.alarm(
            None,
            DeviceRevokedError(
                "The store does not accept this device any more. If you revoked it at another one, "
                "that is why, and what is here stays readable. If you did not, ask the operator, "
                "and look at your devices at another one."
            ),
            key="sign-in",
        )

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

    async def refresh(self) -> None:
        """A round that must reach the store: nothing may be signed on an old log."""
        result = await self.round(transfers=False)
        if not result.online:
            raise StoreUnreachableError(
                "The store cannot be reached. This change needs it; try again when it is back."
            )

    def _set_connection(self, connection: Connection, problem: str = "") -> None:
        if connection is Connection.ONLINE:
            self._last_sync = self._session.clock.now()
        if (connection, problem) != (self._connection, self._problem):
            self._connection, self._problem = connection, problem
            self._session.events.publish(ConnectionChanged(connection, problem))

    def start(self) -> None:
        """Keep this device and the store in step in the background."""
        if self._watch is None:
            self._stop.clear()
            self._watch = asyncio.get_running_loop().create_task(
                self._engine.watch(self._stop, self._linked), name="watch"
            )
            self._watch.add_done_callback(self._watch_ended)

    def _watch_ended(self, watch: asyncio.Task[None]) -> None:
        """Nobody may go on believing that messages come and go when they do not."""
        error = None if watch.cancelled() else watch.exception()
        if error is not None:
            self._set_connection(
                Connection.OFFLINE,
                f"A mistake of this program ({type(error).__name__}) stopped the exchange with "
                "the store. Nothing saved is lost; lock and unlock to go on.",
            )

    def _linked(self, link: str) -> None:
        last = self._engine.last
        problem = ""
        if last is not None and isinstance(last.error, RefusedError):
            self._session.database.call(partial(self._refused, last.error))
        if last is not None and isinstance(last.error, NotSignedInError):
            self._session.database.call(self._shut_out)
        if link != "online" and last is not None and isinstance(last.error, JitError):
            problem = last.error.sentence
        if self._engine.foreign is not None:
            problem = self._engine.foreign.sentence
        self._set_connection(Connection(link), problem)

    def nudge(self) -> None:
        """Run a round soon."""
        self._engine.nudge()

    def consider(self) -> None:
        """What may travel has changed: look at the queue again."""
        self.transfers.waiting = True
        self.nudge()

    def send_soon(self) -> None:
        """Something was written: it leaves before anything else is asked for."""
        self._engine.nudge(Errand.SEND)

    async def halt(self) -> None:
        """Stop everything that moves; the store can still be asked."""
        self._stop.set()
        if self._watch is not None:  # first: its round might start another transfer
            await asyncio.wait([self._watch])
            self._watch = None
        await self.transfers.stop()

    async def close(self) -> None:
        """Stop everything, the connection too."""
        await self.halt()
        await self._transport.aclose()
