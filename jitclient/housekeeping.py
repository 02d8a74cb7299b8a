"""Once in every unlocked session: is the custody log whole, and what need not be remembered.

Runs with the first round, also when the store is out of reach.
"""

from __future__ import annotations

from jitclient import carrying_out, diskwatch, handing_over, leftovers, spacewise, spool, wiping
from jitclient.events import SpacesChanged
from jitclient.session import WIPED_STATES, Session
from localstore import again, custody, devices, messages, sessions, spaces
from localstore.connection import transaction
from protocol.errors import RefusedError
from protocol.ids import SpaceId
from protocol.limits import (
    PREKEY_KEEP_SECONDS,
    QUEUE_SECONDS,
    RESET_SECONDS,
    SENT_KEEP_SECONDS,
)

TIDIED = "tidied"
TIDY_SECONDS = 7 * 86_400
LINK_KEEP_SECONDS = SENT_KEEP_SECONDS + QUEUE_SECONDS
"""Nothing older can still come: kept so long by its sender, then so long in the store's queue."""


class CustodyBrokenError(RefusedError):
    """An entry of the local custody log was changed, removed or put in."""

    code = "custody-broken"


def deadlines(session: Session, now: int) -> None:
    """Wipe what is due; before a round, whether the store is there or not.

    Raises:
        DiskRefusesError: the disk of the profile takes no writing, and nothing would be kept.
    """
    diskwatch.require(session)
    wiping.resume_all(session, now)


def tend(session: Session) -> None:
    """Check every space once in this session; forget old traces once a week."""
    if session.tended:
        return
    session.tended = True
    db, now = session.stores.device, session.clock.now()
    tidy = now - int(devices.setting(db, TIDIED) or 0) >= TIDY_SECONDS
    for record in spaces.spaces(db):
        if record.state == "wiped":
            leftovers.once_more(session, SpaceId(record.space))
        if record.state not in WIPED_STATES and record.log_seq >= 0:
            spacewise.attempt(session, SpaceId(record.space), _check)
            spacewise.attempt(session, SpaceId(record.space), _recount)
            spacewise.attempt(session, SpaceId(record.space), spool.sweep)
            spacewise.attempt(session, SpaceId(record.space), carrying_out.settle)
            spacewise.attempt(session, SpaceId(record.space), handing_over.drop_journals)
            if tidy:
                spacewise.attempt(session, SpaceId(record.space), _forget)
    if tidy:
        with transaction(db):
            devices.set_setting(db, TIDIED, str(now))


def _check(session: Session, space: SpaceId) -> None:
    broken = custody.verify_chain(session.stores.space(space))
    if broken is not None:
        raise broken_at(broken)


def broken_at(broken: int) -> CustodyBrokenError:
    """What is said of a log whose chain does not stand from entry `broken` on."""
    return CustodyBrokenError(
        f"The custody log of this space was changed at entry {broken}. What stands before it "
        "is whole; do not rely on what follows."
    )


def _recount(session: Session, space: SpaceId) -> None:
    """A crash may have come between the lines that were read and the number beside the space."""
    record = spaces.space(session.stores.device, space)
    unread = messages.unread(session.stores.space(space))
    if record is not None and record.unread != unread:
        with transaction(session.stores.device):
            spaces.update_space(session.stores.device, space, unread=unread)
        session.tell(SpacesChanged())


def _forget(session: Session, space: SpaceId) -> None:
    """What could still be replayed, or asked for again, is younger."""
    sp, now = session.stores.space(space), session.clock.now()
    with transaction(sp):
        sessions.forget_seen(sp, now - PREKEY_KEEP_SECONDS)
        again.forget(sp, sent_before=now - SENT_KEEP_SECONDS, notes_before=now - RESET_SECONDS)
        messages.forget_links(sp, now - LINK_KEEP_SECONDS)
