"""Words for rows: times, sizes, roles and states, the same on every screen. Pure."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from datetime import date as calendar
from typing import Final

from jitclient.views import (
    Connection,
    ExhibitRow,
    ExhibitState,
    MessageRow,
    MessageState,
    SpaceState,
    Trust,
)
from protocol.roles import Party, Role
from ui.language import Table, dates, number, tr, trn
from ui.theme.tokens import Tone

DAY: Final = 86_400
UNITS: Final = ("B", "KiB", "MiB", "GiB", "TiB")


@dataclass(frozen=True, slots=True)
class Badge:
    """A state in a word, a shape and a tone."""

    word: str
    icon: str
    tone: Tone = Tone.NEUTRAL

    def spoken(self) -> Badge:
        """One of a table in the language of the person."""
        return replace(self, word=tr(self.word)) if self.word else self


PARTIES: Final[Table[Party, str]] = Table(
    {
        Party.MEMBER_STATE: "Member State",
        Party.EPPO: "EPPO",
        Party.UNION_BODY: "Union body",
        Party.THIRD_COUNTRY: "Third country",
        Party.INTERNATIONAL: "International authority",
    }
)

ROLES: Final[Table[Role, str]] = Table(
    {
        Role.ADMINISTRATOR: "Administrator",
        Role.PROSECUTOR: "Prosecutor",
        Role.INVESTIGATOR: "Investigator",
        Role.SECONDED: "Seconded member",
        Role.PARTICIPANT: "Participant",
        Role.THIRD_COUNTRY: "Third-country member",
        Role.INTERNATIONAL: "International member",
    }
)

TRUST: Final[Table[Trust, Badge]] = Table(
    {
        Trust.SELF: Badge("You", "user"),
        Trust.VERIFIED: Badge("Verified", "shield-check", Tone.VERIFIED),
        Trust.UNVERIFIED: Badge("Not verified", "shield", Tone.WARN),
        Trust.CHANGED: Badge("Key changed", "shield-alert", Tone.DANGER),
    }
)

SPACES: Final[Table[SpaceState, Badge]] = Table(
    {
        SpaceState.JOINING: Badge("Joining", "hourglass", Tone.WARN),
        SpaceState.OPEN: Badge("Open", "circle-dot", Tone.OK),
        SpaceState.LEFT: Badge("You were removed", "user-minus", Tone.DANGER),
        SpaceState.CLOSING: Badge("Closing", "hourglass", Tone.WARN),
        SpaceState.WIPED: Badge("Closed and wiped", "archive"),
    }
)

CONNECTIONS: Final[Table[Connection, Badge]] = Table(
    {
        Connection.ONLINE: Badge("Online", "wifi", Tone.OK),
        Connection.OFFLINE: Badge("Offline", "wifi-off", Tone.WARN),
        Connection.CONNECTING: Badge("Connecting", "refresh-cw"),
        Connection.REFUSED: Badge("Store refused", "shield-x", Tone.DANGER),
    }
)

EXHIBITS: Final[Table[ExhibitState, Badge]] = Table(
    {
        ExhibitState.SEALING: Badge("Sealing", "lock", Tone.ACCENT),
        ExhibitState.UPLOADING: Badge("Uploading", "upload", Tone.ACCENT),
        ExhibitState.PAUSED: Badge("Paused", "pause", Tone.WARN),
        ExhibitState.ON_SERVER: Badge("On the server", "server", Tone.OK),
        ExhibitState.AVAILABLE: Badge("Waiting to download", "inbox", Tone.ACCENT),
        ExhibitState.DOWNLOADING: Badge("Downloading", "download", Tone.ACCENT),
        ExhibitState.VERIFIED: Badge("Verified here", "file-check", Tone.VERIFIED),
        ExhibitState.CORRUPTED: Badge("Damaged", "shield-x", Tone.DANGER),
        ExhibitState.FAILED: Badge("Failed", "circle-alert", Tone.DANGER),
        ExhibitState.CANCELLED: Badge("Cancelled", "ban"),
        ExhibitState.WITHDRAWN: Badge("Withdrawn", "ban"),
        ExhibitState.ERASED: Badge("Erased at the store", "trash-2", Tone.WARN),
    }
)

MOVING: Final = frozenset({ExhibitState.SEALING, ExhibitState.UPLOADING, ExhibitState.DOWNLOADING})


def message_badge(row: MessageRow) -> Badge:
    """The state of an own message in words (interface decision 1)."""
    have = sum(1 for one in row.received_by if one.at is not None)
    everyone = len(row.received_by)
    match row.state:
        case MessageState.SAVED:
            return Badge(tr("Saved here"), "hard-drive")
        case MessageState.ON_SERVER if have:
            return Badge(
                tr("Received by {have} of {everyone}", have=have, everyone=everyone),
                "check",
                Tone.OK,
            )
        case MessageState.ON_SERVER:
            return Badge(tr("On the server"), "server")
        case MessageState.RECEIVED:
            return Badge(
                tr("Received by {have} of {everyone}", have=everyone, everyone=everyone),
                "check-check",
                Tone.OK,
            )
        case MessageState.REFUSED:
            return Badge(tr("Refused"), "circle-x", Tone.DANGER)
        case MessageState.INCOMING:
            return Badge("", "")


def exhibit_badge(row: ExhibitRow) -> Badge:
    """The state of an exhibit in words."""
    if row.mine and row.state is ExhibitState.ON_SERVER and row.recipients:
        have = sum(1 for one in row.recipients if one.at is not None)
        if have == len(row.recipients):
            return Badge(tr("Verified by all"), "badge-check", Tone.VERIFIED)
    return EXHIBITS[row.state]


def received(row: ExhibitRow) -> str:
    """`2 of 3`, or a dash where there is nobody to receive it."""
    if not row.recipients:
        return "–"
    have = sum(1 for one in row.recipients if one.at is not None)
    return tr("{have} of {all}", have=number(have), all=number(len(row.recipients)))


def size(count: int) -> str:
    """Bytes in binary units: `256 MiB`, `1.4 GiB`."""
    value = float(count)
    for unit in UNITS:
        if value < 1024 or unit == UNITS[-1]:
            exact = unit == "B" or value >= 100 or value == int(value)
            return f"{f'{value:.0f}' if exact else number(value, 1)} {tr(unit)}"
        value /= 1024
    return ""


def rate(per_second: float) -> str:
    """`24 MiB/s`, empty when nothing moves."""
    return tr("{size}/s", size=size(int(per_second))) if per_second >= 1 else ""


def left(done: int, total: int, per_second: float) -> str:
    """Time left in words, empty when it cannot be told."""
    if per_second < 1 or done >= total:
        return ""
    return tr("{span} left", span=span(int((total - done) / per_second) + 1))


def span(seconds: int) -> str:
    """A duration in its largest useful units."""
    if seconds < 60:
        return tr("{seconds} s", seconds=seconds)
    if seconds < 3600:
        return tr("{minutes} min", minutes=seconds // 60)
    if seconds < 2 * DAY:
        hours, minutes = seconds // 3600, f"{seconds % 3600 // 60:02d}"
        return tr("{hours} h {minutes} min", hours=hours, minutes=minutes)
    return trn("{count} day", "{count} days", seconds // DAY)


def percent(done: int, total: int) -> int:
    """0 to 100; 100 only when everything is done."""
    if total <= 0:
        return 0
    return 100 if done >= total else min(99, done * 100 // total)


def when(at: int, zone: tzinfo | None = None) -> datetime:
    """A time in the viewer's zone."""
    moment = datetime.fromtimestamp(at, UTC)
    return moment.astimezone(zone) if zone is not None else moment.astimezone()


