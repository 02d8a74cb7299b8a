"""A folder of many small files, handed over and taken over, against what people would use.

    python -m bench.small                         10,000 files of 4 KiB, 1 round
    python -m bench.small --small 500 --rounds 3
    python -m bench.small --only-ours --under "py-spy record --gil -f raw -o $WHO.raw --"

Ours is the whole product: two profiles with their databases, the folder registered file by file,
sealed, uploaded, each with its own signed manifest and message to the recipient; on the other side
read, fetched, opened, compared, verified, the receipts and the proofs sent. Each side is a process
of its own; its time begins after unlocking. The peers carry bytes: `rclone` crypt to nginx,
`restic` to `rclone serve restic`, `tar | age | curl` (bench/peers.py), all in the same run; what
they fetch is compared with what went. Appends the result to bench/RESULTS.md.
"""

from __future__ import annotations

import argparse
import asyncio
import filecmp
import json
import os
import resource
import secrets
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from bench import smallpeers
from bench.measuring import Measured, cpu_of, peak_of, reset_peak
from bench.nginx import Nginx
from bench.reporting import floor, table
from jitclient.desk import Desk
from jitclient.door import DoorKeeper
from jitclient.views import ExhibitState
from protocol.ids import SpaceId, UserId
from tests.support.people_at_work import PASSPHRASE, copied_store, make_template

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "bench" / "RESULTS.md"
_ROUNDS = 50


def main() -> None:
    """Measure, print, and append to RESULTS.md."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    words.add_argument("--small", type=int, default=10_000, help="files")
    words.add_argument("--size", type=int, default=4096, help="bytes of each")
    words.add_argument("--rounds", type=int, default=1)
    words.add_argument("--only-ours", action="store_true")
    words.add_argument("--under", default="", help="words in front of our clients; $WHO is the way")
    words.add_argument("--place", type=Path, default=Path(tempfile.gettempdir()))
    words.add_argument("--no-record", action="store_true")
    words.add_argument("--as", dest="role", default="", help=argparse.SUPPRESS)
    args = words.parse_args()
    if args.role:
        play(args.role, json.loads(sys.stdin.read()))
        return
    rounds = [
        one_round(args.place, args.small, args.size, under=args.under, alone=args.only_ours)
        for _ in range(args.rounds)
    ]
    lines = [
        f"\n## {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, small files, load {os.getloadavg()[0]:.1f}",
        *report(rounds, args.small, args.size),
    ]
    print("\n".join(lines))
    if not (args.no_record or args.only_ours or args.under):
        with RESULTS.open("a") as file:
            file.write("\n".join(lines) + "\n")


def one_round(
    place: Path, count: int, size: int, *, under: str, alone: bool
) -> Mapping[str, Measured]:
    """Everybody in turn, each from nothing; what was made is removed afterwards."""
    with tempfile.TemporaryDirectory(dir=place) as name:
        folder = Path(name)
        source = folder / "source"
        for number in range(count):
            path = source / f"{number // 1000:03}" / f"{number:06}.bin"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(secrets.token_bytes(size))
        found = dict(ours(folder / "ours", source, count, under=under))
        if not alone:
            with Nginx.running(folder) as nginx:
                if nginx is not None:
                    found |= smallpeers.both_ways(nginx, folder, source, _same)
        return found


def ours(place: Path, source: Path, count: int, *, under: str) -> Mapping[str, Measured]:
    """Handed over by Ana, taken over by Bruno, against one store."""
    space = asyncio.run(make_template(place))
    users = json.loads((place / "team.json").read_text())["users"]
    store = copied_store(place)
    store.start()
    assert store.process is not None
    spec = {"space": space.hex(), "to": users["bruno"], "source": str(source), "count": count}
    try:
        return {
            f"jitclient {way}": _played(
                who, {**spec, "profile": str(place / who)}, store.process.pid, under
            )
            for way, who in (("up", "ana"), ("down", "bruno"))
        }
    finally:
        store.stop()


def _played(who: str, spec: Mapping[str, object], server: int, under: str) -> Measured:
    reset_peak(server)
    before = cpu_of(server)
    done = subprocess.run(
        [
            *shlex.split(under.replace("$WHO", who)),
            sys.executable, "-m", "bench.small", "--as", who,
        ],
        input=json.dumps(spec),
        cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    found = json.loads(next(line for line in done.stdout.splitlines() if line.startswith("{")))
    used = cpu_of(server) - before
    return Measured(found["wall"], found["cpu"], used, found["peak"], peak_of(server))


# --- one side, in a process of its own -----------------------------------------------------------


def play(who: str, spec: Mapping[str, object]) -> None:
    """Do one side's work and print what it took."""
    asyncio.run((_hand_over if who == "ana" else _take_over)(spec))


