"""An in-memory desk for the tests of the window: a small store of rows that behaves like one.

It holds real state (messages are appended, members come and go, transfers can be moved by hand)
and publishes the same events as the real desk. Tests of the whole client live in tests/journeys.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from jitclient import acquisition, describing, exhibitlist, folders
from jitclient.errors import DuplicateError
from jitclient.events import ExhibitsChanged, MessagesChanged, SpacesChanged, SpaceWiped
from jitclient.usecases.keep_template import KEPT
from jitclient.views import (
    Connection,
    CustodyRow,
    ExhibitRow,
    ExhibitState,
    ListRow,
    MemberRow,
    MessageRow,
    PermissionRow,
    PersonRow,
    Purpose,
    SpaceDetail,
    SpaceRow,
    SpaceState,
    Status,
    SyncReport,
    Trust,
    WipeRow,
)
from protocol.errors import BadInputError, CannotCreateError, NotFoundError
from protocol.facts import Facts, digests
from protocol.ids import DeviceId, FileId, MessageId, SpaceId, UserId
from protocol.roles import DEFAULT_ROLE, Party, Role
from tests.ui.desk_queue import DeskQueue
from tests.ui.desk_rows import DAY, NOW, PEOPLE, ident
from tests.ui.keys_double import KeysDouble
from tests.ui.review_double import DeskParts


class DeskDouble(DeskParts, DeskQueue):
    """Fits `ui.ports.DeskPort`."""

    @property
    def keys(self) -> KeysDouble:
        if self._keys is None:
            self._keys = KeysDouble()
        return self._keys

    _keys: KeysDouble | None = None
    exported_for: Purpose | None = None
    twice: Mapping[str, str] = MappingProxyType({})  # name: which exhibit has that content
    kept_templates: Mapping[str, Facts] = MappingProxyType({})
    sheet_at: int | None = NOW - DAY

    # --- the desk ------------------------------------------------------------------------------

    async def spaces(self) -> tuple[SpaceRow, ...]:
        await self._enter("spaces")
        return tuple(one.row for one in self.details.values())

    async def space(self, space: SpaceId) -> SpaceDetail:
        await self._enter("space")
        if space not in self.details:
            raise NotFoundError("There is no such space here.")
        return self.details[space]

    async def people(self) -> tuple[PersonRow, ...]:
        await self._enter("people")
        rows = [
            PersonRow(
                user=UserId(ident(name)),
                name=name,
                authority=authority,
                country=country,
                party=party,
                trust=Trust.SELF if at == 0 else Trust.UNVERIFIED,
            )
            for at, (name, authority, country, party, _) in enumerate(PEOPLE)
        ]
        rows.append(
            PersonRow(
                user=UserId(ident("Amélie Laurent")),
                name="Amélie Laurent",
                authority="Parquet de Paris, JUNALCO",
                country="FR",
                party=Party.MEMBER_STATE,
                trust=Trust.UNVERIFIED,
            )
        )
        rows.append(
            PersonRow(
                user=UserId(ident("Lukas Meier")),
                name="Lukas Meier",
                authority="Bundesanwaltschaft",
                country="CH",
                party=Party.THIRD_COUNTRY,
                trust=Trust.VERIFIED,
            )
        )
        return tuple(rows)

    async def create_space(
        self,
        *,
        agreement: str,
        signed_on: str,
        title: str,
        retention_days: int = 0,
        verified_only: bool = False,
    ) -> SpaceId:
        await self._enter("create_space")
        space = self.add_space(title, agreement, members=1)
        self.details[space] = replace(
            self.details[space], signed_on=signed_on, verified_only=verified_only
        )
        self.set(space, deadline=NOW + retention_days * DAY if retention_days else None)
        self.publish(SpacesChanged())
        return space

    async def add_member(self, space: SpaceId, user: UserId, role: Role | None = None) -> None:
        await self._enter("add_member")
        person = next(one for one in await self.people() if one.user == user)
        detail = self.details[space]
        row = MemberRow(
            user=user,
            name=person.name,
            authority=person.authority,
            country=person.country,
            party=person.party,
            role=role or DEFAULT_ROLE[person.party],
            trust=person.trust,
            devices=1,
            is_me=False,
        )
        self.details[space] = replace(detail, members=(*detail.members, row))
        self.publish(SpacesChanged())

    async def remove_member(self, space: SpaceId, user: UserId, reason: str) -> None:
        self.reason = reason
        await self._enter("remove_member")
        detail = self.details[space]
        gone = tuple(one for one in detail.members if one.user == user)
        kept = tuple(one for one in detail.members if one.user != user)
        self.details[space] = replace(detail, members=kept, removed=(*detail.removed, *gone))
        self.publish(SpacesChanged())

    async def message(self, space: SpaceId, message: MessageId) -> MessageRow:
        await self._enter("message")
        return next(one for one in self.rows[space] if one.message == message)

    async def messages(
        self,
        space: SpaceId,
        *,
        limit: int = 200,
        before: MessageId | None = None,
        after: MessageId | None = None,
    ) -> tuple[MessageRow, ...]:
        await self._enter("messages")
        rows = self.rows[space]
        end = len(rows)
        if after is not None:
            at = next(i for i, one in enumerate(rows) if one.message == after)
            return tuple(rows[at + 1 : at + 1 + limit])
        if before is not None:
            end = next(i for i, one in enumerate(rows) if one.message == before)
        return tuple(rows[max(0, end - limit) : end])

    async def mark_read(self, space: SpaceId) -> None:
        await self._enter("mark_read")
        if self.details[space].row.unread:
            self.set(space, unread=0)
            self.publish(SpacesChanged())

    async def keep_draft(self, space: SpaceId, text: str, reply_to: MessageId | None) -> None:
        await self._enter("keep_draft")
        self.drafts[space] = (text, reply_to)

    async def draft(self, space: SpaceId) -> tuple[str, MessageId | None]:
        await self._enter("draft")
        return self.drafts.get(space, ("", None))

    async def send(
        self,
        space: SpaceId,
        text: str,
        *,
        reply_to: MessageId | None = None,
        drafted: bool = False,
    ) -> MessageRow:
        await self._enter("send")
        if drafted:
            self.drafts.pop(space, None)
        row = self.talking.write(space, 0, text, reply_to=reply_to)
        self.publish(MessagesChanged(space))
        return row

    async def exhibits(self, space: SpaceId) -> tuple[ExhibitRow, ...]:
        await self._enter("exhibits")
        return tuple(self.files[space])

    async def add_evidence(
        self,
        space: SpaceId,
        path: Path,
        *,
        to: Sequence[UserId],
        exhibit: str = "",
        facts: Mapping[str, str] | None = None,
        tell: Callable[[int, int], None] | None = None,
        again: bool = False,
    ) -> ExhibitRow:
        await self._enter("add_evidence")
        if path.name in self.twice and not again:
            raise DuplicateError(self.twice[path.name])
        stated = digests((facts or {}).items())
        if stated:
            acquisition.compare(path, stated, lambda done: tell(done, done) if tell else None)
        row = self.exhibit(
            space,
            path.name,
            exhibit,
            path.stat().st_size,
            ExhibitState.SEALING,
            done=0,
            to=tuple(to),
            facts=tuple((facts or {}).items()),
        )
        self.publish(ExhibitsChanged(space))
        return row

    async def look_through(self, paths: Sequence[Path], most: int) -> tuple[ListRow, ...]:
        await self._enter("look_through")
        return folders.listed(paths, most)

    async def already_there(self, space: SpaceId, path: Path) -> str:
        await self._enter("already_there")
        return self.twice.get(path.name, "")

    async def read_report(
        self, report: Path, names: Sequence[str]
    ) -> tuple[Mapping[str, str], ...]:
        await self._enter("read_report")
        read = acquisition.read_report(report)
        return tuple(read.facts_of(name) for name in names)

    async def read_list(self, path: Path) -> tuple[ListRow, ...]:
        await self._enter("read_list")
        return exhibitlist.read_list(path, NOW)

    async def templates(self) -> Mapping[str, Facts]:
        await self._enter("templates")
        return dict(self.kept_templates)

    async def save_template(self, name: str, facts: Mapping[str, str]) -> Facts:
        await self._enter("save_template")
        if not name.strip():
            raise BadInputError("The name of the template is empty.")
        kept = tuple((one, value) for one, value in facts.items() if one in KEPT)
        self.kept_templates = {**self.kept_templates, name: kept}
        return kept

    async def drop_template(self, name: str) -> None:
        await self._enter("drop_template")
        self.kept_templates = {k: v for k, v in self.kept_templates.items() if k != name}

    def fact_problem(self, name: str, value: str) -> str:
        return describing.problem_with(name, value, NOW)

    async def record_permission(
        self, space: SpaceId, file: FileId, code: str, *, given_by: str, reference: str
    ) -> ExhibitRow:
        await self._enter("record_permission")
        row = self._file(space, file)
        left = tuple(one for one in row.in_force if one != code)
        given = PermissionRow(code=code, given_by=given_by, reference=reference, at=NOW)
        self._put(replace(row, in_force=left, permissions=(*row.permissions, given)))
        self.publish(ExhibitsChanged(space))
        return self._file(space, file)

    async def export(
        self, space: SpaceId, file: FileId, out: Path, purpose: Purpose = Purpose.WORK
    ) -> Path:
        await self._enter("export")
        self.exported_for = purpose
        if out.exists():
            raise CannotCreateError("A file of that name is there already.")
        out.write_bytes(b"exported")
        return out

    async def close_space(self, space: SpaceId, reason: str) -> None:
        await self._enter("close_space")
        detail = self.details[space]
        self.details[space] = replace(detail, close_reason=reason)
        self.set(space, state=SpaceState.WIPED, deadline=None)
        self.receipts[space] = [
            WipeRow(
                user=one.user,
                device=DeviceId(ident(one.name + "device")),
                name=one.name,
                wiped_at=NOW if one.is_me else None,
                remaining="spare blocks of the disk, 1 exported copy" if one.is_me else "",
                receipt=hashlib.sha256(one.user).hexdigest() if one.is_me else "",
                ended_at=NOW,
            )
            for one in detail.members
        ]
        self.rows[space] = []
        self.files[space] = []
        self.publish(SpaceWiped(space))

    def receipt(self, space: SpaceId, at: int) -> None:
        """A member's wipe receipt arrives."""
        one = self.receipts[space][at]
        digest = hashlib.sha256(one.user).hexdigest()
        self.receipts[space][at] = replace(one, wiped_at=NOW + 60 * at, receipt=digest)
        self.publish(SpacesChanged())

    async def wipes(self, space: SpaceId) -> tuple[WipeRow, ...]:
        await self._enter("wipes")
        return tuple(self.receipts[space])

    async def custody(self, space: SpaceId) -> tuple[CustodyRow, ...]:
        await self._enter("custody")
        return tuple(self.logs[space])

    async def custody_of(self, space: SpaceId, file: FileId) -> tuple[CustodyRow, ...]:
        await self._enter("custody_of")
        found = next(one for one in self.files[space] if one.file == file)
        names = (found.name, found.exhibit)
        return tuple(one for one in self.logs[space] if one.subject in names)

    async def status(self) -> Status:
        await self._enter("status")
        moving = (ExhibitState.UPLOADING, ExhibitState.DOWNLOADING, ExhibitState.SEALING)
        return Status(
            me=self.me,
            connection=self.connection,
            last_sync=NOW - 30,
            waiting_messages=self.waiting,
            waiting_transfers=sum(
                1 for files in self.files.values() for one in files if one.state in moving
            ),
            spaces=tuple(one.row for one in self.details.values()),
            alarms=tuple(self.alarms),
            keyring=True,
            problem="",
            sheet_at=self.sheet_at,
        )

    async def dismiss_alarm(self, alarm: int) -> None:
        await self._enter("dismiss_alarm")
        self.dismissed = [one for one in self.alarms if one.alarm == alarm]
        self.alarms = [one for one in self.alarms if one.alarm != alarm]

    async def recall_alarm(self, alarm: int) -> None:
        await self._enter("recall_alarm")
        self.alarms = [*self.alarms, *(one for one in self.dismissed if one.alarm == alarm)]

    async def sync_now(self) -> SyncReport:
        await self._enter("sync_now")
        return SyncReport(
            messages_in=0,
            messages_out=0,
            exhibits_in=0,
            exhibits_out=0,
            receipts_in=0,
            waiting_messages=self.waiting,
            waiting_transfers=0,
            spaces_wiped=0,
            alarms=(),
            online=self.connection is Connection.ONLINE,
        )

    def start(self) -> None:
        self.started = True

    async def close(self, *, carry: bool = False) -> None:
        self.closed, self.carries = True, carry
