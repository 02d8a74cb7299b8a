"""`doctor`: why the store cannot be reached, and what this machine lacks, in plain words."""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
import time
from pathlib import Path
from typing import Any

from jitclient import doctor, networking
from jitclient.cli.output import Output
from jitclient.doctor import Finding, State
from protocol.errors import EXIT_FAILURE, BadInputError, JitError, UsageError
from protocol.ids import from_hex
from sync.probing import probe
from sync.tls import PIN_BYTES

_MARKS = {State.GOOD: "ok  ", State.NOTED: "note", State.BAD: "BAD "}
_ADDRESS = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s/:@]+):([0-9]{1,5})")


async def examine(args: argparse.Namespace, profile: Path, out: Output) -> int:
    """`doctor [--store HOST:PORT [--fingerprint HEX]]`: 0, or 1 where something is in the way."""
    findings = list(doctor.machine(profile, _bus))
    if args.store is None and args.fingerprint is not None:
        raise UsageError("A fingerprint is compared with that of --store.")
    if args.store is not None:
        findings += await _network(args, profile, out)
    data: dict[str, Any] = {
        "findings": [
            {"id": one.name, "state": one.state.value, "sentence": one.words} for one in findings
        ]
    }
    out.result(data, [f"{_MARKS[one.state]}  {one.words}" for one in findings])
    if args.store is None:
        out.talk("The network was not looked at. Name your store with --store HOST:PORT.")
    return EXIT_FAILURE if any(one.state is State.BAD for one in findings) else 0


async def _network(args: argparse.Namespace, profile: Path, out: Output) -> list[Finding]:
    found = _ADDRESS.fullmatch(args.store)
    if found is None or not 0 < int(found[2]) < 65536:
        raise BadInputError("The store's address is not of the form host:port.")
    try:
        networking.apply(profile)
    except JitError:
        return []  # told already, with the settings
    out.progress("Looking for the store…")
    seen = await asyncio.to_thread(probe, found[1].strip("[]"), int(found[2]))
    out.end_progress()
    now = time.time()  # noqa: TID251 - the clock is what is looked at
    pin = None if args.fingerprint is None else _pin(args.fingerprint)
    return list(doctor.store(args.store, seen, now, pin))


def _pin(text: str) -> bytes:
    raw = from_hex(text.replace(" ", "").replace(":", ""), PIN_BYTES)
    if raw is None:
        raise BadInputError("A fingerprint is 64 hexadecimal digits.")
    return raw


def _bus() -> bool | None:
    """Whether the session has the accessibility bus; None where the system needs none."""
    if sys.platform in ("win32", "darwin"):
        return None
    try:
        from PySide6.QtCore import QCoreApplication  # noqa: PLC0415 - this command only
        from PySide6.QtDBus import QDBusConnection  # noqa: PLC0415
    except ImportError:
        return False
    own = None if QCoreApplication.instance() is not None else QCoreApplication([])
    try:
        interface = QDBusConnection.sessionBus().interface()
        return interface is not None and bool(
            interface.isServiceRegistered("org.a11y.Bus").value()
            or "org.a11y.Bus" in (interface.activatableServiceNames().value() or ())
        )
    finally:
        if own is not None:
            own.shutdown()  # what is left behind is taken for the window's by who comes next
