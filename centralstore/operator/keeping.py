"""`jitstore retention due | run [--dry-run]` and `jitstore log hold`: what is erased, and when.

Spec: docs/protocol/70-store.md §6, §11; guide: docs/OPERATOR_GUIDE.md §5.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from typing import Any

from centralstore import accesslog, duties, forgetting, inside, settings
from centralstore.duties import Duty
from centralstore.operator import acts
from centralstore.operator.logs import moment_of
from centralstore.sweeper import Swept
from protocol.errors import BadInputError

Printed = dict[str, Any]


def add(commands: Any) -> list[argparse.ArgumentParser]:
    """Put the commands of this module among the others; those that take --data."""
    keep = commands.add_parser("retention", help="what is to be erased; erase it now")
    verbs = keep.add_subparsers(required=True, metavar="VERB")
    due = verbs.add_parser("due", help="say what is due, and what is next")
    due.set_defaults(run=_due)
    run = verbs.add_parser("run", help="erase what is due; a serving store does so every minute")
    run.add_argument("--dry-run", action="store_true", help="only say what would be erased")
    run.set_defaults(run=_run)
    hold = commands.add_parser("log-hold", help="keep the access log for a procedure (R25.4)")
    until = hold.add_mutually_exclusive_group(required=True)
    until.add_argument("--until", metavar="TIME", help="RFC 3339, or a day (UTC)")
    until.add_argument("--end", action="store_true", help="three years count again")
    hold.set_defaults(run=_hold)
    return [due, run, hold]


def _due(given: argparse.Namespace, as_json: bool) -> Printed:
    return _told(acts.once(given, "retention.due", duties.duties), as_json)


def _run(given: argparse.Namespace, as_json: bool) -> Printed:
    if given.dry_run:
        return {**_due(given, as_json), **({"ran": False} if as_json else {})}
    acts.once(given, "retention.run", lambda _tx: None)
    done = asyncio.run(_sweep(settings.load(given.data)))
    return {
        "ran": True,
        "erased": done.erased,
        "expired": done.expired,
        "objects": done.objects,
        "forgotten_rows": done.forgotten,
        "forgotten_spaces": done.spaces,
    }


async def _sweep(store: settings.Store) -> Swept:
    async with inside.opened(store, time.time) as service:
        await service.sequencer.drain()
        return await service.sweeper.sweep()


def _hold(given: argparse.Namespace, _as_json: bool) -> Printed:
    until = 0 if given.end else int(moment_of(given.until))
    if until and until <= time.time():
        raise BadInputError("A log is held until a time to come.")
    acts.once(given, "log.hold", lambda tx: forgetting.hold_log(tx, until))
    return {"held_until": accesslog.stamp(until) if until else "not held"}


def _told(found: list[Duty], as_json: bool) -> Printed:
    if as_json:
        rows = [
            {
                "what": one.what,
                "law": one.law,
                "due": one.due,
                "next": None if one.next_at is None else accesslog.stamp(one.next_at),
                "note": one.note,
            }
            for one in found
        ]
        return {"duties": rows}
    lines = []
    for one in found:
        after = "" if one.next_at is None else f", next {accesslog.stamp(one.next_at)}"
        note = f" ({one.note})" if one.note else ""
        lines.append(f"{one.due}\t{one.what} [{one.law}]{after}{note}")
    return {"lines": lines}
