"""The desk: everything a person can do and see, for the window and the command line alike.

`DoorKeeper` (door.py) stands before the passphrase, `Desk` behind it. Both only wire: what an act
means is in `usecases`, what is shown in `queries`, how it travels in `sync`.
"""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

from jitclient import carrying
from jitclient.enddesk import EndDesk
from jitclient.events import Events
from jitclient.evidencedesk import EvidenceDesk
from jitclient.intakedesk import IntakeDesk
from jitclient.keydesk import KeyDesk
from jitclient.leftdesk import LeftDesk
from jitclient.networkdesk import NetworkDesk
from jitclient.ports import AccountsPort
from jitclient.queries import entries, status, timeline
from jitclient.queries import spaces as space_rows
from jitclient.reviewdesk import ReviewDesk
from jitclient.searchdesk import SearchDesk
from jitclient.session import Session
from jitclient.storagedesk import StorageDesk
from jitclient.talkdesk import TalkDesk
from jitclient.todaydesk import TodayDesk
from jitclient.unlocking import close_session
from jitclient.usecases import (
    change_members,
    close_space,
    create_space,
    designate,
    keep_draft,
    note_seen,
    prove_fork,
    send_message,
    share_history,
    verify_member,
)
from jitclient.viewdesk import ViewDesk
from jitclient.views import (
    AccessLogRow,
    LogEntryRow,
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
from protocol.errors import StoreUnreachableError
from protocol.ids import MessageId, SpaceId, UserId
from protocol.roles import Role


class Desk(EvidenceDesk):
    """An unlocked profile at work."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.events: Events = session.events
        self.me: Me = session.me()
        self.keys = KeyDesk(session)
        self.searching = SearchDesk(session)
        self.reviewing = ReviewDesk(session)
        self.viewing = ViewDesk(session)
        self.detecting = IntakeDesk(session, self._link)
        self.endings = EndDesk(session)
        self.storage = StorageDesk(session, self._link.nudge)
        self.network = NetworkDesk(session, self._link)
        self.talking = TalkDesk(session, self._link)
        self.today = TodayDesk(session)
        self.left = LeftDesk(session)

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
            self._session, self.api, self._link.refresh, space, user, role
        )

    async def remove_member(self, space: SpaceId, user: UserId, reason: str) -> None:
        """Remove a person; see `usecases.change_members`."""
        await change_members.remove_member(
            self._session, self.api, self._link.refresh, space, user, reason
        )

    async def verify(self, space: SpaceId, user: UserId, digits: str | None = None) -> Verification:
        """Show or compare a safety number; see `usecases.verify_member`."""
        return await verify_member.verify_member(self._session, space, user, digits)

    def whose_code(self, payload: str) -> UserId:
        """Who shows a code; nothing is compared."""
        return verify_member.whose_code(payload)

    async def verify_code(self, space: SpaceId, user: UserId, payload: str) -> Verification:
        """Compare with the code a member shows; see `usecases.verify_member`."""
        return await verify_member.verify_code(self._session, space, user, payload)

    async def verification_sheet(self, space: SpaceId) -> tuple[Verification, ...]:
        """The numbers with all members at once; see `usecases.verify_member`."""
        return await verify_member.verification_sheet(self._session, space)

    async def numbers_differ(self, space: SpaceId, user: UserId) -> Verification:
        """Two persons read different digits; see `usecases.verify_member`."""
        return await verify_member.numbers_differ(self._session, space, user)

    async def share_history(self, space: SpaceId, user: UserId, since: int) -> None:
        """Open earlier messages to a member; see `usecases.share_history`."""
        await share_history.share_history(
            self._session, self.api, self._link.refresh, space, user, since
        )

    async def set_policy(self, space: SpaceId, *, verified_only: bool) -> None:
        """Decide to whom evidence may go; see `usecases.share_history`."""
        await share_history.set_policy(
            self._session, self.api, self._link.refresh, space, verified_only=verified_only
        )

    async def designate(
        self, space: SpaceId, user: UserId, controller: UserId, reason: str
    ) -> None:
        """Designate the controller of what a member uploads; see `usecases.designate`."""
        await designate.designate(
            self._session,
            self.api,
            self._link.refresh,
            space,
            user=user,
            controller=controller,
            reason=reason,
        )

    async def export_fork_proof(self, space: SpaceId, path: Path) -> Path:
        """Write the proof that two lists of members exist; see `usecases.prove_fork`."""
        return await prove_fork.export(self._session, space, path)

    async def log_entries(self, space: SpaceId) -> tuple[LogEntryRow, ...]:
        """The membership log in words, oldest first."""
        return await self._session.run(entries.log_entries, self._session, space)

    async def close_space(self, space: SpaceId, reason: str) -> None:
        """Close a space for everyone; see `usecases.close_space`."""
        await close_space.close_space(self._session, self.api, self._link.refresh, space, reason)

    async def wipes(self, space: SpaceId) -> tuple[WipeRow, ...]:
        """Who confirmed wiping a closed space."""
        return await self._session.run(space_rows.wipes, self._session, space)

    # --- messages --------------------------------------------------------------------------------

    async def messages(
        self,
        space: SpaceId,
        *,
        limit: int = 200,
        before: MessageId | None = None,
        after: MessageId | None = None,
    ) -> tuple[MessageRow, ...]:
        """A page of a conversation, oldest first: the newest, or those beside a message."""
        return await self._session.run(
            timeline.conversation, self._session, space, limit=limit, before=before, after=after
        )

    async def send(
        self,
        space: SpaceId,
        text: str,
        *,
        reply_to: MessageId | None = None,
        drafted: bool = False,
    ) -> MessageRow:
        """Write a message; it is saved when this returns and leaves when it can."""
        record = await send_message.send_message(
            self._session, space, text, reply_to=reply_to, drafted=drafted
        )
        self._link.send_soon()
        await asyncio.sleep(0)  # the round asks the database first: it leaves before it is shown
        return await self.message(space, MessageId(record.message))

    async def keep_draft(self, space: SpaceId, text: str, reply_to: MessageId | None) -> None:
        """Keep what is being written; see `usecases.keep_draft`."""
        await self._session.run(keep_draft.keep, self._session, space, text, reply_to)

    async def draft(self, space: SpaceId) -> tuple[str, MessageId | None]:
        """What was being written; see `usecases.keep_draft`."""
        return await self._session.run(keep_draft.draft, self._session, space)

    async def message(self, space: SpaceId, message: MessageId) -> MessageRow:
        """One message."""
        return await self._session.run(timeline.one_message, self._session, space, message)

    async def mark_read(self, space: SpaceId) -> None:
        """Everything in the conversation was seen."""
        await note_seen.mark_read(self._session, space)

    # --- connection ------------------------------------------------------------------------------

    async def status(self) -> Status:
        """Connection, queue, retention, alarms."""
        return await self._link.status()

    async def access_log(self) -> AccessLogRow:
        """What this device remembers of the store's access log."""
        return await self._session.run(status.access_log, self._session)

    async def export_log_dispute(self, path: Path) -> Path:
        """Write two heads of the access log that contradict each other; see `prove_fork`."""
        return await prove_fork.export_dispute(self._session, path)

    async def dismiss_alarm(self, alarm: int) -> None:
        """A person has read an alarm."""
        await note_seen.dismiss_alarm(self._session, alarm)

    async def recall_alarm(self, alarm: int) -> None:
        """It was dismissed by mistake."""
        await note_seen.recall_alarm(self._session, alarm)

    async def sync_now(self, *, transfers: bool = True) -> SyncReport:
        """One complete round of sending and receiving.

        Raises:
            StoreIdentityError: somebody else answers at the store's address.
        """
        return await self._link.report(transfers=transfers)

    async def probe(self) -> None:
        """Ask whether the store answers, without exchanging anything."""
        await self._link.probe()

    def start(self) -> None:
        """Keep this device and the store in step in the background."""
        self._link.start()

    async def close(self, *, carry: bool = False) -> None:
        """Stop everything, close the databases, drop the keys.

        `carry`: transfers go on, in a process that knows keys of uploads and nothing else.
        """
        lot = None
        self.viewing.close()
        try:
            if carry:
                await self._link.halt()
                small = self._link.transfers.metering.holds
                lot = await carrying.gather(self._session, self._link.api, small=small)
            await self._link.close()
        finally:
            await asyncio.to_thread(close_session, self._session)
        if lot is not None:
            await asyncio.to_thread(carrying.start, lot)
