"""Commands about oneself, the directory, verification and the connection."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal

from jitclient.cli import resolve, shapes
from jitclient.cli.output import Output, local, noted, table, when
from jitclient.cli.passphrase import new_passphrase
from jitclient.desk import Desk
from jitclient.door import DoorKeeper
from jitclient.events import AlarmRaised, ConnectionChanged, Event, MessagesChanged
from jitclient.views import AlarmRow, Connection
from protocol.errors import EXIT_UNREACHABLE, EXIT_VERIFICATION


async def enrol(door: DoorKeeper, args: argparse.Namespace, out: Output) -> int:
    """`enrol INVITATION`."""
    preview = door.read_invitation(args.invitation)
    out.talk(f"Store {preview.address}, certificate {preview.fingerprint}.")
    if not await door.check_keyring():
        out.talk("No system keyring here: the passphrase alone protects this profile.")
    passphrase = new_passphrase(args.passphrase_file)
    desk = await door.enrol(args.invitation, passphrase)
    try:
        me = desk.me
        await desk.sync_now(transfers=False)
        data = {
            "user": me.user.hex(),
            "device": me.device.hex(),
            "safety_number": me.safety_number,
            "name": me.name,
            "keyring": (await desk.status()).keyring,
        }
        lines = [f"Enrolled as {me.name} ({me.authority}, {me.country}).", f"User {me.user.hex()}"]
        out.result(data, lines)
    finally:
        await desk.close()
    return 0


async def user_list(desk: Desk, _args: argparse.Namespace, out: Output) -> int:
    """`user list`."""
    rows = await desk.people()
    lines = table(
        [(r.user.hex(), r.name, r.authority, r.country, r.party.value) for r in rows],
        ("USER", "NAME", "AUTHORITY", "CC", "PARTY"),
    )
    lines += noted((r.name, r.user, r.name_note) for r in rows)
    out.result({"users": [shapes.person(r) for r in rows]}, lines or ["Nobody else is enrolled."])
    return 0


async def sync(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`sync [--watch]`."""
    if args.watch:
        return await _watch(desk, out)
    report = await desk.sync_now()
    summary = (
        f"Messages: {report.messages_in} in, {report.messages_out} out, "
        f"{report.waiting_messages} waiting. "
        f"Exhibits: {report.exhibits_in} in, {report.exhibits_out} out, "
        f"{report.waiting_transfers} waiting."
    )
    lines = [summary, *(f"{_told(a)} [{a.code}] {a.sentence}" for a in report.alarms)]
    out.result(shapes.report(report), lines)
    if any(not a.notice for a in report.alarms):
        return EXIT_VERIFICATION
    return 0 if report.online else EXIT_UNREACHABLE


def _told(alarm: AlarmRow) -> str:
    return "NOTICE" if alarm.notice else "REFUSED"


async def _watch(desk: Desk, out: Output) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl+C raises instead
            loop.add_signal_handler(number, stop.set)

    def tell(event: Event) -> None:
        match event:
            case ConnectionChanged(connection=connection, problem=problem):
                out.talk(f"{connection.value}. {problem}".strip())
            case AlarmRaised(alarm=alarm):
                out.talk(f"REFUSED [{alarm.code}] {alarm.sentence}")
            case MessagesChanged(space=space):
                out.talk(f"messages changed in {space.hex()}")
            case _:
                pass

    unsubscribe = desk.events.subscribe(tell)
    desk.start()
    await stop.wait()
    unsubscribe()
    status = await desk.status()
    out.result(
        {
            "online": status.connection is Connection.ONLINE,
            "waiting_messages": status.waiting_messages,
            "waiting_transfers": status.waiting_transfers,
        },
        ["Stopped."],
    )
    return 0


async def status(desk: Desk, _args: argparse.Namespace, out: Output) -> int:
    """`status`."""
    await desk.probe()
    row = await desk.status()
    data = {
        "user": row.me.user.hex(),
        "device": row.me.device.hex(),
        "name": row.me.name,
        "authority": row.me.authority,
        "country": row.me.country,
        "party": row.me.party.value,
        "safety_number": row.me.safety_number,
        "store": row.me.store,
        "connection": row.connection.value,
        "problem": row.problem,
        "waiting_messages": row.waiting_messages,
        "waiting_transfers": row.waiting_transfers,
        "keyring": row.keyring,
        "recovery_sheet": when(row.sheet_at),
        "spaces": [shapes.space(s) for s in row.spaces],
        "alarms": [shapes.alarm(a) for a in row.alarms],
        "last_sync": when(row.last_sync),
    }
    lines = [
        f"{row.me.name} ({row.me.authority}, {row.me.country}) at {row.me.store}: "
        f"{row.connection.value}. {row.problem}".strip(),
        f"Waiting: {row.waiting_messages} messages, {row.waiting_transfers} transfers.",
    ]
    if row.sheet_at is None:
        lines.append("No recovery sheet was confirmed yet: see `jitclient recovery sheet`.")
    if not row.keyring:
        lines.append("No keyring: an old copy of the whole profile would not be noticed.")
    for one in row.spaces:
        until = f", local copies until {local(one.deadline)}" if one.deadline else ""
        lines.append(
            f"{one.space.hex()}  {one.title or '(waiting for the welcome)'}: "
            f"{one.state.value}{until}"
        )
    lines += [f"{_told(a)} {a.alarm} [{a.code}] {a.sentence}" for a in row.alarms]
    out.result(data, lines)
    return 0


async def log(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`log SPACE`."""
    space = await resolve.space(desk, args.space)
    rows = await desk.custody(space)
    lines = [
        f"{r.seq:>5}  {local(r.at)}  {r.actor}  {r.what}  {r.subject}  {r.detail}".rstrip()
        for r in rows
    ]
    out.result({"events": [shapes.event(r) for r in rows]}, lines)
    return 0


async def access_log(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`access-log`: signed notes, for `jitstore log verify --checkpoint`; a proof as a file."""
    if args.proof is not None:
        path = await desk.export_log_dispute(args.proof)
        line = f"{path}: anybody checks it with: jitclient check-proof {path.name}"
        out.result({"path": str(path)}, [line])
        return 0
    row = await desk.access_log()
    data = {
        "checkpoint": row.checkpoint,
        "seen": when(row.seen_at),
        "disputed": list(row.disputed),
    }
    out.result(data, [row.checkpoint.rstrip("\n") or "Nothing is remembered yet: sync first."])
    if row.disputed:
        out.talk("Two signed heads that contradict each other (with --json in a field of its own):")
        for one in row.disputed:
            out.talk(one.rstrip("\n"))
    return 0


async def alarm_dismiss(desk: Desk, args: argparse.Namespace, out: Output) -> int:
    """`alarm dismiss ALARM`."""
    await desk.dismiss_alarm(args.alarm)
    out.result({"alarm": args.alarm}, ["Dismissed."])
    return 0
