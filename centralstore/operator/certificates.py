"""`jitstore certificate show | check | make | switch`: one certificate after another.

Clients follow, because the store's long-term key states each of them.
Spec: docs/protocol/74-certificate.md; guide: docs/OPERATOR_GUIDE.md §3.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any, Final

from centralstore import settings, succession
from centralstore.accesslog import stamp
from centralstore.operator import acts
from protocol.certificates import StoreCertificate
from protocol.errors import BadInputError, ConfigurationError
from protocol.limits import KIB

Printed = dict[str, Any]
_DAY: Final = 86_400
_WARN_DAYS: Final = 30
_MAX_PEM_BYTES: Final = 64 * KIB


def add(commands: Any) -> list[argparse.ArgumentParser]:
    """Put the commands of this module among the others; those that take --data."""
    room = commands.add_parser("certificate", help="the TLS certificate, and the one after it")
    verbs = room.add_subparsers(required=True, metavar="VERB")
    show = verbs.add_parser("show", help="the present one and the next: fingerprint, dates, number")
    show.set_defaults(run=_show)
    check = verbs.add_parser("check", help="fail when something is to be done")
    check.add_argument("--days", type=int, default=_WARN_DAYS, metavar="N", help="left at least")
    check.set_defaults(run=_check)
    make = verbs.add_parser("make", help="make the next one and announce it")
    make.add_argument("--certificate", type=Path, metavar="FILE", help="one of your own, PEM")
    make.add_argument("--key", type=Path, metavar="FILE", help="its key, PEM")
    make.set_defaults(run=_make)
    switch = verbs.add_parser("switch", help="put the next one in the place of the present one")
    switch.set_defaults(run=_switch)
    return [show, check, make, switch]


def _show(given: argparse.Namespace, _as_json: bool) -> Printed:
    present, following = _both(given.data)
    printed = _described("", present)
    return printed if following is None else {**printed, **_described("next_", following)}


def _check(given: argparse.Namespace, _as_json: bool) -> Printed:
    present, following = _both(given.data)
    now = time.time()
    left = int((present.not_after - now) // _DAY)
    if not present.not_before <= now:
        raise ConfigurationError(
            f"The certificate is not valid before {stamp(present.not_before)}."
        )
    if left < given.days:
        todo = "certificate make" if following is None else "certificate switch"
        raise ConfigurationError(f"The certificate has {left} days left. Next: jitstore {todo}")
    return {"certificate": "sound", "days": left, "next": following is not None}


def _make(given: argparse.Namespace, _as_json: bool) -> Printed:
    store = settings.load(given.data)
    pair = _given(given.certificate, given.key)
    made = acts.once(given, "certificate.make", lambda tx: succession.make(store, tx.now, pair))
    return _described("next_", made.record)


def _switch(given: argparse.Namespace, _as_json: bool) -> Printed:
    store = settings.load(given.data)
    now = acts.once(given, "certificate.switch", lambda tx: succession.switch(store, tx.now))
    return _described("", now)


def _given(pem: Path | None, key: Path | None) -> tuple[bytes, bytes] | None:
    if pem is None and key is None:
        return None
    if pem is None or key is None:
        raise BadInputError("A certificate of your own comes with its key: --certificate and --key")
    return _read(key), _read(pem)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_PEM_BYTES + 1)
    except OSError as error:
        raise BadInputError(f"{path.name} cannot be read.") from error
    if len(data) > _MAX_PEM_BYTES:
        raise BadInputError(f"{path.name} is longer than {_MAX_PEM_BYTES} bytes.")
    return data


def _both(data: Path) -> tuple[StoreCertificate, StoreCertificate | None]:
    store, now = settings.load(data), time.time()
    try:
        pem = succession.load_pair(store.tls_certificate, store.tls_key)
        present = succession.stated(store, pem, now).record
        following = succession.upcoming(store, now)
    except (OSError, ValueError) as error:
        raise ConfigurationError("A certificate in keys/ does not fit its key.") from error
    return present, None if following is None else following.record


def _described(prefix: str, record: StoreCertificate) -> Printed:
    return {
        f"{prefix}fingerprint": record.certificate.hex(),
        f"{prefix}number": record.number,
        f"{prefix}not_before": stamp(record.not_before),
        f"{prefix}not_after": stamp(record.not_after),
    }
