"""What this machine and the way to the store are like, in plain words: `jitclient doctor`.

Looks and tells; changes nothing, sends no secret, needs no passphrase. Each finding is good, worth
knowing, or in the way; what it says can be read out to an administrator.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

from jitclient.foundation import policy
from jitclient.viewing import viewer
from localstore import keychain
from protocol.errors import JitError
from protocol.limits import MIB
from protocol.records import VERSION
from sync import portal
from sync.probing import Probe

_LITTLE: Final = 1024 * MIB
_NOTHING: Final = 100 * MIB
_SKEW_NOTED: Final = 60
_SKEW_BAD: Final = 300


class State(Enum):
    """How good a finding is."""

    GOOD = "good"
    NOTED = "noted"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: a word that scripts know it by, how it is, and a sentence."""

    name: str
    state: State
    words: str


def machine(profile: Path, bus: Callable[[], bool | None]) -> Iterator[Finding]:
    """Everything but the network.

    Args:
        profile: the profile folder; it need not exist.
        bus: whether the desktop's accessibility bus is there; None where there is no such thing.
    """
    yield _program()
    yield from _settings(profile)
    yield _keyring()
    yield _space(profile)
    yield _rights(profile)
    yield _core_dumps()
    yield _display()
    yield _pictures()
    yield _accessibility(bus())
    yield _viewer()


def store(address: str, seen: Probe, now: float, pin: bytes | None = None) -> Iterator[Finding]:
    """What a look at the way to the store found.

    Args:
        address: `host:port`.
        seen: the look.
        now: seconds since 1970 UTC, of this computer.
        pin: SHA-256 of the certificate that the person expects; None: nothing to compare with.
    """
    if seen.stopped == "name":
        words = f"The name {address.rpartition(':')[0]} leads nowhere: {seen.problem}. "
        yield Finding("name", State.BAD, words + "Is this computer online, and the name right?")
        return
    if seen.addresses:
        listed = ", ".join(seen.addresses[:4])
        yield Finding("name", State.GOOD, f"The store's name leads to {listed}.")
    way = f"through the proxy {seen.proxy}" if seen.proxy else "directly, without a proxy"
    if seen.page is not None:
        leads = f" It leads to {seen.page}." if seen.page else ""
        yield Finding("portal", State.BAD, f"{portal.SENTENCE}{leads}")
    if seen.stopped in ("line", "tls"):
        yield Finding("line", State.BAD, f"{address} was tried {way}: {seen.problem}")
        return
    yield Finding("line", State.GOOD, f"{address} answers; it was reached {way}.")
    yield from _certificate(seen, pin)
    if seen.stopped:
        yield Finding("answer", State.BAD, seen.problem)
        return
    yield _protocol(seen)
    yield _clock(seen.time, now)


def _certificate(seen: Probe, pin: bytes | None) -> Iterator[Finding]:
    digits = seen.certificate.hex()
    by = f", issued by “{seen.issuer}”" if seen.issuer else ""
    about = f"{seen.tls}, certificate {digits[:16]}…{digits[-8:]}{by}"
    if pin is None:
        words = f"{about}. Whether it is your store's is shown by --fingerprint."
        yield Finding("certificate", State.NOTED, words)
    elif pin == seen.certificate:
        yield Finding("certificate", State.GOOD, f"{about}: the one you expect.")
    else:
        words = (
            f"{about}: not the one you expect. A proxy that looks into TLS, a new "
            "certificate of the store, or another server. Nothing of yours is sent to it."
        )
        yield Finding("certificate", State.BAD, words)


def _protocol(seen: Probe) -> Finding:
    if VERSION in seen.versions:
        return Finding("protocol", State.GOOD, f"Store and program both speak version {VERSION}.")
    spoken = ", ".join(map(str, seen.versions)) or "none"
    words = f"The store speaks version {spoken}, this program {VERSION}. One of them is too old."
    return Finding("protocol", State.BAD, words)


def _clock(time: int | None, now: float) -> Finding:
    if time is None:
        return Finding("clock", State.NOTED, "The store did not say what time it has.")
    ahead = round(now - time)
    way = "ahead of" if ahead > 0 else "behind"
    if abs(ahead) <= _SKEW_NOTED:
        return Finding("clock", State.GOOD, f"The clocks agree within {max(1, abs(ahead))} s.")
    state = State.BAD if abs(ahead) > _SKEW_BAD else State.NOTED
    words = f"This computer's clock is {abs(ahead)} s {way} the store's. One of them is wrong."
    return Finding("clock", state, words)


