"""What time it is for deadlines: this machine's clock, held against how far time was known to be.

Nobody else is asked: what the store or a member says of the time must neither hold up a wipe nor
cause one. A clock that is set back does not stop time; one that leaps further than a machine is
ever switched off is believed when it has stood for some days. Spec: docs/protocol/61-closing.md §4.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Self

from jitclient.errors import ClockInDoubtError
from jitclient.session import Session
from localstore import devices
from localstore.connection import transaction
from localstore.spaces import SpaceRecord
from protocol.errors import MalformedError
from protocol.ids import SpaceId

DAY: Final = 86_400
STEP: Final = 2 * DAY
"""So much at once moves what is known; a clock that was wrong for an hour must not."""
LEAP: Final = 92 * DAY
"""So much ahead of what is known is believed at once: a machine may have been off for a quarter."""
STANDS: Final = 3 * DAY
"""So long a leap has to stand until what is known follows, or until a further one is believed."""
SAVE_EVERY: Final = 3_600
KNOWN: Final = "time-known"


@dataclass(frozen=True, slots=True)
class Known:
    """How far time was known to be (seconds since 1970 UTC; 0: never looked), and a leap since.

    `since`: what the clock said when it had leapt (0: it has not); `last`: what it said last.
    """

    known: int = 0
    since: int = 0
    last: int = 0

    def __str__(self) -> str:
        return f"{self.known}:{self.since}:{self.last}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `str` wrote; empty: nothing known.

        Raises:
            MalformedError: it is something else.
        """
        numbers = text.split(":") if text else ["0", "0", "0"]
        if len(numbers) != 3 or not all(one.isascii() and one.isdigit() for one in numbers):
            raise MalformedError("What was kept of the time cannot be read.")
        return cls(*(int(one) for one in numbers))


def step(kept: Known, reading: int, ran: int) -> tuple[Known, int]:
    """What is known after a look at the clock, and the time that counts.

    Args:
        kept: what was known at the look before.
        reading: what the clock says.
        ran: seconds that this program ran since then, on a clock nobody sets.
    """
    floor = kept.known + ran if kept.known else reading
    if reading <= floor:
        return Known(floor), floor
    if reading - floor <= STEP:
        return Known(reading), reading
    steady = 0 < kept.since <= reading and reading - kept.last <= LEAP
    since = kept.since if steady else reading
    if reading - since >= STANDS:
        return Known(reading), reading
    return Known(floor, since, reading), reading if reading - floor <= LEAP else floor


# --- below: database thread only -----------------------------------------------------------------


def time_that_counts(session: Session, reading: int) -> int:
    """What time it is for deadlines; see `step`. Kept at most once an hour."""
    now = session.clock.monotonic()
    if session.time_known is None:
        text = devices.setting(session.stores.device, KNOWN) or ""
        session.time_known, session.time_kept = text, text
        session.time_looked = now
    before = Known.parse(session.time_known)
    after, counts = step(before, reading, max(0, int(now - session.time_looked)))
    session.time_looked = now
    session.time_known = str(after)
    old = Known.parse(session.time_kept)
    moved = max(abs(after.known - old.known), abs(after.last - old.last)) >= SAVE_EVERY
    if moved or after.since != old.since:
        with transaction(session.stores.device):
            devices.set_setting(session.stores.device, KNOWN, session.time_known)
        session.time_kept = session.time_known
    return counts


def due(session: Session, record: SpaceRecord, reading: int, counts: int) -> bool:
    """Whether the deadline of a space has passed; told once, when only a leap says so."""
    if record.deadline is None:
        return False
    if counts >= record.deadline:
        return True
    if reading >= record.deadline and session.time_known:
        since = Known.parse(session.time_known).since
        if (record.space, since) in session.doubts:
            return False  # who dismissed it need not do so again in every round
        session.doubts.add((record.space, since))
        session.alarm(SpaceId(record.space), _doubt(record, reading, since), key=str(since))
    return False


def _doubt(record: SpaceRecord, reading: int, since: int) -> ClockInDoubtError:
    title = record.title or record.space.hex()[:8]
    return ClockInDoubtError(
        f"This computer's clock says {_day(reading)}, far ahead of any day it has shown before. If "
        f"that is right, the copies of “{title}” were to be wiped on {_day(record.deadline or 0)}, "
        f"and are wiped on {_day(since + STANDS)}. If it is wrong, set it right before that day."
    )


def _day(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).date().isoformat()
