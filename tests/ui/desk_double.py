"""An in-memory desk for the tests of the window: a small store of rows that behaves like one.

It holds real state (messages are appended, members come and go, transfers can be moved by hand)
and publishes the same events as the real desk. Tests of the whole client live in tests/journeys.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from jitclient.events import (
    AlarmRaised,
    ConnectionChanged,
    Event,
    Events,
    ExhibitsChanged,
    MessagesChanged,
    SpacesChanged,
    SpaceWiped,
    TransferMoved,
)
from jitclient.views import (
    AlarmRow,
    Connection,
    CustodyRow,
    ExhibitRow,
    ExhibitState,
    Me,
    MemberRow,
    MessageKind,
    MessageRow,
    MessageState,
    PersonRow,
    ReceivedBy,
    SpaceDetail,
    SpaceRow,
    SpaceState,
    Status,
    SyncReport,
    Trust,
    Verification,
    WipeRow,
)
from protocol.errors import (
    CannotCreateError,
    InvitationError,
    JitError,
    NotFoundError,
    StoreUnreachableError,
    VerificationError,
    WrongPassphraseError,
)
from protocol.ids import DeviceId, FileId, MessageId, SpaceId, UserId
from protocol.roles import DEFAULT_ROLE, Party, Role

NOW = 1_795_356_000  # 22 November 2026, 14:00 UTC
DAY = 86_400
PASSPHRASE = "correct horse battery staple"
INVITATION = "jitc-invite:store.example:8443:abc"


def ident(name: str) -> bytes:
    """A stable id."""
    return hashlib.sha256(name.encode()).digest()[:16]


PEOPLE = (
    ("Clara Weiss", "Hamburg Public Prosecution", "DE", Party.MEMBER_STATE, Role.ADMINISTRATOR),
    ("Jan de Vries", "FIOD", "NL", Party.MEMBER_STATE, Role.INVESTIGATOR),
    ("Inés Salgado", "Europol, EC3", "EU", Party.UNION_BODY, Role.PARTICIPANT),
    ("Κώστας Παπαδόπουλος", "Hellenic Customs", "EL", Party.MEMBER_STATE, Role.SECONDED),
)


class DeskDouble:
    """Fits `ui.ports.DeskPort`."""

    def __init__(self, *, empty: bool = False) -> None:
        self.events = Events()
        name, authority, country, party, _ = PEOPLE[0]
        self.me = Me(
            user=UserId(ident(name)),
            device=DeviceId(ident("device")),
            name=name,
            authority=authority,
            country=country,
            party=party,
            safety_number="12345" * 6,
            store="store.example:8443",
        )
        self.details: dict[SpaceId, SpaceDetail] = {}
        self.rows: dict[SpaceId, list[MessageRow]] = {}
        self.files: dict[SpaceId, list[ExhibitRow]] = {}
        self.logs: dict[SpaceId, list[CustodyRow]] = {}
        self.receipts: dict[SpaceId, list[WipeRow]] = {}
        self.alarms: list[AlarmRow] = []
        self.connection = Connection.ONLINE
        self.waiting = 0
        self.fail: dict[str, JitError] = {}
        self.calls: list[str] = []
        self.started = self.closed = False
        self.gate: asyncio.Event | None = None
        if not empty:
            self.space_a = self.add_space("Operation Amberlight", "JIT 2026/118")
            self.space_b = self.add_space("Container fraud, Piraeus–Hamburg", "JIT 2025/77")

    # --- building ------------------------------------------------------------------------------

    def add_space(
        self, title: str, agreement: str, *, members: int = 4, state: SpaceState = SpaceState.OPEN
    ) -> SpaceId:
        """A space with some members."""
        space = SpaceId(ident(title))
        row = SpaceRow(
            space=space,
            title=title,
            agreement=agreement,
            state=state,
            members=members,
            unread=0,
            last_activity=NOW,
            deadline=NOW + 24 * DAY,
            i_administer=True,
        )
        self.details[space] = SpaceDetail(
            row=row,
            signed_on="2026-09-14",
            opened_at=NOW - 30 * DAY,
            log_seq=members,
            log_head=ident("head") * 2,
            verified_only=False,
            members=tuple(self.member(i) for i in range(members)),
            removed=(),
            close_reason="",
        )
        self.rows[space] = []
        self.files[space] = []
        self.logs[space] = []
        self.receipts[space] = []
        self.log(space, "Space opened", title, agreement)
        return space

    def member(self, at: int, trust: Trust | None = None) -> MemberRow:
        """One of PEOPLE."""
        name, authority, country, party, role = PEOPLE[at]
        usual = (Trust.SELF, Trust.VERIFIED, Trust.VERIFIED, Trust.UNVERIFIED)[at]
        return MemberRow(
            user=UserId(ident(name)),
            name=name,
            authority=authority,
            country=country,
            party=party,
            role=role,
            trust=trust or usual,
            devices=1,
            is_me=at == 0,
        )

    def log(self, space: SpaceId, what: str, subject: str, detail: str = "") -> None:
        """One custody entry."""
        seq = len(self.logs[space]) + 1
        digest = hashlib.sha256(f"{seq}{what}{subject}".encode()).hexdigest()
        self.logs[space].append(
            CustodyRow(
                seq=seq,
                at=NOW - 3600 + seq * 60,
                actor="Clara Weiss",
                what=what,
                subject=subject,
                detail=detail,
                hash=digest,
            )
        )

    def say(
        self,
        space: SpaceId,
        author: int,
        text: str,
        *,
        at: int = NOW,
        state: MessageState | None = None,
        have: int = 0,
        kind: MessageKind = MessageKind.TEXT,
        reply_to: MessageId | None = None,
        missing: int = 0,
        file: FileId | None = None,
        problem: str = "",
    ) -> MessageRow:
        """A message of one of PEOPLE."""
        name, authority, country, _, _ = PEOPLE[author]
        mine = author == 0
        others = [m for m in self.details[space].members if not m.is_me]
        receipts = tuple(
            ReceivedBy(user=one.user, name=one.name, at=at + 60 if i < have else None)
            for i, one in enumerate(others)
        )
        row = MessageRow(
            message=MessageId(ident(f"{space.hex()}{len(self.rows[space])}")),
            space=space,
            kind=kind,
            author=UserId(ident(name)),
            author_name=name,
            author_authority=authority,
            author_country=country,
            mine=mine,
            text=text,
            state=state or (MessageState.SAVED if mine else MessageState.INCOMING),
            claimed_at=at,
            received_at=at,
            on_server_at=at + 1 if mine and state is not MessageState.SAVED else None,
            received_by=receipts if mine else (),
            file=file,
            reply_to=reply_to,
            missing_before=missing,
            problem=problem,
        )
        self.rows[space].append(row)
        return row

    def exhibit(
        self,
        space: SpaceId,
        name: str,
        number: str,
        size: int,
        state: ExhibitState,
        *,
        author: int = 0,
        done: float = 1.0,
        rate: float = 0.0,
        have: int = 0,
        to: Sequence[UserId] = (),
        problem: str = "",
    ) -> ExhibitRow:
        """An exhibit."""
        others = [m for m in self.details[space].members if not m.is_me]
        wanted = [m for m in others if m.user in to] if to else others
        row = ExhibitRow(
            file=FileId(ident(space.hex() + name + str(len(self.files[space])))),
            space=space,
            message=None,
            name=name,
            mime="",
            exhibit=number,
            size=size,
            sha256=""
            if state is ExhibitState.SEALING
            else hashlib.sha256(name.encode()).hexdigest(),
            author=UserId(ident(PEOPLE[author][0])),
            author_name=PEOPLE[author][0],
            mine=author == 0,
            state=state,
            done=int(size * done),
            total=size,
            rate=rate,
            added_at=NOW - 7200,
            expires_at=NOW + 26 * DAY,
            recipients=tuple(
                ReceivedBy(user=m.user, name=m.name, at=NOW - 600 if i < have else None)
                for i, m in enumerate(wanted)
            ),
            source=f"/evidence/{name}" if author == 0 else "",
            problem=problem,
        )
        self.files[space].append(row)
        return row

    def set(self, space: SpaceId, **facts: object) -> None:
        """Change facts of a space's row."""
        detail = self.details[space]
        self.details[space] = replace(detail, row=replace(detail.row, **facts))  # type: ignore[arg-type]

    def trust(self, space: SpaceId, user: UserId, trust: Trust) -> None:
        """Change what is known of a member's key."""
        detail = self.details[space]
        members = tuple(replace(m, trust=trust) if m.user == user else m for m in detail.members)
        self.details[space] = replace(detail, members=members)

    def publish(self, event: Event) -> None:
        """Tell the window."""
        self.events.publish(event)

    def alarm(self, code: str, sentence: str) -> AlarmRow:
        """Raise an alarm."""
        row = AlarmRow(
            alarm=len(self.alarms) + 1, space=None, code=code, sentence=sentence, at=NOW
        )
        self.alarms.append(row)
        self.publish(AlarmRaised(row))
        return row

    def move(self, space: SpaceId, file: FileId, done: int, rate: float) -> None:
        """Bytes move."""
        row = self._file(space, file)
        self._put(replace(row, done=done, rate=rate))
        self.publish(TransferMoved(space, file, done, row.total, rate))

    def connect(self, connection: Connection, problem: str = "") -> None:
        """The store comes or goes."""
        self.connection = connection
        self.publish(ConnectionChanged(connection, problem))

    def _file(self, space: SpaceId, file: FileId) -> ExhibitRow:
        return next(one for one in self.files[space] if one.file == file)

    def _put(self, row: ExhibitRow) -> None:
        rows = self.files[row.space]
        rows[next(i for i, one in enumerate(rows) if one.file == row.file)] = row

    async def _enter(self, call: str) -> None:
        self.calls.append(call)
        await asyncio.sleep(0)
        if self.gate is not None:
            await self.gate.wait()
        if call in self.fail:
            raise self.fail[call]

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

    async def remove_member(self, space: SpaceId, user: UserId) -> None:
        await self._enter("remove_member")
        detail = self.details[space]
        gone = tuple(one for one in detail.members if one.user == user)
        kept = tuple(one for one in detail.members if one.user != user)
        self.details[space] = replace(detail, members=kept, removed=(*detail.removed, *gone))
        self.publish(SpacesChanged())

    def number(self, user: UserId) -> str:
        """The sixty digits with a member."""
        return str(int.from_bytes(hashlib.sha512(user).digest(), "big"))[:60]

    async def verify(
        self, space: SpaceId, user: UserId, digits: str | None = None
    ) -> Verification:
        await self._enter("verify")
        one = next(m for m in self.details[space].members if m.user == user)
        number = self.number(user)
        if digits is not None:
            if digits != number:
                raise VerificationError("The number you gave is not the one computed here.")
            self.trust(space, user, Trust.VERIFIED)
            self.publish(SpacesChanged())
        one = next(m for m in self.details[space].members if m.user == user)
        return Verification(
            user=user, name=one.name, digits=number, trust=one.trust, compared=digits is not None
        )

    async def messages(
        self, space: SpaceId, *, limit: int = 200, before: MessageId | None = None
    ) -> tuple[MessageRow, ...]:
        await self._enter("messages")
        rows = self.rows[space]
        end = len(rows)
        if before is not None:
            end = next(i for i, one in enumerate(rows) if one.message == before)
        return tuple(rows[max(0, end - limit) : end])

    async def mark_read(self, space: SpaceId) -> None:
        await self._enter("mark_read")
        if self.details[space].row.unread:
            self.set(space, unread=0)
            self.publish(SpacesChanged())

    async def send(
        self, space: SpaceId, text: str, *, reply_to: MessageId | None = None
    ) -> MessageRow:
        await self._enter("send")
        row = self.say(space, 0, text, reply_to=reply_to)
        self.publish(MessagesChanged(space))
        return row

    async def exhibits(self, space: SpaceId) -> tuple[ExhibitRow, ...]:
        await self._enter("exhibits")
        return tuple(self.files[space])

    async def add_evidence(
        self, space: SpaceId, path: Path, *, to: Sequence[UserId], exhibit: str = ""
    ) -> ExhibitRow:
        await self._enter("add_evidence")
        row = self.exhibit(
            space,
            path.name,
            exhibit,
            path.stat().st_size,
            ExhibitState.SEALING,
            done=0,
            to=tuple(to),
        )
        self.publish(ExhibitsChanged(space))
        return row

    async def _turn(self, call: str, space: SpaceId, file: FileId, state: ExhibitState) -> None:
        await self._enter(call)
        self._put(replace(self._file(space, file), state=state, rate=0.0))
        self.publish(ExhibitsChanged(space))

    async def pause(self, space: SpaceId, file: FileId) -> None:
        await self._turn("pause", space, file, ExhibitState.PAUSED)

    async def resume(self, space: SpaceId, file: FileId) -> None:
        await self._turn("resume", space, file, ExhibitState.UPLOADING)

    async def cancel(self, space: SpaceId, file: FileId) -> None:
        await self._turn("cancel", space, file, ExhibitState.CANCELLED)

    async def export(self, space: SpaceId, file: FileId, out: Path) -> Path:
        await self._enter("export")
        if out.exists():
            raise CannotCreateError("A file of that name is there already.")
        out.write_bytes(b"exported")
        return out

    async def verify_exhibit(self, space: SpaceId, file: FileId) -> ExhibitRow:
        await self._enter("verify_exhibit")
        return self._file(space, file)

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
        )

    async def dismiss_alarm(self, alarm: int) -> None:
        await self._enter("dismiss_alarm")
        self.alarms = [one for one in self.alarms if one.alarm != alarm]

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

    async def close(self) -> None:
        self.closed = True


