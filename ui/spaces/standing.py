"""How a space stands, in a word: until when copies are here, how sure its keys are. Pure."""

from __future__ import annotations

from jitclient.views import SpaceDetail, SpaceState, Trust
from ui import words
from ui.language import tr, trn
from ui.theme.tokens import Tone
from ui.words import Badge


def retention(detail: SpaceDetail | None, now: int) -> Badge:
    """Until when copies are here at the latest; empty without a limit, and once they are gone."""
    if detail is None or detail.row.deadline is None:
        return Badge("", "")
    if detail.row.state is SpaceState.WIPED:
        return Badge("", "")
    days = max(0, detail.row.deadline - now) // words.DAY
    tone = Tone.DANGER if days <= 1 else Tone.WARN if days <= 14 else Tone.NEUTRAL
    day = words.date(detail.row.deadline)
    left = trn("{count} day", "{count} days", days) if days else tr("less than a day")
    return Badge(tr("Copies here until {day} ({left})", day=day, left=left), "clock", tone)


def security(detail: SpaceDetail | None) -> Badge:
    """How many of the others were verified; a key that changed comes first."""
    if detail is None or detail.row.state is SpaceState.WIPED:
        return Badge("", "")
    others = [one for one in detail.members if not one.is_me]
    if not others:
        return Badge(tr("No other members"), "shield")
    if any(one.trust is Trust.CHANGED for one in others):
        return Badge(tr("A key changed"), "shield-alert", Tone.DANGER)
    sure = sum(1 for one in others if one.trust is Trust.VERIFIED)
    whole = sure == len(others)
    return Badge(
        tr("{sure} of {others} verified", sure=sure, others=len(others)),
        "shield-check" if whole else "shield",
        Tone.VERIFIED if whole else Tone.WARN,
    )
