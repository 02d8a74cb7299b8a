"""Running one command: unlock, act, print, lock; every error becomes a sentence and a status."""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

from jitclient.cli import (
    accounts,
    adding,
    devices,
    doctoring,
    evidence,
    facts,
    getting,
    groups,
    intaking,
    keys,
    messages,
    reviewing,
    searching,
    spaces,
    transfers,
    verification,
)
from jitclient.cli.output import Output
from jitclient.cli.passphrase import existing
from jitclient.desk import Desk
from jitclient.door import DoorKeeper
from protocol.errors import (
    EXIT_INTERNAL,
    EXIT_INTERRUPTED,
    EXIT_IO,
    JitError,
)

Command = Callable[[Desk, argparse.Namespace, Output], Awaitable[int]]

COMMANDS: dict[tuple[str, str], Command] = {
    ("user", "list"): accounts.user_list,
    ("verify", ""): verification.verify,
    ("sync", ""): accounts.sync,
    ("status", ""): accounts.status,
    ("log", ""): accounts.log,
    ("access-log", ""): accounts.access_log,
    ("alarm", "dismiss"): accounts.alarm_dismiss,
    ("space", "create"): spaces.create,
    ("space", "add"): spaces.add,
    ("space", "remove"): spaces.remove,
    ("space", "list"): spaces.listing,
    ("space", "show"): spaces.show,
    ("space", "share-history"): groups.share_history,
    ("space", "designate"): groups.designate,
    ("space", "policy"): groups.policy,
    ("space", "fork-proof"): groups.fork_proof,
    ("space", "close"): spaces.close,
    ("space", "check"): spaces.check,
    ("space", "wipes"): spaces.wipes,
    ("msg", "send"): messages.send,
    ("msg", "list"): messages.listing,
    ("search", ""): searching.search,
    ("evidence", "add"): adding.add,
    ("evidence", "list"): evidence.listing,
    ("evidence", "intake"): intaking.take,
    ("evidence", "review"): reviewing.review,
    ("evidence", "tag"): reviewing.tag,
    ("evidence", "note"): reviewing.note,
    ("evidence", "next"): reviewing.following,
    ("evidence", "views"): reviewing.views,
    ("template", "list"): facts.template_list,
    ("template", "save"): facts.template_save,
    ("template", "drop"): facts.template_drop,
    ("evidence", "show"): evidence.show,
    ("evidence", "get"): getting.get,
    ("evidence", "permit"): evidence.permit,
    ("evidence", "verify"): evidence.verify,
    ("evidence", "pause"): transfers.pause,
    ("evidence", "resume"): transfers.resume,
    ("evidence", "cancel"): transfers.cancel,
    ("evidence", "queue"): transfers.queue,
    ("evidence", "first"): transfers.first,
    ("evidence", "last"): transfers.last,
    ("space", "renew"): devices.renew,
    ("device", "list"): devices.listing,
    ("device", "name"): devices.name,
    ("device", "revoke"): devices.revoke,
    ("device", "link"): devices.link,
    ("key", "list"): devices.changes,
    ("key", "accept"): devices.accept,
    ("key", "replace"): devices.another,
    ("passphrase", "change"): keys.change,
    ("recovery", "sheet"): keys.sheet,
}


def run(args: argparse.Namespace, profile: Path) -> int:
    """Run one parsed command on a profile; returns the exit status."""
    out = Output(as_json=args.json, quiet=args.quiet)
    try:
        return asyncio.run(_run(args, profile, out))
    except KeyboardInterrupt:
        out.error("Interrupted; the next run goes on from here.", "interrupted")
        return EXIT_INTERRUPTED
    except JitError as error:
        return report(error, out)
    except OSError as error:
        out.error(f"The system refused: {error.strerror or error}.", "io")
        return EXIT_IO
    except Exception as error:
        if os.environ.get("JIT_DEBUG"):
            raise
        out.error(
            f"A fault of this program ({type(error).__name__}). Nothing saved is lost.", "bug"
        )
        return EXIT_INTERNAL


def report(error: JitError, out: Output) -> int:
    """Say what went wrong; returns the exit status."""
    out.error(error.sentence, error.reason)
    if out.as_json:
        out.result({"error": {"code": error.reason, "sentence": error.sentence}})
    return error.exit_status


async def _run(args: argparse.Namespace, profile: Path, out: Output) -> int:
    if args.command == "check-proof":
        return groups.check_proof(args, out)
    if args.command == "doctor":  # also of settings that keep everything else from starting
        return await doctoring.examine(args, profile, out)
    door = DoorKeeper(profile)
    if args.command == "enrol":
        return await accounts.enrol(door, args, out)
    if args.command == "link":
        return await devices.join(door, args, out)
    if (args.command, getattr(args, "act", "")) == ("evidence", "limit"):
        return await transfers.limit(door, args, out)
    if (args.command, getattr(args, "act", "")) == ("evidence", "metered"):
        return await transfers.metered(door, args, out)
    at_the_door = keys.DOOR.get((args.command, getattr(args, "act", "") or ""))
    if at_the_door is not None:
        return await at_the_door(door, args, out)
    command = COMMANDS[(args.command, getattr(args, "act", "") or "")]
    desk = await door.unlock(existing(args.passphrase_file))
    try:
        return await command(desk, args, out)
    finally:
        await desk.close()
