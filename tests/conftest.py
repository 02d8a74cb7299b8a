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

# The same examples at every run: how a busy machine refuses a change must not be a matter of luck.
# `JIT_HYPOTHESIS=thorough` looks elsewhere each time, and so does `make fuzz`.
settings.register_profile(
    "jit",
    deadline=None,
    max_examples=60,
    derandomize=True,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
    ],
)
settings.register_profile(
    "thorough", parent=settings.get_profile("jit"), max_examples=2000, derandomize=False
)
settings.load_profile(os.environ.get("JIT_HYPOTHESIS", "jit"))
