"""Commands about one's own keys: passphrase, recovery sheet, and opening with its words."""

from __future__ import annotations

import argparse
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

from jitclient.cli import shapes
from jitclient.cli.output import Output
from jitclient.cli.passphrase import existing, new_passphrase, recovery_words
from jitclient.desk import Desk
from jitclient.door import DoorKeeper
from jitclient.sheet import lines
from protocol.errors import CannotCreateError


async def change(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`passphrase change`: the old one, then the new one twice."""
    old = existing(args.passphrase_file)
    await desk.keys.change_passphrase(old, new_passphrase(args.new_passphrase_file, named=False))
    keyring = (await desk.status()).keyring
    told = "Half of the key lies in the system keyring." if keyring else "There is no keyring here."
    out.result({"changed": True, "keyring": keyring}, [f"The passphrase was changed. {told}"])
    return 0


async def sheet(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`recovery sheet [--out FILE]`: the passphrase is asked again."""
    made = await desk.keys.sheet(existing(args.passphrase_file))
    text = lines(made)
    if args.out is not None:
        _write(args.out, text)
        out.result(
            {"path": str(args.out), "line": made.line},
            [str(args.out), "Print it, keep it under lock, and delete the file."],
        )
        return 0
    out.result({"words": list(made.words), "line": made.line, "text": "\n".join(text)}, text)
    return 0


def _write(path: Path, text: list[str]) -> None:
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except OSError as error:
        raise CannotCreateError(f"The sheet cannot be written: {error.strerror}.") from error
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.writelines(line + "\n" for line in text)


async def open_with_words(door: DoorKeeper, args: argparse.Namespace, out: Output) -> int:
    """`recovery open`: the words, then a new passphrase."""
    typed = recovery_words(args.words_file)
    desk = await door.open_with_words(typed, new_passphrase(args.passphrase_file))
    try:
        row = await desk.status()
        out.result(
            {"user": row.me.user.hex(), "device": row.me.device.hex(), "keyring": row.keyring},
            [f"Opened as {row.me.name}. The new passphrase opens this profile from now on."],
        )
    finally:
        await desk.close()
    return 0


async def restore(door: DoorKeeper, args: argparse.Namespace, out: Output) -> int:
    """`recovery restore LINE`: the words, then a new passphrase."""
    typed = recovery_words(args.words_file)
    wish = door.read_sheet(args.line, typed, others_lost=args.others_lost)
    out.talk(f"Store {wish.line.address}, certificate {wish.line.certificate.hex()}.")
    desk = await door.restore(wish, new_passphrase(args.passphrase_file))
    try:
        await desk.sync_now(transfers=False)
        me, row = desk.me, await desk.status()
        data = {
            "user": me.user.hex(),
            "device": me.device.hex(),
            "safety_number": me.safety_number,
            "name": me.name,
            "keyring": row.keyring,
            "spaces": [shapes.space(s) for s in row.spaces],
        }
        lines_ = [f"Restored as {me.name}. The safety number is the same as before."]
        lines_ += ["Ask an administrator of each space to let this device in."] * bool(row.spaces)
        out.result(data, lines_)
    finally:
        await desk.close()
    return 0


AtTheDoor = Callable[[DoorKeeper, argparse.Namespace, Output], Awaitable[int]]

DOOR: dict[tuple[str, str], AtTheDoor] = {
    ("recovery", "open"): open_with_words,
    ("recovery", "restore"): restore,
}
"""Commands for a profile that is not unlocked by its passphrase."""
