"""One round of synchronisation: every step once, each through its machine or its port.

A step that is refused or malformed is noted and the next step goes on; only a lost line, a busy
store or a foreign certificate ends the round, and those leave everything to be done again.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import assert_never

from protocol.api.spaces import Delivery, SpaceSummary
from protocol.errors import (
    BugError,
    ErasedError,
    JitError,
    RefusedError,
    StoreBusyError,
    StoreIdentityError,
    StoreUnreachableError,
    TryAgainError,
)
from protocol.ids import DeviceId, SpaceId, UserId
from sync.api import StoreApi
from sync.errors import BusyError, ConflictError, NotSignedInError, RecipientsChangedError
from sync.machines import inbox, outbox
from sync.ports import Outgoing, Ports

_FATAL = (StoreUnreachableError, StoreBusyError, StoreIdentityError, BugError)
_MAX_RESEALS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundResult:
    """What one round did.

    `error` is what ended it early (unreachable, busy), else the first step that failed while the
    others were done; None when all went well.
    """

    messages_in: int
    messages_out: int
    online: bool
    error: JitError | None


class Round:
    """The steps of one round over one store; made anew for every round."""

    def __init__(
        self,
        api: StoreApi,
        ports: Ports,
        clock: Callable[[], float],
        jitter: Callable[[], float],
    ) -> None:
        self._api = api
        self._ports = ports
        self._clock = clock
        self._jitter = jitter
        self._in = 0
        self._out = 0
        self._online = False
        self._error: JitError | None = None
        self._unread: set[SpaceId] = set()
        self._listed: tuple[SpaceSummary, ...] = ()
        self._page: tuple[Delivery, ...] = ()
        self._trouble: JitError = BugError("A round halted without a reason.")

    async def run(self, *, transfers: bool, directory: bool) -> RoundResult:
        """Everything in order; see `Engine.round`."""
        try:
            await self._try(self._ports.closing.deadlines(int(self._clock())))
            await self._steps(transfers=transfers, directory=directory)
        except StoreIdentityError:
            raise
        except StoreUnreachableError as error:
            self._online, self._error = False, error
        except StoreBusyError as error:
            self._online, self._error = True, error
        return RoundResult(
            messages_in=self._in,
            messages_out=self._out,
            online=self._online,
            error=self._error,
        )

    async def _steps(self, *, transfers: bool, directory: bool) -> None:
        if not await self._signed_in():
            return
        if directory:
            await self._try(self._prekeys())
            await self._try(self._directory())
        logs_read = await self._try(self._receive(inbox.begin()))
        if logs_read:
            await self._try(self._send())
        await self._try(self._wipes())
        await self._try(self._ports.transfers.run_due())
        if transfers:
            await self._try(self._ports.transfers.settle())
            if logs_read:
                await self._try(self._receive(inbox.begin_mailbox()))
                await self._try(self._send())
            await self._try(self._wipes())

    async def _signed_in(self) -> bool:
        try:
            await self._api.token()
        except _FATAL:
            raise
        except JitError as error:
            # It answered, though not as hoped: that is no outage.
            self._online = True
            self._note(error)
            return False
        self._online = True
        return True

    async def _prekeys(self) -> None:
        count = await self._api.prekey_count()
        upload = await self._ports.accounts.prekeys_wanted(count)
        if upload is not None:
            await self._api.put_prekeys(upload)
            await self._ports.accounts.prekeys_published(upload)

    async def _directory(self) -> None:
        await self._ports.accounts.directory((await self._api.users()).users)

    # --- receiving ---------------------------------------------------------------------------

    async def _receive(self, start: tuple[inbox.State, tuple[inbox.Effect, ...]]) -> None:
        state, effects = start
        while effects:
            for effect in effects:
                event = await self._inbox_effect(effect)
                state, effects = inbox.step(state, event)

    async def _inbox_effect(self, effect: inbox.Effect) -> inbox.Event:
        match effect:
            case inbox.FetchSpaces():
                return await self._list_spaces()
            case inbox.Compare():
                await self._ports.logs.listed(self._listed)
                return inbox.Compared(await self._ports.logs.known())
            case inbox.FetchLog(space, start, listed):
                return await self._read_log(space, start, listed=listed)
            case inbox.FetchMailbox(after, limit):
                reply = await self._api.mailbox(after, limit)
                self._page = reply.deliveries
                indexes = tuple(item.index for item in reply.deliveries)
                return inbox.PageRead(indexes, reply.waiting)
            case inbox.Deliver():
                return inbox.Delivered(tuple(await self._ports.mailbox.deliver(self._page)))
            case inbox.Acknowledge(indexes):
                await self._api.ack(indexes)
                self._in += len(indexes)
                return inbox.Acknowledged()
            case _:
                assert_never(effect)

    async def _list_spaces(self) -> inbox.Listed:
        self._listed = (await self._api.spaces()).spaces
        known = await self._ports.logs.known()
        return inbox.Listed({SpaceId(s.id): s.seq for s in self._listed}, known)

    async def _read_log(
        self, space: SpaceId, start: int, *, listed: bool
    ) -> inbox.LogRead | inbox.LogFailed:
        try:
            reply = await self._api.log(space, start)
            for user in await self._ports.logs.lists_wanted(space, reply.entries):
                await self._try(self._device_list(user))
            verified = await self._ports.logs.page(space, reply.entries, reply.seq)
        except _FATAL:
            raise
        except JitError as error:
            if listed:  # of an unlisted space the comparison tells what is to be told
                self._note(error)
                self._unread.add(space)
            return inbox.LogFailed()
        self._unread.discard(space)
        return inbox.LogRead(verified, reply.seq)

    async def _device_list(self, user: UserId) -> None:
        await self._ports.logs.device_list(user, await self._api.device_list(user))

    # --- sending -----------------------------------------------------------------------------

    async def _send(self) -> None:
        """Sessions, sealing, receipts, outbox; again when members changed under a message."""
        for _ in range(_MAX_RESEALS):
            await self._try(self._sessions())
            await self._try(self._ports.sessions.seal_waiting())
            await self._try(self._ports.receipts.flush())
            if not await self._flush():
                return

    async def _sessions(self) -> None:
        for space, device in await self._ports.sessions.wanted():
            await self._try(self._session(space, device))  # one device's failure is its own

    async def _session(self, space: SpaceId, device: DeviceId) -> None:
        bundle = await self._api.claim_bundle(space, device)
        await self._ports.sessions.bundle(space, device, bundle)

    async def _flush(self) -> bool:
        """Post what is due; whether a message must be sealed anew and posted again."""
        held = set(self._unread)
        outdated = False
        for item in await self._ports.outbox.due(int(self._clock())):
            if item.space in held:
                continue
            state, effects = outbox.step(outbox.Waiting(item.tries), outbox.Due())
            while outbox.Post() in effects:
                state, effects = outbox.step(state, await self._post(item))
                if outbox.HoldSpace() in effects:
                    held.add(item.space)
                for effect in effects:
                    await self._settle(item, effect)
            outdated |= isinstance(state, outbox.Outdated)
        return outdated

    async def _post(self, item: Outgoing) -> outbox.Event:
        try:
            return outbox.Stored(await self._api.post_message(item.space, item.request))
        except (BugError, StoreIdentityError):
            raise
        except RecipientsChangedError:
            return outbox.RecipientsChanged()
        except StoreUnreachableError as error:
            self._trouble = error
            return outbox.LinkLost()
        except (TryAgainError, NotSignedInError, RefusedError) as error:
            # An unreadable answer is the store's fault, not the message's: keep it.
            self._trouble = error
            wanted = error.retry_after if isinstance(error, BusyError) else None
            return outbox.Busy(self._jitter(), wanted)
        except JitError as error:
            return outbox.TurnedDown(error.reason, error.sentence)

    async def _settle(self, item: Outgoing, effect: outbox.Effect) -> None:
        match effect:
            case outbox.Accept(receipt):
                await self._ports.outbox.accepted(item, receipt)
                self._out += 1
            case outbox.Postpone(seconds, tries):
                until = math.ceil(self._clock() + seconds)
                await self._ports.outbox.postponed(item, until, tries)
            case outbox.Reseal():
                await self._catch_up(item.space)
                await self._ports.outbox.recipients_changed(item)
            case outbox.GiveUp(code, sentence):
                await self._ports.outbox.refused(item, code, sentence)
            case outbox.Halt():
                raise self._trouble
            case outbox.Post() | outbox.HoldSpace():
                pass  # done by the loop in `_flush`
            case _:
                assert_never(effect)

    async def _catch_up(self, space: SpaceId) -> None:
        known = (await self._ports.logs.known()).get(space, -1)
        state, effects = inbox.begin_log(space, known)
        while effects and isinstance(effects[0], inbox.FetchLog):
            state, effects = inbox.step(state, await self._inbox_effect(effects[0]))

    async def _wipes(self) -> None:
        closing = self._ports.closing
        for space, receipt in await closing.unposted():
            await self._try(self._post_wipe(space, receipt))
        for space in await closing.watching():
            await self._try(self._read_wipes(space))

    async def _post_wipe(self, space: SpaceId, receipt: bytes) -> None:
        try:
            await self._api.post_wipe(space, receipt)
        except (ConflictError, ErasedError) as error:
            self._note(error)  # it holds one of this device already, or the space is past
        await self._ports.closing.posted(space, receipt)

    async def _read_wipes(self, space: SpaceId) -> None:
        await self._ports.closing.received(space, await self._api.wipes(space))

    # --- failures ----------------------------------------------------------------------------

    async def _try(self, work: Awaitable[object]) -> bool:
        """Do one step; whether it succeeded. What ends the round is raised."""
        try:
            await work
        except _FATAL:
            raise
        except JitError as error:
            self._note(error)
            return False
        return True

    def _note(self, error: JitError) -> None:
        self._error = self._error or error
