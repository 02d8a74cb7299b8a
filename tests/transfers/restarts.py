"""Does anything grow, or get lost, when the program is started again and again? (F28)

    python -m tests.transfers.restarts --times 1000 --record

One profile with a space, messages and a file that is held back is unlocked, exchanges once with a
real store, and is locked. What the profile weighs is looked at each time.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bench.reporting import heading, publish, table
from jitclient.views import ExhibitState
from tests.support.people_at_work import Team, at_work, evidence_file, make_template

MIB: Final = 1 << 20
SETTLED: Final = 5
"""After so many restarts a profile weighs what it weighs: logs have their size by then."""
MORE: Final = 64 * 1024
"""So much more it may weigh at the end, in bytes."""


@dataclass
class Restarts:
    """What was seen: bytes of the profile and open files of the process after each restart."""

    sizes: list[int] = field(default_factory=list)
    handles: list[int] = field(default_factory=list)
    names: Counter[str] = field(default_factory=Counter)
    queue: list[str] = field(default_factory=list)
    arrived: bool = False

    @property
    def sound(self) -> bool:
        """Whether nothing grew, the queue is as it was, and what was in it arrives."""
        grown = self.sizes[-1] - self.sizes[min(SETTLED, len(self.sizes)) - 1]
        leaks = self.handles[-1] - self.handles[min(SETTLED, len(self.handles)) - 1]
        return grown <= MORE and leaks <= 2 and self.queue == ["disk.img"] and self.arrived


async def again_and_again(template: Path, folder: Path, times: int) -> Restarts:
    """Unlock, exchange and lock so often; then let go what was held back."""
    seen = Restarts()
    async with at_work(template, folder / "team", "ana") as team:
        ana, to = team["ana"], [team.user("bruno")]
        source = evidence_file(folder / "disk", "disk.img", 9 * MIB)
        await ana.add_evidence(team.space, source, to=to)
        await ana.pause_all()
        for _ in range(times):
            await team["ana"].sync_now()
            await team.lock("ana")
            seen.sizes.append(_weight(team.profile("ana")))
            seen.handles.append(_handles())
            await team.unlock("ana")
        seen.names = Counter(path.name for path in team.profile("ana").rglob("*"))
        seen.queue = [row.name for row in (await team["ana"].queue()).rows]
        await _let_go(team, seen)
    return seen


async def _let_go(team: Team, seen: Restarts) -> None:
    await team["ana"].resume_all()
    await team["ana"].sync_now()
    seen.arrived = (await team.exhibit("ana", "disk.img")).state is ExhibitState.ON_SERVER


def _weight(folder: Path) -> int:
    return sum(
        (Path(at) / name).stat().st_size for at, _, names in os.walk(folder) for name in names
    )


def _handles() -> int:
    """Open files of this process; 0 where the system does not tell."""
    place = Path("/proc/self/fd")
    return len(list(place.iterdir())) if place.is_dir() else 0


def _report(seen: Restarts) -> list[str]:
    count = len(seen.sizes)
    at = sorted({0, min(SETTLED, count) - 1, count // 4, count // 2, 3 * count // 4, count - 1})
    rows = [(str(n + 1), f"{seen.sizes[n] / 1024:.0f}", str(seen.handles[n])) for n in at]
    return [
        *heading("Restarts in a row", f"{count} restarts"),
        *table(("after restart", "profile, KiB", "open files"), rows),
        f"- files in the profile at the end: {sum(seen.names.values())}",
        f"- what was held back is still there, and arrives once let go: {seen.arrived}",
        f"- {'sound' if seen.sound else 'NOT SOUND'}",
    ]


def main() -> int:
    """Run, print, and with --record append to bench/RESULTS.md."""
    parser = argparse.ArgumentParser(prog="python -m tests.transfers.restarts")
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--record", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="restarts-") as place:
        folder = Path(place)
        (folder / "template").mkdir()
        asyncio.run(make_template(folder / "template"))
        seen = asyncio.run(again_and_again(folder / "template", folder, args.times))
    publish(_report(seen), record=args.record)
    return 0 if seen.sound else 1


if __name__ == "__main__":
    sys.exit(main())
