"""Where a profile lives when nobody names one."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def default_profile() -> Path:
    """`$JIT_PROFILE`, or the user's local (never roaming) data folder."""
    named = os.environ.get("JIT_PROFILE")
    if named:
        return Path(named)
    return Path(platformdirs.user_data_dir("jitclient", appauthor=False, roaming=False))
