"""One round of synchronisation: every step once, each through its machine or its port.

What a failing step means is `sync/steps.py`; when rounds run is `sync/engine.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import assert_never

from protocol.api.spaces import Delivery, SpaceSummary
from protocol.errors import (
    BugError,
    JitError,
)
from protocol.ids import SpaceId
from sync import accesslog, bundles, loglists, posts, succession, wipeposts
from sync.api import StoreApi
from sync.errand import Errand
from sync.machines import inbox, outbox
from sync.owed import Owed
from sync.ports import MANY, Outgoing, Ports
from sync.pushed import Pushed, Reading
from sync.steps import FATAL, RoundResult, Steps

_MAX_RESEALS = 3


class Round(Steps):
    """The steps of one round over one store; made anew for every round."""

    def __init__(
        self,
        api: StoreApi,
        ports: Ports,
        clock: Callable[[], float],
        jitter: Callable[[], float],
        owed: Owed,
        pushed: Pushed,
    ) -> None:
        super().__init__()
        self._owed = owed
        self._pushed = pushed
        self._reading = Reading(api, owed, pushed)
        self._patient = False
        self._api = api
        self._ports = ports
        self._clock = clock
        self._jitter = jitter
        self._in = 0
        self._out = 0
        self._logs_read = False
        self._read_to_the_end = False
        self._unread: set[SpaceId] = set()
        self._listed: tuple[SpaceSummary, ...] = ()
        self._page: tuple[Delivery, ...] = ()
        self._trouble: JitError = BugError("A round halted without a reason.")

    def result(self) -> RoundResult:
        """What was done so far."""
        return RoundResult(
            messages_in=self._in,
            messages_out=self._out,
            online=self.online,
            error=self.error,
            sound=self._logs_read and not self._unread and not self.ended,
        )

    async def exchange(self, *, directory: bool) -> None:
        """Everything in order; see `Engine.round`."""
        await self.guard(self._exchange(directory=directory))

    async def run_errand(self, errand: Errand) -> None:
        """Read the queue if something came, and send what is due; see `Errand`."""
        await self.guard(self._errand(errand))

    async def settle(self) -> None:
        """Wait for the transfers."""
        await self.guard(self.attempt(self._ports.transfers.settle()))

    async def follow_up(self) -> None:
        """Receive and send once more: finished transfers had something to say."""
        await self.guard(self._follow_up())

    async def _exchange(self, *, directory: bool) -> None:
        await self.attempt(self._ports.closing.deadlines(int(self._clock())))
        if not await self._signed_in():
            return
        if directory:
            await self.attempt(self._prekeys())
            await self.attempt(self._directory())
        self._logs_read = await self.attempt(self._receive(inbox.begin()))
        await self.attempt(self._ports.mailbox.follow_up())
        if self._logs_read:
            await self.attempt(self._announce())
            await self.attempt(self._send())
        await self.attempt(wipeposts.exchange(self, self._api, self._ports.closing))
        await self.attempt(self._ports.transfers.run_due())
        await self.attempt(accesslog.compare(self._api.access_log, self._ports.access))
        await self.attempt(succession.hear(self._api, self._ports.certificates))

    async def _errand(self, errand: Errand) -> None:
        if not await self._signed_in():
            return
        self._patient = Errand.ANSWER not in errand
        start = inbox.begin_mailbox(passes=0, after=self._owed.last)
        self._reading.takes_pushed = Errand.QUEUE not in errand
        something = Errand.QUEUE in errand or (Errand.PUSHED in errand and bool(self._pushed))
        self._logs_read = not something or await self.attempt(self._receive(start))
        if not self._patient:
            await self.attempt(self._ports.mailbox.follow_up())
            self._read_to_the_end = self._owed.read_to_the_end
            await self.attempt(self._owed.tell(self._api))
        if self._logs_read and errand & (Errand.SEND | Errand.ANSWER):
            await self.attempt(self._send())
        if Errand.SEND in errand or self._ports.transfers.waiting:
            await self.attempt(self._ports.transfers.run_due())

    async def _announce(self) -> None:
        """Own devices linked or revoked: say so, and read it back before anything is sealed."""
        for _ in range(_MAX_RESEALS):
            if not await self._ports.logs.announce():
                return
            await self._receive(inbox.begin())

    async def _follow_up(self) -> None:
        if self._logs_read:
            await self.attempt(self._receive(inbox.begin_mailbox()))
            await self.attempt(self._ports.mailbox.follow_up())
            await self.attempt(self._send())
        await self.attempt(wipeposts.exchange(self, self._api, self._ports.closing))

    async def _signed_in(self) -> bool:
        try:
            await self._api.token()
        except FATAL:
            raise
        except JitError as error:
            # It answered, though not as hoped: that is no outage.
            self.online = self.ended = True
            self.note(error)
            return False
        self.online = True
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
        self._read_to_the_end = self._owed.read_to_the_end = False
        while effects:
            for effect in effects:
                event = await self._inbox_effect(effect)
                state, effects = inbox.step(state, event)
        if isinstance(state, inbox.Done):
            self._reading.ended(state.left)
        self._read_to_the_end = self._owed.read_to_the_end = isinstance(state, inbox.Done)

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
                reply = await self._reading.page(after, limit)
                self._page = reply.deliveries
                indexes = tuple(item.index for item in reply.deliveries)
                return inbox.PageRead(indexes, reply.waiting)
            case inbox.Deliver():
                return inbox.Delivered(tuple(await self._ports.mailbox.deliver(self._page)))
            case inbox.Acknowledge(indexes):
                self._owed.add(indexes)
                self._in += len(indexes)
                if not self._patient:
                    await self._owed.tell(self._api)
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
            await loglists.fetch(self, self._api, self._ports.logs, space, reply.entries)
            verified = await self._ports.logs.page(space, reply.entries, reply.seq)
        except FATAL:
            raise
        except JitError as error:
            if listed:  # of an unlisted space the comparison tells what is to be told
                self.note(error)
                self._unread.add(space)
            return inbox.LogFailed()
        self._unread.discard(space)
        return inbox.LogRead(verified, reply.seq)

    async def _send(self) -> None:
        """What is sealed leaves at once; then what else there is to seal, and that after it.

        Once more when members changed meanwhile.
        """
        for _ in range(_MAX_RESEALS):
            outdated = await self._flush()
            if await self._seal():
                outdated |= await self._flush()
            if not outdated:
                return

    async def _seal(self) -> int:
        """Sessions, asking, what waited for a session, receipts: how many envelopes came of it."""
        made = await self.count(bundles.claim(self, self._api, self._ports.sessions))
        if self._read_to_the_end:
            made += await self.count(self._ports.sessions.ask_again())
        made += await self.count(self._ports.sessions.seal_waiting())
        return made + await self.count(self._ports.receipts.flush())

    async def _flush(self) -> bool:
        """Post what is due; whether a message must be sealed anew and posted again."""
        held = set(self._unread)
        now = int(self._clock())
        outdated, again = False, True
        # Each time something was taken, held, or put off beyond `now`: it has an end.
        while again:
            found = [i for i in await self._ports.outbox.due(now) if i.space not in held]
            again = len(found) >= MANY
            for item in found:
                if item.space in held:
                    continue
                effects = await self._send_one(item)
                if outbox.HoldSpace() in effects:
                    held.add(item.space)
                    outdated = True
                if outbox.LookAgain() in effects:
                    again = True
                    break
        return outdated

    async def _send_one(self, item: Outgoing) -> tuple[outbox.Effect, ...]:
        state, effects = outbox.step(outbox.Waiting(item.tries), outbox.Due())
        while outbox.Post() in effects:
            answer, trouble = await posts.post(self._api, item, self._jitter())
            self._trouble = trouble or self._trouble
            state, effects = outbox.step(state, answer)
            for effect in effects:
                await self._settle(item, effect)
        return effects

    async def _settle(self, item: Outgoing, effect: outbox.Effect) -> None:
        match effect:
            case outbox.Accept(receipt, kept):
                await self._ports.outbox.accepted(item, receipt, posts.no_room(kept, self._clock()))
                self._out += len(kept) < len(item.request.envelopes)
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
            case outbox.Post() | outbox.HoldSpace() | outbox.LookAgain():
                pass  # done by the loop in `_flush`
            case _:
                assert_never(effect)

    async def _catch_up(self, space: SpaceId) -> None:
        known = (await self._ports.logs.known()).get(space, -1)
        state, effects = inbox.begin_log(space, known)
        while effects and isinstance(effects[0], inbox.FetchLog):
            state, effects = inbox.step(state, await self._inbox_effect(effects[0]))