class PreviewDouble:
    """What an invitation says."""

    address = "store.jit.example:8443"
    fingerprint = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


class DoorDouble:
    """Fits `ui.ports.DoorPort`."""

    def __init__(
        self,
        *,
        enrolled: bool = True,
        keyring: bool = True,
        make: Callable[[], DeskDouble] | None = None,
    ) -> None:
        self._enrolled = enrolled
        self._keyring = keyring
        self._make = make or DeskDouble
        self.desks: list[DeskDouble] = []
        self.offline = False
        self.used = False

    def enrolled(self) -> bool:
        return self._enrolled

    async def check_keyring(self) -> bool:
        await asyncio.sleep(0)
        return self._keyring

    def read_invitation(self, text: str) -> PreviewDouble:
        if not text.startswith("jitc-invite:"):
            raise InvitationError("This is not a whole invitation: its beginning is missing.")
        return PreviewDouble()

    async def enrol(self, invitation: str, passphrase: str) -> DeskDouble:
        await asyncio.sleep(0)
        if self.offline:
            raise StoreUnreachableError("The store does not answer.")
        if self.used:
            raise InvitationError("This invitation was used already.")
        self._enrolled = True
        self.desks.append(self._make())
        return self.desks[-1]

    async def unlock(self, passphrase: str) -> DeskDouble:
        await asyncio.sleep(0)
        if passphrase != PASSPHRASE:
            raise WrongPassphraseError("The passphrase does not open this profile.")
        self.desks.append(self._make())
        return self.desks[-1]