def clock(at: int, zone: tzinfo | None = None) -> str:
    """`14:05`."""
    return dates.clock(when(at, zone))


def date(at: int, zone: tzinfo | None = None) -> str:
    """`18 November 2026`."""
    return dates.long_date(when(at, zone))


def written_date(text: str) -> str:
    """`2026-09-14` as `14 September 2026`; anything else as it is."""
    try:
        return dates.long_date(calendar.fromisoformat(text))
    except ValueError:
        return plain(text)


def stamp(at: int, zone: tzinfo | None = None) -> str:
    """`18 Nov 2026, 14:05`."""
    moment = when(at, zone)
    return f"{dates.short_date(moment)}, {dates.clock(moment)}"


def iso(at: int, zone: tzinfo | None = None) -> str:
    """ISO 8601 with offset, for hover and export."""
    return when(at, zone).isoformat(timespec="seconds")


def day(at: int, zone: tzinfo | None = None) -> str:
    """The heading of a day: weekday, date and time zone."""
    moment = when(at, zone)
    return f"{dates.weekday(moment)} {date(at, zone)}  ·  {zone_name(moment)}"


def zone_name(moment: datetime) -> str:
    """`CET (UTC+01:00)`."""
    shown, name = dates.offset(moment), moment.tzname() or ""
    if shown == "UTC" or not name or name.startswith(("UTC", "+", "-")):
        return shown
    return f"{name} ({shown})"


def ago(at: int, now: int) -> str:
    """`just now`, `4 min ago`, `3 h 10 min ago`."""
    gone = max(0, now - at)
    return tr("just now") if gone < 10 else tr("{span} ago", span=span(gone))


def short(digest: str) -> str:
    """The two ends of a hash."""
    return f"{digest[:8]}…{digest[-8:]}" if len(digest) > 20 else digest


def grouped(digits: str, group: int = 5) -> tuple[str, ...]:
    """Digits in groups to read aloud."""
    plain = "".join(char for char in digits if char.isdigit())
    return tuple(plain[i : i + group] for i in range(0, len(plain), group))


def fingerprint(text: str) -> str:
    """A hex fingerprint in groups of four."""
    plain = "".join(char for char in text if char.isalnum())
    return " ".join(plain[i : i + 4] for i in range(0, len(plain), 4)).upper()


def initials(title: str) -> str:
    """One or two letters for a tile."""
    words = [word for word in title.split() if word[:1].isalnum()]
    if not words:
        return "…"
    letters = words[0][0] + (words[-1][0] if len(words) > 1 else words[0][1:2])
    return letters.upper()


def extension(name: str) -> tuple[str, str]:
    """Split a file name into what is shown and the true extension (upper case, may be empty)."""
    stem, dot, tail = name.rpartition(".")
    if not dot or not stem or not tail.isalnum() or len(tail) > 12:
        return name, ""
    return stem, tail.upper()


def plain(text: str) -> str:
    """Text without control and direction-changing characters, for names shown as labels."""
    return "".join(
        char if unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Zl", "Zp"} else "�"
        for char in text
    )


def fixed(hours: int) -> timezone:
    """A fixed zone, for tests and pictures."""
    return timezone(timedelta(hours=hours))
