"""What a change of "evidence to verified members only" means, in plain words. Pure."""

from __future__ import annotations

from typing import Final

from ui.language import tr

_TOLD: Final = "Every member sees that you changed it. It does not reach back."


def rule_change(*, verified_only: bool) -> tuple[str, tuple[str, ...]]:
    """Title and effects of switching the policy on or off."""
    if verified_only:
        first = tr(
            "From now on everybody's program hands evidence only to members whose number that "
            "person has compared. Messages go to everybody as before."
        )
        second = tr("Whoever has compared nobody hands over nothing: compare first, in a meeting.")
        return tr("Hand evidence to verified members only?"), (first, second, tr(_TOLD))
    first = tr(
        "From now on a member may hand evidence to somebody whose number was never compared. "
        "Then the store's word is all there is about that key."
    )
    second = tr("A changed key still stops it until a person decides.")
    return tr("Hand evidence also to members who are not verified?"), (first, second, tr(_TOLD))
