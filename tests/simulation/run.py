"""Playing seeds: `python -m tests.simulation.run --seeds 1-200 --steps 60`."""

from __future__ import annotations

import argparse
import asyncio
import gc
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from jitclient import posting
from jitclient.session import Session
from localstore import outbox, spaces
from protocol.ids import DeviceId, SpaceId
from tests.simulation import acts, oracle, owndevices, renewals
from tests.simulation.skies import HOUR
from tests.simulation.world import ViolationError, World

STEPS = 60
MAX_ROUNDS = 16
QUIET_ROUNDS = 2
LONG_AFTER = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """One seed's end."""

    seed: int
    fingerprint: str
    rounds: int
    counts: Counter[str]
    trace: tuple[str, ...]


async def play(world: World, steps: int) -> Played:
    """Begin, act, calm down, judge.

    Raises:
        ViolationError: a law does not hold.
    """
    await world.begin()
    await acts.begin(world)
    seen: dict[str, int] = {}
    for _ in range(steps):
        await acts.step(world)
        for device in world.devices():
            if seen.get(device.name) != device.disk.total:  # else it has what it had
                seen[device.name] = device.disk.total
                oracle.at_any_time(world, device)
    lost = bool(world.weather.counts.get("lost everything"))
    rounds = await quiesce(world)
    if lost:
        await renewals.mend_all(world)
        rounds += await quiesce(world)
    if world.weather.counts.get("forgotten"):
        await acts.last_words(world)
        rounds += await quiesce(world)
    oracle.at_the_end(world)
    counts = Counter({**world.weather.counts, **world.counts, "texts": len(world.truth.written)})
    return Played(
        seed=world.seed,
        fingerprint=world.fingerprint(),
        rounds=rounds,
        counts=counts,
        trace=tuple(world.trace),
    )


async def quiesce(world: World) -> int:
    """All weather off: everybody has rounds until nothing moves. How many that took.

    Messages may still wait for devices that are lost, until an administrator lets their owner in.

    Raises:
        ViolationError: it never comes to rest.
    """
    world.clear_sky()
    await world.weather.deliver_late(everything=True)
    quiet = 0
    for number in range(1, MAX_ROUNDS + 1):
        owndevices.settle(world)
        moved = waiting = 0
        for device in world.devices():
            if device.revoked:
                continue
            session, result = device.session, await device.round(directory=number % 2 == 1)
            moved += result.messages_in + result.messages_out
            waiting += await session.run(_waiting, session, world.lost)
        world.say(f"round {number}: {moved}, {waiting} wait")
        quiet = 0 if moved or waiting else quiet + 1
        if quiet >= QUIET_ROUNDS:
            return number
        # What waits for its hour, or for its day, gets it when nothing else moves.
        hours = 2 if number < LONG_AFTER else 25
        world.time.pass_by(60 if moved else hours * HOUR)
    raise ViolationError("comes-to-rest", f"still moving after {MAX_ROUNDS} rounds")


def _waiting(session: Session, lost: set[DeviceId]) -> int:
    """Messages that still have to leave, but for those that only lost devices are left to get."""
    count, _ = posting.waiting(session)
    for record in spaces.spaces(session.stores.device):
        if record.state not in {"open", "joining", "left"} or record.log_seq < 0:
            continue
        sp = session.stores.space(SpaceId(record.space))
        for message in outbox.unsent(sp):
            found = sp.execute("SELECT device FROM outgoing_envelope WHERE message = ?", (message,))
            devices = {DeviceId(bytes(row[0])) for row in found.fetchall()}
            count -= bool(devices) and devices <= lost
    return count


def simulate(seed: int, steps: int = STEPS) -> Played:
    """Play one seed in a folder of its own, which goes afterwards."""
    base = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="jit-sim-", dir=base if base.is_dir() else None))
    world = World(seed, folder)
    try:
        with world:
            return asyncio.run(play(world, steps))
    except BaseException as error:
        error.add_note("\n".join(world.trace[-40:]))
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Ended:
    """How one seed ended, as it comes back from the process that played it."""

    seed: int
    error: str = ""
    story: str = ""
    rounds: int = 0
    counts: Counter[str] = field(default_factory=Counter)


def play_seed(seed: int, steps: int, *, trace: bool = False) -> Ended:
    """Play one seed; what fails is told, not raised. The same in any process."""
    gc.collect()
    try:
        played = simulate(seed, steps)
    except Exception as error:  # noqa: BLE001 - the next seed is played all the same
        told = traceback.format_exc() if trace else ""
        return Ended(seed, f"{type(error).__name__}: {error}", told)
    story = "\n".join((*played.trace, played.fingerprint)) if trace else ""
    return Ended(seed, "", story, played.rounds, played.counts)


def play_all(seeds: Iterable[int], options: argparse.Namespace) -> Iterator[Ended]:
    """Play seeds in as many processes as `options.jobs` says; in the order of the seeds."""
    one = partial(play_seed, steps=options.steps, trace=options.trace)
    if options.jobs == 1:
        yield from map(one, seeds)
        return
    # Fresh processes: a seed patches what it plays in the whole of its process.
    with ProcessPoolExecutor(options.jobs, get_context("spawn"), gc.disable) as pool:
        yield from pool.map(one, seeds)


def main() -> int:
    """Play a range of seeds; print what fails and what was done in all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="1", help="one seed, or FROM-TO")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--jobs", type=int, default=1, help="processes that play seeds")
    parser.add_argument("--trace", action="store_true", help="print every step")
    options = parser.parse_args()
    first, _, last = options.seeds.partition("-")
    seeds = range(int(first), int(last or first) + 1)
    failed: list[int] = []
    totals: Counter[str] = Counter()
    rounds = 0
    began = time.monotonic()
    gc.disable()  # a seed leaves little; what it leaves goes between seeds
    for ended in play_all(seeds, options):
        if ended.error:
            failed.append(ended.seed)
            print(f"seed {ended.seed} FAILED {ended.error}", flush=True)
        if ended.story:
            print(ended.story)
        totals += ended.counts
        rounds = max(rounds, ended.rounds)
        if ended.seed % 50 == 0:
            print(f"up to seed {ended.seed}: {len(failed)} failed", flush=True)
    seconds = time.monotonic() - began
    print(", ".join(f"{name} {count}" for name, count in sorted(totals.items())))
    print(f"{len(seeds)} seeds, {options.steps} steps each, quiet after {rounds} rounds at most")
    which = f": {' '.join(map(str, failed))}" if failed else ""
    print(f"{len(seeds)} seeds in {seconds:.0f} s, {len(failed)} failed{which}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
