"""Which members may receive an exhibit, and which of them are chosen."""

from __future__ import annotations

from dataclasses import replace

from jitclient.views import SpaceDetail, Trust
from protocol.ids import UserId
from ui import words
from ui.evidence.state import Recipient
from ui.language import tr


def recipients(detail: SpaceDetail) -> tuple[Recipient, ...]:
    """Everybody else; chosen is who is verified."""
    return tuple(_recipient(detail, one.user) for one in detail.members if not one.is_me)


def chosen(people: tuple[Recipient, ...], user: UserId, *, yes: bool) -> tuple[Recipient, ...]:
    """The same with one chosen, or not."""
    return tuple(
        replace(one, chosen=yes and not one.blocked) if one.user == user else one for one in people
    )


def _recipient(detail: SpaceDetail, user: UserId) -> Recipient:
    one = next(member for member in detail.members if member.user == user)
    blocked = ""
    if one.trust is Trust.CHANGED:
        blocked = tr("The key changed: compare the number first.")
    elif detail.verified_only and one.trust is not Trust.VERIFIED:
        blocked = tr("This space hands evidence to verified members only.")
    sure = one.trust is Trust.VERIFIED
    place = f"{one.authority} · {one.country}"
    return Recipient(
        user, words.plain(one.name), words.plain(place), words.TRUST[one.trust], sure, blocked
    )
