"""What a genesis says of its agreement must be possible, by its own words alone (R2.1, R13.1).

Pure, the same for every client and for the store. Spec: docs/protocol/41-membership.md §1.
"""

from __future__ import annotations

import datetime

from protocol.membership import EntryRefusedError, Genesis, agreement_digest

_EAST = datetime.timedelta(days=1)
"""In the easternmost zone it is tomorrow already."""


def check(genesis: Genesis) -> None:
    """Judge the agreement that a genesis states.

    Raises:
        EntryRefusedError: it has no reference, or was signed on no day or after the opening.
    """
    if genesis.agreement == agreement_digest(""):
        raise EntryRefusedError("The agreement has no reference.", code="agreement-reference")
    try:
        signed = datetime.date.fromisoformat(genesis.signed_on)
    except ValueError as error:
        raise EntryRefusedError(
            "The agreement was signed on a day that does not exist.", code="agreement-date"
        ) from error
    opened = datetime.datetime.fromtimestamp(genesis.claimed_at, datetime.UTC).date()
    if signed > opened + _EAST:
        raise EntryRefusedError(
            "The agreement was signed after the space was opened.", code="agreement-date"
        )
