"""The operator's log: one JSON line per event on stderr, from an allow-list of names and fields.

Free text is impossible here by construction: an event is a member of `Event`, a field a number or
a code. Ids, addresses, names and content have no way in. Spec: docs/protocol/70-store.md §10.
"""

from __future__ import annotations

import sys
from enum import Enum
from typing import Final

import msgspec

from centralstore.accesslog import stamp


class Event(Enum):
    """Everything the operator can be told."""

    STARTED = "store-started"
    STOPPING = "store-stopping"
    STOPPED = "store-stopped"
    SWEPT = "sweep-done"
    SWEEP_FAILED = "sweep-failed"
    FAILED = "request-failed"
    DISK = "disk-trouble"
    LIMITED = "requests-limited"
    SEQUENCE_FAILED = "log-sequencing-failed"
    LOG_FORGED = "log-rows-refused"
    CERTIFICATE = "certificate-taken-up"


_FIELDS: Final = frozenset({"erased", "expired", "objects", "status", "pid", "count", "rows"})


def write(event: Event, now: float, *, kind: type | None = None, **fields: int) -> None:
    """Write one line; `kind` is the class of an exception (its text is never written).

    Raises:
        ValueError: a field that is not on the list.
    """
    if not fields.keys() <= _FIELDS:
        raise ValueError("a field that is not on the allow-list")
    line: dict[str, str | int] = {"at": stamp(now), "event": event.value, **fields}
    if kind is not None:
        line["kind"] = kind.__name__
    sys.stderr.write(msgspec.json.encode(line).decode() + "\n")
    sys.stderr.flush()
