"""Every screen of devices, keys and trust, by name, with the content of a real case.

`python -m tests.ui.screens` paints them; tests/ui/test_fit.py holds what is true of all of them.
"""

from tests.ui.screens import (
    conversation,
    devices,
    endings,
    everyday,
    evidence,
    first,
    home,
    moving,
    people,
    settings,
    training,
    vault,
    viewing,
)
from tests.ui.screens.stagecraft import SCREENS, Play, Screen, case

__all__ = [
    "SCREENS",
    "Play",
    "Screen",
    "case",
    "conversation",
    "devices",
    "endings",
    "everyday",
    "evidence",
    "first",
    "home",
    "moving",
    "people",
    "settings",
    "training",
    "vault",
    "viewing",
]
