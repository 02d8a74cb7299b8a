"""Asking what a space is, at a device that was never told: its welcome died with who owed it.

Whoever wrote the entry that brings a device welcomes it. Was that device revoked, or its person
removed, before the welcome had left, then nobody else owes one. So the device that still waits asks
by a notice that names no message (`CannotOpen`); whoever knows the card answers with a welcome.
First administrators and one's own other devices are asked, later all; from then on once a day.
Spec: docs/protocol/41-membership.md §4.
"""

from __future__ import annotations

from typing import Final

from jitclient import healing
from jitclient.place import Place, place
from jitclient.session import Session
from localstore import again, outbox, spacelog
from localstore.connection import transaction
from protocol.devicelist import DeviceEntry
from protocol.ids import DeviceId, SpaceId, UserId
from protocol.roles import Right, allows

WAITS: Final = (3_600, 3_600, 86_400)
"""Seconds from the first round without a welcome to the first asking, the second, the next."""
_KIND: Final = "asked"
"""Noted with the device itself, of which it asks nothing else."""
_EVER: Final = -1


def ask(session: Session, space: SpaceId) -> int:
    """Ask for the card of a space when it should long have come; how many notices were written.

    To be called when the queue is empty: the welcome may lie in it.
    """
    at = place(session, space)
    if spacelog.card(at.sp) is not None or not healing.may_ask(at):
        return 0
    asked = again.notes(at.sp, session.device, _KIND, _EVER)  # the first: when it began to wait
    if asked and again.notes(at.sp, session.device, _KIND, at.now - _wait(asked)):
        return 0
    with transaction(at.sp):
        again.note(at.sp, session.device, _KIND, at.now)
        if not asked:
            return 0
        able = [one for one in at.log.peers(session.device) if _reached(at, one)]
        owing = [one for one in able if asked == 1 and _owes(at, one)]
        whom = owing or able  # where nobody is left who owes one there is nothing to wait for
        for user, entry in whom:
            healing.write_notice(at, user, DeviceId(entry.device))
    return len(whom)


def _wait(asked: int) -> int:
    return WAITS[min(asked, len(WAITS)) - 1]


def _reached(at: Place, peer: tuple[UserId, DeviceEntry]) -> bool:
    """Whether nothing waits for a device already: then the last asking does too."""
    return not outbox.awaits(at.sp, peer[1].device)


def _owes(at: Place, peer: tuple[UserId, DeviceEntry]) -> bool:
    user, _ = peer
    return user == at.session.user or allows(at.log.roster.members[user].role, Right.ADMINISTER)
