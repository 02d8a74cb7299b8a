"""The rows behind the desk double, and how tests build them."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from jitclient.checkviews import SpaceCheck
from jitclient.deviceviews import Comparison
from jitclient.events import (
    AlarmRaised,
    ConnectionChanged,
    Event,
    Events,
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
    ReceivedBy,
    SpaceDetail,
    SpaceRow,
    SpaceState,
    Trust,
    WipeRow,
)
from protocol.ids import DeviceId, FileId, MessageId, SpaceId, UserId
from protocol.roles import Party, Role

NOW = 1_795_356_000  # 22 November 2026, 14:00 UTC
DAY = 86_400


def ident(name: str) -> bytes:
    """A stable id."""
    return hashlib.sha256(name.encode()).digest()[:16]


COMPARED = Comparison(how="number", at=NOW - 90_000, device="Office laptop", here=True)
PEOPLE = (
    ("Clara Weiss", "Hamburg Public Prosecution", "DE", Party.MEMBER_STATE, Role.ADMINISTRATOR),
    ("Jan de Vries", "FIOD", "NL", Party.MEMBER_STATE, Role.INVESTIGATOR),
    ("Inés Salgado", "Europol, EC3", "EU", Party.UNION_BODY, Role.PARTICIPANT),
    ("Κώστας Παπαδόπουλος", "Hellenic Customs", "EL", Party.MEMBER_STATE, Role.SECONDED),
)

_OUTSIDE = frozenset({Role.THIRD_COUNTRY, Role.INTERNATIONAL})


class DeskRows:
    """What a desk knows; tests change it by hand."""

    dismissed: Sequence[AlarmRow] = ()
    reason = ""  # stated for the last irreversible act

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
        self.check: SpaceCheck | None = None
        self.checking: asyncio.Event | None = None
        self.drafts: dict[SpaceId, tuple[str, MessageId | None]] = {}
        self.details: dict[SpaceId, SpaceDetail] = {}
        self.rows: dict[SpaceId, list[MessageRow]] = {}
        self.files: dict[SpaceId, list[ExhibitRow]] = {}
        self.logs: dict[SpaceId, list[CustodyRow]] = {}
        self.receipts: dict[SpaceId, list[WipeRow]] = {}
        self.alarms: list[AlarmRow] = []
        self.connection = Connection.ONLINE
        self.waiting = 0
        self.fail: dict[str, Exception] = {}
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
        self.log(space, "space-opened", title, agreement)
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
            comparison=COMPARED if (trust or usual) is Trust.VERIFIED else None,
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
        name, authority, country, _, role = PEOPLE[author]
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
            author_device=ident(name),
            author_role=role,
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
        facts: tuple[tuple[str, str], ...] = (),
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
            facts=facts,
            in_force=tuple(
                code
                for code in ("H1", "H2")
                if author and code in dict(facts).get("handling", "").split("+")
            ),
        )
        self.files[space].append(row)
        return row

    def set(self, space: SpaceId, **facts: Any) -> None:
        """Change facts of a space's row."""
        detail = self.details[space]
        self.details[space] = replace(detail, row=replace(detail.row, **facts))

    def trust(self, space: SpaceId, user: UserId, trust: Trust) -> None:
        """Change what is known of a member's key."""
        detail = self.details[space]
        how = COMPARED if trust is Trust.VERIFIED else None
        members = tuple(
            replace(m, trust=trust, comparison=how) if m.user == user else m for m in detail.members
        )
        self.details[space] = replace(detail, members=members)

    def role(self, space: SpaceId, user: UserId, role: Role) -> None:
        """Change a member's role; whoever is from outside has no controller yet (R23.2)."""
        detail = self.details[space]
        facts: dict[str, Any] = {"role": role, "may_upload": role not in _OUTSIDE}
        members = tuple(replace(m, **facts) if m.user == user else m for m in detail.members)
        self.details[space] = replace(detail, members=members)

    def verified_only(self, space: SpaceId) -> None:
        """Hand evidence to verified members only."""
        self.details[space] = replace(self.details[space], verified_only=True)

    def publish(self, event: Event) -> None:
        """Tell the window."""
        self.events.publish(event)

    def alarm(self, code: str, sentence: str) -> AlarmRow:
        """Raise an alarm."""
        row = AlarmRow(alarm=len(self.alarms) + 1, space=None, code=code, sentence=sentence, at=NOW)
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