def _program() -> Finding:
    def version(name: str) -> str:
        return importlib.metadata.version(name)

    words = f"jitclient {version('jitclient')}, Python {platform.python_version()}"
    try:
        from PySide6.QtCore import qVersion  # noqa: PLC0415 - a machine for commands may lack it

        words += f", Qt {qVersion()}"
    except ImportError as error:
        return Finding("program", State.BAD, f"{words}. The window cannot open: {error}.")
    return Finding("program", State.GOOD, f"{words}, {platform.system()} {platform.release()}.")


def _settings(profile: Path) -> Iterator[Finding]:
    try:
        found = policy.settings(profile)
    except JitError as error:
        yield Finding("settings", State.BAD, error.sentence)
        return
    told = {"default": "by itself", "policy": "by this machine", "profile": "by the profile"}
    for key in policy.KEYS:
        one = found[key]
        value = "an address with a password" if "@" in one.value else one.value or "none"
        where = told.get(one.source, "by the environment")
        fixed = ", and locked" if one.locked else ""
        yield Finding(key, State.GOOD, f"Setting “{key}” is {value}, set {where}{fixed}.")


def _keyring() -> Finding:
    if keychain.available():
        words = "The system keeps a keyring; half of the key of a profile lies in it."
        return Finding("keyring", State.GOOD, words)
    words = "There is no keyring here that is trusted; the passphrase alone protects the profile."
    return Finding("keyring", State.NOTED, words)


def _space(profile: Path) -> Finding:
    place = profile
    while not place.exists() and place != place.parent:
        place = place.parent
    free = shutil.disk_usage(place).free
    words = f"{free // MIB} MiB are free where the profile lies."
    if free < _NOTHING:
        return Finding("space", State.BAD, f"{words} Nothing more can be kept.")
    return Finding("space", State.GOOD if free >= _LITTLE else State.NOTED, words)


def _rights(profile: Path) -> Finding:
    if not profile.exists():
        return Finding("profile", State.NOTED, "There is no profile here yet.")
    if os.name == "posix":
        found = profile.lstat()
        if found.st_uid != os.getuid():
            return Finding("profile", State.BAD, "The profile folder belongs to somebody else.")
        if stat.S_IMODE(found.st_mode) & 0o077:
            words = "Others on this machine may look into the profile folder (chmod 700 mends it)."
            return Finding("profile", State.BAD, words)
    return Finding("profile", State.GOOD, "The profile folder is this account's alone.")


def _core_dumps() -> Finding:
    if os.name != "posix":
        words = "This system may write crash reports; the program does not ask for any."
        return Finding("core-dumps", State.NOTED, words)
    import resource  # noqa: PLC0415 - POSIX only

    if resource.getrlimit(resource.RLIMIT_CORE)[0] == 0:
        return Finding("core-dumps", State.GOOD, "No memory is written to disk after a crash.")
    words = "The system would write memory after a crash; the program switches that off for itself."
    return Finding("core-dumps", State.GOOD, words)


def _display() -> Finding:
    if sys.platform in ("win32", "darwin"):
        return Finding("display", State.GOOD, "The system draws windows.")
    for name, kind in (("WAYLAND_DISPLAY", "Wayland"), ("DISPLAY", "X11")):
        if os.environ.get(name):
            return Finding("display", State.GOOD, f"A {kind} display is there.")
    return Finding("display", State.NOTED, "There is no display; commands work, the window not.")


def _pictures() -> Finding:
    if sys.platform in ("win32", "darwin"):
        words = "The system can keep the window out of pictures of the screen, if it is set so."
        return Finding("screenshots", State.GOOD, words)
    words = "This system cannot keep other programs from taking pictures of the window."
    return Finding("screenshots", State.NOTED, words)


def _accessibility(there: bool | None) -> Finding:
    if there is None:
        return Finding("accessibility", State.GOOD, "Screen readers are served by the system.")
    if there:
        return Finding("accessibility", State.GOOD, "The bus that screen readers use is there.")
    words = (
        "There is no bus for screen readers in this session. Where one is wanted: start the "
        "desktop's, or set QT_LINUX_ACCESSIBILITY_ALWAYS_ON=1."
    )
    return Finding("accessibility", State.NOTED, words)


def _viewer() -> Finding:
    if viewer.possible():
        return Finding("viewer", State.GOOD, "Exhibits can be looked at in a confined process.")
    words = "This system has nothing that confines the viewer; exhibits can be exported only."
    return Finding("viewer", State.NOTED, words)