def story() -> DeskDouble:
    """A desk in the middle of a case, for pictures and for tests of whole screens."""
    desk = DeskDouble()
    a = desk.space_a
    desk.set(desk.space_b, unread=3)
    third = desk.add_space("Ghost invoices 2026", "JIT 2026/031", members=3)
    desk.set(third, state=SpaceState.JOINING, title="")
    t = NOW - DAY - 4 * 3600
    desk.say(a, 0, "Clara Weiss opened the space", at=t, kind=MessageKind.EVENT)
    desk.say(a, 0, "Jan de Vries (FIOD, NL) was added as investigator", at=t + 60,
             kind=MessageKind.EVENT)
    desk.say(a, 0, "Good morning. Hamburg leads; our agreement was signed on 14 September. Please "
             "introduce yourselves and say what you can hand over before Thursday.",
             at=t + 300, state=MessageState.RECEIVED, have=3)
    q = desk.say(a, 1, "Jan de Vries, FIOD Rotterdam. We seized two servers in the data centre at "
                 "Schiphol-Rijk on Tuesday.\nThe images are ready: 2 × 256 GiB, acquired with "
                 "write blockers, hashes in the protocol.", at=t + 900)
    desk.say(a, 1, "I can hand over the first one tonight.", at=t + 960)
    desk.say(a, 2, "Europol EC3 here. We can cross-match the wallet addresses as soon as the chat "
             "exports arrive. Is the container list (MSKU 907032-3 and following) still current?",
             at=t + 1800)
    e = desk.exhibit(a, "2026-11-20_server-01_image.E01", "A-1", 268_435_456,
                     ExhibitState.ON_SERVER, have=2)
    desk.exhibit(a, "Kontoauszüge_Amberlight_Q3.xlsx", "A-2", 4_812_331, ExhibitState.VERIFIED,
                 author=1, have=3)
    desk.exhibit(a, "2026-11-21_server-02_image.E01", "A-10", 274_877_906_944,
                 ExhibitState.UPLOADING, done=0.43, rate=61_865_984.0)
    desk.exhibit(a, "chat-export_warehouse-phone_redacted.pdf", "B-3", 18_220_145,
                 ExhibitState.DOWNLOADING, author=2, done=0.78, rate=9_437_184.0)
    desk.exhibit(a, "customs-declarations_Piraeus_2026.csv", "B-4", 91_224_064,
                 ExhibitState.PAUSED, done=0.2)
    desk.exhibit(a, "interview_2026-11-19_witness-4.wav", "C-1", 733_184_000,
                 ExhibitState.AVAILABLE, author=3)
    desk.exhibit(a, "photo-series_warehouse.zip", "C-2", 1_210_774_528, ExhibitState.CORRUPTED,
                 author=3, done=1.0, problem="Part 14 does not match the signed manifest.")
    desk.say(a, 0, "", at=NOW - 7200, kind=MessageKind.EXHIBIT, file=e.file,
             state=MessageState.ON_SERVER, have=2)
    desk.say(a, 0, "Received, thank you. I will ask the court in Hamburg for the order today.",
             at=NOW - 5400, state=MessageState.ON_SERVER, have=1, reply_to=q.message)
    desk.say(a, 3, "Καλημέρα. Το τελωνείο Πειραιά επιβεβαιώνει τη λίστα. The list is current; two "
             "containers left on Friday.", at=NOW - 3600, missing=1)
    desk.say(a, 3, "Seal numbers follow.", at=NOW - 3540)
    desk.say(a, 0, "Then we move the action day to Thursday, 06:00 CET. Everybody please confirm.",
             at=NOW - 120, state=MessageState.SAVED)
    desk.set(a, unread=2)
    for what, subject, detail in (
        ("Member added", "Jan de Vries", "investigator, FIOD, NL"),
        ("Number compared", "Jan de Vries", "verified by 60 digits"),
        ("Member added", "Inés Salgado", "participant, Europol, EU"),
        ("Exhibit sealed", "A-1", "256 MiB, 64 parts"),
        ("Exhibit handed over", "A-1", "to 3 persons"),
        ("Exhibit verified", "A-2", "SHA-256 equal to the manifest"),
        ("Exhibit exported", "A-2", "Kontoauszüge_Amberlight_Q3.xlsx"),
    ):
        desk.log(a, what, subject, detail)
    return desk
