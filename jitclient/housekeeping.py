"""Once in every unlocked session: is the custody log whole, and what need not be remembered.

Runs with the first round, also when the store is out of reach.
"""

from __future__ import annotations

from jitclient import spacewise
from jitclient.session import WIPED_STATES, Session
from localstore import custody, sessions, spaces
from localstore.connection import transaction
from protocol.errors import RefusedError
from protocol.ids import SpaceId
from protocol.limits import PREKEY_KEEP_SECONDS


class CustodyBrokenError(RefusedError):
    """An entry of the local custody log was changed, removed or put in."""

    code = "custody-broken"


def tend(session: Session) -> None:
    """Check and tidy every space, once for this session."""
    if session.tended:
        return
    session.tended = True
    for record in spaces.spaces(session.stores.device):
        if record.state not in WIPED_STATES and record.log_seq >= 0:
            spacewise.attempt(session, SpaceId(record.space), _one)


def _one(session: Session, space: SpaceId) -> None:
    sp = session.stores.space(space)
    broken = custody.verify_chain(sp)
    if broken is not None:
        raise CustodyBrokenError(
            f"The custody log of this space was changed at entry {broken}. What stands before it "
            "is whole; do not rely on what follows."
        )
    with transaction(sp):
        # What could still be replayed is younger: its prekeys are gone by then.
        sessions.forget_seen(sp, session.clock.now() - PREKEY_KEEP_SECONDS)
