"""`jitstore stats` and `jitstore support`: figures for reports, and a bundle for who helps.

Guide: docs/OPERATOR_GUIDE.md §12.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import shutil
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import msgspec
import sqlcipher3

from centralstore import accesslog, configuration, figures, schema, settings, statistics
from centralstore.database import Transaction
from centralstore.metrics import Figures
from centralstore.operator import acts
from centralstore.statistics import Period
from protocol.errors import BadInputError, CannotCreateError

Printed = dict[str, Any]
_LIBRARIES: Final = ("granian", "obstore", "sqlalchemy", "starlette", "uvloop", "cryptography")


def add(commands: Any) -> list[argparse.ArgumentParser]:
    """Put the commands of this module among the others; those that take --data."""
    stats = commands.add_parser("stats", help="statistics; cells below five are not told")
    stats.add_argument("--from", dest="start", default="1970-01-01", metavar="YYYY-MM-DD")
    stats.add_argument("--to", dest="end", default="9999-12-31", metavar="YYYY-MM-DD")
    stats.set_defaults(run=_stats)
    support = commands.add_parser("support", help="write a bundle without secrets for who helps")
    support.add_argument("--out", required=True, type=Path, metavar="FILE")
    support.set_defaults(run=_support)
    return [stats, support]


def _stats(given: argparse.Namespace, as_json: bool) -> Printed:
    period = Period(start=_day(given.start), end=_day(given.end))
    if period.start >= period.end:
        raise BadInputError("The period ends before it begins; --to is the first day after it.")
    found = acts.once(given, "statistics.read", lambda tx: statistics.gather(tx, period))
    if as_json:
        return {"from": given.start, "to": given.end, "statistics": found}
    lines = []
    for name, value in found.items():
        cells = value.items() if isinstance(value, dict) else [("", value)]
        for cell, count in cells:
            told = "fewer than 5" if count is None else count
            lines.append(f"{f'{name} {cell}'.strip()}: {told}")
    return {"lines": lines}


def _day(text: str) -> int:
    try:
        day = datetime.datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=datetime.UTC)
    except ValueError as error:
        raise BadInputError("A day has the form YYYY-MM-DD.") from error
    return int(day.timestamp())


def _support(given: argparse.Namespace, _as_json: bool) -> Printed:
    store = settings.load(given.data)
    read = configuration.read(given.data, os.environ)

    def work(tx: Transaction) -> dict[str, Any]:
        return {
            "at": accesslog.stamp(tx.now),
            "schema": schema.current(tx.conn),
            "newest_schema": schema.newest(),
            "figures": _plain(figures.look(tx)),
        }

    disk = shutil.disk_usage(store.data)
    bundle = {
        **acts.once(given, "support.bundle", work),
        "version": version("jitclient"),
        "python": platform.python_version(),
        "system": platform.platform(),
        "sqlite": sqlcipher3.sqlite_version,
        "libraries": {name: version(name) for name in _LIBRARIES},
        "configuration": {key: _told(value) for key, value in read.shown(redacted=True).items()},
        "set": sorted(read.sources),
        "disk": {"free": disk.free, "size": disk.total},
        "files": {path.name: path.stat().st_size for path in sorted(store.data.glob("store.db*"))},
    }
    _write(given.out, msgspec.json.format(msgspec.json.encode(bundle)) + b"\n")
    return {"bundle": str(given.out), "read_it_before_you_send_it": True}


def _told(value: object) -> object:
    """Numbers as they are; of a text only whether there is one: it may be a name or an address."""
    return value if isinstance(value, int) else bool(value)


def _plain(found: Figures) -> dict[str, int]:
    return {name: getattr(found, name) for name in found.__dataclass_fields__}


def _write(path: Path, data: bytes) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
    except OSError as error:
        raise CannotCreateError(f"{path} cannot be written: {error.strerror}.") from error
