"""Tells systemd that the store is ready, alive and stopping (sd_notify(3)); silent elsewhere.

With `WatchdogSec=` the event loop says at half that time that it turns.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Mapping


def notify(state: str, environment: Mapping[str, str] | None = None) -> bool:
    """Send one state, such as `READY=1`; whether anybody listens."""
    address = (os.environ if environment is None else environment).get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return False
    if address.startswith("@"):  # an abstract socket
        address = "\0" + address[1:]
    with contextlib.closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as line:
        try:
            line.sendto(state.encode(), address)
        except OSError:
            return False
    return True


async def watch(environment: Mapping[str, str] | None = None) -> None:
    """Say at half of WATCHDOG_USEC that the event loop turns, until cancelled."""
    text = (os.environ if environment is None else environment).get("WATCHDOG_USEC", "")
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        return
    while notify("WATCHDOG=1", environment):  # noqa: ASYNC110 - a beat, not a wait for something
        await asyncio.sleep(int(text) / 2_000_000)
