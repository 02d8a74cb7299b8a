"""One space for each JIT (R13.1): the store refuses a second one, and each member looks as well.

What is compared is the digest of the agreement's reference in the signed beginning of each log that
this device holds. Database thread. Spec: docs/protocol/41-membership.md §1.
"""

from __future__ import annotations

from jitclient.errors import SecondSpaceError
from jitclient.session import WIPED_STATES, Session
from localstore import spaces
from protocol.errors import JitError
from protocol.ids import SpaceId, UserId
from protocol.membership import Genesis


def check(session: Session, space: SpaceId, genesis: Genesis) -> None:
    """Tell when an open space of this person was opened for the same agreement."""
    for record in spaces.spaces(session.stores.device):
        other = SpaceId(record.space)
        if other == space or record.log_seq < 0 or record.state in WIPED_STATES:
            continue
        try:
            known = session.log(other).roster
        except JitError:
            continue  # what is wrong with another space is told where it is used
        if known.closed or known.genesis.agreement != genesis.agreement:
            continue
        who = session.name_of(UserId(genesis.actor_user))
        told = SecondSpaceError(
            f"{who} opened a second space for the agreement of "
            f"“{record.title or other.hex()[:8]}”, and the store let it happen. A JIT has one "
            "space. Ask the administrator which one counts before you write in either."
        )
        session.alarm(space, told, key="second")
