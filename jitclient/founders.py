"""What a genesis says of its agreement and of its founder, held against what this device knows.

The rules of the log (`protocol.founding`) judge a genesis by its own words; here it is compared
with the clock of this device and with other verified logs, whatever the store let in (R13, R14).
Spec: docs/protocol/41-membership.md §1.
"""

from __future__ import annotations

import datetime

from jitclient.session import WIPED_STATES, Session
from localstore import spaces
from protocol.errors import JitError, RefusedError
from protocol.ids import SpaceId, UserId
from protocol.membership import Genesis
from protocol.roles import Party


class FoundingError(RefusedError):
    """A space was opened on an agreement, or by somebody, that it cannot have been."""

    code = "agreement-reference"


def check(session: Session, space: SpaceId, genesis: Genesis) -> None:
    """Refuse a genesis that states what cannot be. Database thread.

    Raises:
        FoundingError: `agreement-date`, dated after today; `party-differs`, another log, which an
            administrator signed, has the founder as a representative of somebody else.
    """
    who = session.name_of(UserId(genesis.actor_user))
    today = datetime.datetime.fromtimestamp(session.clock.now(), datetime.UTC).date()
    if datetime.date.fromisoformat(genesis.signed_on) > today + datetime.timedelta(days=1):
        raise FoundingError(
            f"{who} opened a space for an agreement signed on {genesis.signed_on}, and today is "
            f"{today.isoformat()}. If the clock of this computer is wrong, set it.",
            code="agreement-date",
        )
    known = _parties(session, space, genesis)
    if known - {genesis.party}:
        other = min(party.value for party in known - {genesis.party})
        raise FoundingError(
            f"{who} opened a space as a representative of {genesis.party.value}, and is one of "
            f"{other} in another space.",
            code="party-differs",
        )


def names_something(reference: str) -> bool:
    """Whether the reference of an agreement names anything that can be read."""
    return any(char.isalnum() for char in reference)


def _parties(session: Session, space: SpaceId, genesis: Genesis) -> set[Party]:
    """Whom the founder represents in the other logs of this device, under the same key."""
    found = set()
    for record in spaces.spaces(session.stores.device):
        other = SpaceId(record.space)
        if other == space or record.log_seq < 0 or record.state in WIPED_STATES:
            continue
        try:
            member = session.log(other).member_or_former(UserId(genesis.actor_user))
        except JitError:
            continue  # what is wrong with another space is told where it is used
        if member is not None and member.user_key == genesis.user_key:
            found.add(member.party)
    return found