async def _hand_over(spec: Mapping[str, object]) -> None:
    space, to = SpaceId(bytes.fromhex(str(spec["space"]))), UserId(bytes.fromhex(str(spec["to"])))
    desk = await DoorKeeper(Path(str(spec["profile"]))).unlock(PASSPHRASE)
    await desk.sync_now()
    done = _begin()
    count = int(str(spec["count"]))
    for row in await desk.look_through([Path(str(spec["source"]))], count):
        await desk.add_evidence(space, row.path, to=[to], facts=row.facts)
    await _all(desk, space, count, ExhibitState.ON_SERVER)
    done()
    await desk.close()


async def _take_over(spec: Mapping[str, object]) -> None:
    space, count = SpaceId(bytes.fromhex(str(spec["space"]))), int(str(spec["count"]))
    desk = await DoorKeeper(Path(str(spec["profile"]))).unlock(PASSPHRASE)
    done = _begin()
    await _all(desk, space, count, ExhibitState.VERIFIED)
    done()
    await desk.close()


async def _all(desk: Desk, space: SpaceId, count: int, state: ExhibitState) -> None:
    """Go on until every exhibit is so far."""
    for _ in range(_ROUNDS):
        await desk.sync_now()
        rows = await desk.exhibits(space)
        if len(rows) == count and all(row.state is state for row in rows):
            return
    raise SystemExit(f"not all exhibits became {state.name}")


def _begin() -> Callable[[], None]:
    """Start the clocks; what is returned stops them and prints."""
    began, used = time.perf_counter(), _cpu()
    reset_peak(os.getpid())

    def done() -> None:
        found = {"wall": time.perf_counter() - began, "cpu": _cpu() - used}
        print(json.dumps({**found, "peak": peak_of(os.getpid())}))

    return done


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


# --- paper ---------------------------------------------------------------------------------------


def _same(source: Path, out: Path) -> None:
    """What came back is what went: a peer that lost something is not compared with."""
    for path in source.rglob("*.bin"):
        if not filecmp.cmp(path, out / path.relative_to(source), shallow=False):
            raise SystemExit(f"{path.name} is not what was sent")
    shutil.rmtree(out)


def report(rounds: list[Mapping[str, Measured]], count: int, size: int) -> list[str]:
    """Medians, and ours against each peer, and the fastest, of the same round."""
    head = (
        f"{count} files of {size} bytes, medians of {len(rounds)}",
        "wall s", "ms a file", "client CPU s", "server CPU s", "client peak MiB",
    )  # fmt: skip
    rows = []
    for name in rounds[0]:
        wall, cpu, server, peak = (
            statistics.median(getattr(one[name], what) for one in rounds)
            for what in ("wall", "cpu", "server_cpu", "peak")
        )
        each = f"{1000 * wall / count:.2f}"
        rows.append([name, f"{wall:.2f}", each, f"{cpu:.2f}", f"{server:.2f}", f"{peak:.0f}"])
    lines = table(head, rows)
    for way in ("up", "down"):
        peers = [n for n in rounds[0] if n.endswith(way) and not n.startswith("jitclient")]
        for names in [[name] for name in peers] + [peers] * bool(peers):
            ratio = statistics.median(
                one[f"jitclient {way}"].wall / min(one[n].wall for n in names) for one in rounds
            )
            about = names[0] if len(names) == 1 else "the fastest peer"
            lines.append(floor(f"{way}: wall against {about}", ratio, 1.0))
    return lines


if __name__ == "__main__":
    main()
