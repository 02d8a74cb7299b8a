"""One post: what the store's answer means to the outbox machine, and to the port what is kept."""

from __future__ import annotations

import math
from collections.abc import Sequence

from protocol.errors import (
    BugError,
    JitError,
    RefusedError,
    StoreIdentityError,
    StoreUnreachableError,
    TryAgainError,
)
from protocol.ids import MailboxId
from sync.api import StoreApi
from sync.errors import BusyError, NotSignedInError, RecipientsChangedError
from sync.machines import outbox
from sync.ports import NoRoom, Outgoing


async def post(
    api: StoreApi, item: Outgoing, jitter: float
) -> tuple[outbox.Event, JitError | None]:
    """Post one row: what became of it, and what ends the round if it does.

    Raises:
        BugError, StoreIdentityError: ours; somebody else answers at the store's address.
    """
    try:
        reply = await api.post_message(item.space, item.request)
    except (BugError, StoreIdentityError):
        raise
    except RecipientsChangedError:
        return outbox.RecipientsChanged(), None
    except StoreUnreachableError as error:
        return outbox.LinkLost(), error
    except (TryAgainError, NotSignedInError, RefusedError) as error:
        # An unreadable answer is the store's fault, not the message's: keep it.
        wanted = error.retry_after if isinstance(error, BusyError) else None
        return outbox.Busy(jitter, wanted), error
    except JitError as error:
        return outbox.TurnedDown(error.reason, error.sentence), None
    full = {MailboxId(one): item.full.get(MailboxId(one), 0) for one in reply.full}
    return outbox.Stored(reply.receipt, full, bool(item.full), jitter), None


def no_room(found: Sequence[outbox.Kept], now: float) -> list[NoRoom]:
    """When each of these is offered again, in unix seconds."""
    return [NoRoom(k.mailbox, until=math.ceil(now + k.seconds), tries=k.tries) for k in found]
