"""How much one account, one space and one mailbox may have here at a time.

Of files, sealed bytes, reserved at announcing; an erased file counts no more. Of a device's queue,
deliveries and their bytes (positions.py). Spec: docs/protocol/70-store.md §8.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select

from centralstore.configuration import Configuration
from centralstore.database import Transaction
from centralstore.errors import quota_exceeded
from centralstore.tables import FILE
from protocol.api.files import FileState

_ALIVE = FILE.c.state.in_((FileState.RECEIVING.value, FileState.COMPLETE.value))


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotas:
    """Bytes an account and a space may hold; 0 for any number."""

    account: int = 0
    space: int = 0

    def check(self, tx: Transaction, space: bytes, size: int) -> None:
        """May the caller announce `size` further bytes in this space?

        Raises:
            ActionNeededError: `quota-exceeded`; the sentence says whose and how much.
        """
        # Two that announce at once are counted one after the other.
        names = ((self.account, b"account" + tx.user), (self.space, b"space" + space))
        tx.hold(*(name for limit, name in names if limit))
        for limit, mine, whose in (
            (self.account, FILE.c.user_id == tx.user, "You have"),
            (self.space, FILE.c.space_id == space, "This space has"),
        ):
            if limit and _held(tx, mine) + size > limit:
                raise quota_exceeded(whose, limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxQuota:
    """Deliveries that may wait for one device, and their bytes with bodies; 0 for any number."""

    messages: int = 0
    bytes: int = 0


def mailbox_quota_of(config: Configuration) -> MailboxQuota:
    """The quota of a mailbox that is configured."""
    return MailboxQuota(messages=config.mailbox_quota_messages, bytes=config.mailbox_quota_bytes)


def quotas_of(config: Configuration) -> Quotas:
    """The quotas that are configured."""
    return Quotas(account=config.account_quota_bytes, space=config.space_quota_bytes)


def _held(tx: Transaction, mine: ColumnElement[bool]) -> int:
    held = tx.conn.execute(select(func.sum(FILE.c.sealed_bytes)).where(mine, _ALIVE))
    return int(held.scalar() or 0)
