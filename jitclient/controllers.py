"""Controllers of what members from outside upload (R23.2), checked here whatever the store lets in.

Before an administrator is designated, by a signed entry, nothing that a third-country or
international authority hands over is taken. Spec: docs/protocol/41-membership.md §8.
"""

from __future__ import annotations

import hmac

from jitclient.place import Place
from protocol.errors import NotPermittedError, RefusedError
from protocol.ids import UserId
from protocol.manifest import Manifest
from protocol.membership import Roster
from protocol.roles import NEEDS_CONTROLLER, Right


class NoControllerError(RefusedError):
    """An exhibit of somebody for whose data no controller was designated at that time."""

    code = "no-controller"


def check_manifest(at: Place, author: UserId, manifest: Manifest) -> None:
    """Whether what `author` signed was handed over under a designated controller, if he needs one.

    Raises:
        NoControllerError: none was designated after the log entry that the manifest states.
    """
    member = at.log.member_or_former(author)
    if member is None or member.role not in NEEDS_CONTROLLER:
        return
    seq, heads = manifest.log_seq, at.log.heads
    stated = seq < len(heads) and hmac.compare_digest(heads[seq], manifest.log_head)
    if stated and at.log.roster.controller(author, seq) is not None:
        return
    raise NoControllerError(
        f"{at.name(author)} handed over an exhibit before an administrator was designated "
        "controller of such data. It was refused and nothing of it was fetched."
    )


def check_upload(roster: Roster, user: UserId) -> None:
    """Whether a member may hand over evidence now.

    Raises:
        NotPermittedError: the role does not allow it, or no controller is designated (`waits`).
    """
    if roster.allows(user, Right.UPLOAD):
        return
    if waits(roster, user):
        raise NotPermittedError(
            "Nothing can be handed over yet: an administrator of the space has to be designated "
            "controller of your data first. Ask an administrator.",
            code=NoControllerError.code,
        )
    role = roster.members[user].role.value if user in roster.members else "none"
    raise NotPermittedError(f"The role “{role}” may not hand over evidence here.")


def waits(roster: Roster, user: UserId) -> bool:
    """Whether a member uploads nothing because no controller is designated yet."""
    member = roster.members.get(user)
    needs = member is not None and member.role in NEEDS_CONTROLLER
    return needs and roster.controller(user) is None
