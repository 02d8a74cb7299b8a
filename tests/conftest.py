"""What every test gets: Qt without a display, one hypothesis profile, a quiet environment."""

from __future__ import annotations

import os
import sys

from hypothesis import HealthCheck, settings

# Before anything imports Qt; a person's own desktop is never touched by the tests.
os.environ["QT_QPA_PLATFORM"] = os.environ.get("JIT_TEST_PLATFORM", "offscreen")
os.environ["QT_API"] = "pyside6"
os.environ.pop("QT_STYLE_OVERRIDE", None)
os.environ["LC_ALL"] = "C.UTF-8"  # the window follows the language of the desktop
# Programs that tests start never find the keyring or the profile of whoever runs the tests.
os.environ.pop("DBUS_SESSION_BUS_ADDRESS", None)
sys.dont_write_bytecode = True

settings.register_profile(
    "jit", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("thorough", parent=settings.get_profile("jit"), max_examples=2000)
settings.load_profile(os.environ.get("JIT_HYPOTHESIS", "jit"))
