"""Does a transfer survive anything? Files are handed over and taken over; the client is killed.

    python -m tests.transfers.kills --times 1000 --seed 7 --record

A real store, a real Ana, and a real Bruno who hands her files and takes over hers, at once. Bruno's
process gets SIGKILL after a random time, again and again, and starts again each time. When both
ways are done, what arrived is read whole and compared with what was given, and the next files go.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Final

from bench.reporting import heading, publish, table
from jitclient.grouping import AT_ONCE
from jitclient.views import ExhibitState
from protocol.limits import MAX_PART_BYTES, PART_PLAIN_BYTES
from sync.terms import LANES
from tests.support.people_at_work import PASSPHRASE, Team, at_work, evidence_file, make_template
from tests.transfers.client import Mortal
from tests.transfers.journal import Figures, Journal, Life

SECONDS: Final = 1.4
"""The longest a client lives in which it is killed; the shortest is none at all."""
LONGER: Final = 20
"""After so many lives for one job it may last twice as long, and so on: a busy machine is slow."""
MOST_PARTS: Final = 5
LIVES: Final = 200
"""So many lives at most for one pair of files: more, and nothing comes forward."""
IN_FLIGHT: Final = AT_ONCE * LANES
"""What is on its way at most: so many transfers at once, with so many lanes each."""
LANDING: Final = 4
"""Taken over, checked, and not durable yet."""


@dataclass
class Kills:
    """One run: a team, its mortal member, and what was counted."""

    team: Team
    mortal: Mortal
    journal: Journal
    random: Random
    folder: Path
    figures: Figures = field(default_factory=Figures)
    jobs: int = 0
    wrong: list[str] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)

    async def run(self, times: int) -> None:
        """Jobs until the client was killed so often; what it came to is in `figures`."""
        while self.figures.kills < times:
            await self._job(times)
            self.sizes.append(_weight(self.team.profile("bruno")))
            print(f"job {self.jobs}: {self.figures.kills} kills", file=sys.stderr, flush=True)

    async def _job(self, times: int) -> None:
        """Files both ways, with kills, until all are where they belong."""
        self.jobs += 1
        ana, space = self.team["ana"], self.team.space
        given = [self._file(f"given-{self.jobs}-{n}.bin") for n in range(self.random.randint(1, 2))]
        taken = self._file(f"taken-{self.jobs}.bin")
        await ana.add_evidence(space, taken, to=[self.team.user("bruno")])
        await ana.sync_now()
        end = await self._lives(given, taken, times)
        states = {name: (state, problem) for name, state, problem, _ in end["exhibits"]}
        await ana.sync_now()
        await self._check(given, taken, states, end)
        for path in (*given, taken):
            path.unlink()
        self.figures.exhibits += len(given) + 1

    def _file(self, name: str) -> Path:
        size = self.random.randint(1, MOST_PARTS * PART_PLAIN_BYTES)
        return evidence_file(self.folder / "source", name, size)

    async def _lives(self, given: list[Path], taken: Path, times: int) -> dict[str, Any]:
        """Life after life of Bruno until one ends by itself with nothing left to do."""
        words = {
            "space": self.team.space.hex(),
            "to": self.team.user("ana").hex(),
            "offer": [str(path) for path in given],
            "read": taken.name,
        }
        for lives in range(LIVES):
            spare = self.figures.kills >= times
            longest = SECONDS * (1 + lives / LONGER)
            seconds = None if spare else self.random.uniform(0, longest)
            answer = await asyncio.to_thread(self.mortal.live, seconds, **words)
            life = self.journal.life()
            self._count(life, killed=answer["killed"])
            if not answer["killed"] and not _unfinished(answer):
                return answer
        raise AssertionError(f"job {self.jobs} does not come to its end")

    def _count(self, life: Life, *, killed: bool) -> None:
        self.figures.see(life)
        self.figures.kills += killed
        self.figures.idle += killed and not life.in_flight
        if any(count > 1 for count in life.begun.values()):
            self.wrong.append(f"job {self.jobs}: a part was moved twice in one life")

    async def _check(
        self, given: list[Path], taken: Path, states: dict[str, Any], end: dict[str, Any]
    ) -> None:
        """Everything is there once, whole, and both know it."""
        ana, space, wrong = self.team["ana"], self.team.space, self.wrong
        rows = {row.name: row for row in await ana.exhibits(space)}
        for path in given:
            row = rows.get(path.name)
            if row is None or row.state is not ExhibitState.VERIFIED:
                wrong.append(f"{path.name} is not with Ana: {row and (row.state, row.problem)}")
            elif row.sha256 != _sha256(path):
                wrong.append(f"{path.name} came with another hash")
            else:
                await ana.verify_exhibit(space, row.file)
                self._forget("ana", row.file)
        if rows[taken.name].recipients[0].at is None:
            wrong.append(f"{taken.name}: Ana has no receipt")
        if end["alarms"] or await self.team.alarms("ana"):
            wrong.append(f"alarms: {end['alarms']}, {await self.team.alarms('ana')}")
        names = [name for name, *_ in end["exhibits"]]
        if len(names) != len(set(names)):
            wrong.append("an exhibit was registered twice")
        sealed = self.team.profile("bruno") / "spaces" / space.hex() / "parts"
        self._read(taken, sealed / rows[taken.name].file.hex(), wrong)
        if states[taken.name][0] != "verified" or end["read"] != _sha256(taken):
            wrong.append(f"{taken.name} is {states[taken.name]} with Bruno")
        left = [path.name for path in sealed.rglob(".new-*")]
        if left:
            wrong.append(f"unfinished parts were left behind: {left}")

    def _read(self, taken: Path, parts: Path, wrong: list[str]) -> None:
        """What Bruno keeps has the size it should; his client has read it whole once more."""
        kept = sum(path.stat().st_size for path in parts.iterdir())
        if not taken.stat().st_size <= kept <= 1.2 * taken.stat().st_size + MAX_PART_BYTES:
            wrong.append(f"{taken.name}: {kept} bytes are kept of {taken.stat().st_size}")
        shutil.rmtree(parts)

    def _forget(self, who: str, file: bytes) -> None:
        """A machine does not have the room for a thousand; each was read whole before."""
        folder = self.team.profile(who) / "spaces" / self.team.space.hex() / "parts"
        shutil.rmtree(folder / file.hex())

    @property
    def sound(self) -> bool:
        """Whether nothing was lost and nothing sent again that had not been on its way."""
        figures = self.figures
        return (
            not self.wrong
            and figures.lost["put"] == 0
            and figures.most["put"] <= IN_FLIGHT
            and figures.most["get"] <= IN_FLIGHT + LANDING
        )


def _unfinished(answer: dict[str, Any]) -> list[str]:
    done = {"verified", "on-server", "delivered"}
    return [name for name, state, _, _ in answer["exhibits"] if state not in done]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _weight(folder: Path) -> int:
    """Bytes of a profile without its parts: databases, journals, and whatever else was left."""
    files = (path for path in folder.rglob("*") if path.is_file() and "parts" not in path.parts)
    return sum(path.stat().st_size for path in files)


async def kill(times: int, seed: int, folder: Path, template: Path | None = None) -> Kills:
    """Run it in `folder`; see `Kills`."""
    if template is None:
        template = folder / "template"
        template.mkdir()
        await make_template(template)
    async with at_work(template, folder / "team", "ana") as team:
        path = folder / "journal"
        mortal = await asyncio.to_thread(Mortal, team.profile("bruno"), PASSPHRASE, path)
        try:
            run = Kills(team, mortal, Journal(path), Random(seed), folder)
            await run.run(times)
        finally:
            mortal.close()
        return run


def _report(run: Kills, seed: int) -> list[str]:
    figures = run.figures
    rows = [
        (
            what,
            str(figures.parts[way]),
            str(figures.flying[way]),
            str(figures.again[way]),
            f"{figures.again[way] / max(1, figures.kills):.2f}",
            str(figures.most[way]),
            str(figures.lost[way]),
        )
        for way, what in (("put", "handed over"), ("get", "taken over"))
    ]
    about = f"{figures.kills} SIGKILLs, seed {seed}"
    head = (
        "way", "parts", "cut off by a kill", "moved again", "per kill", "most after one kill",
        "of them not in flight",
    )  # fmt: skip
    whole = "yes" if not run.wrong else str(run.wrong)
    first, last = run.sizes[0] // 1024, run.sizes[-1] // 1024
    return [
        *heading("Transfers under kills", about),
        *table(head, rows),
        f"- {figures.exhibits} exhibits of up to {MOST_PARTS} parts in {run.jobs} jobs",
        f"- all there once, read again and whole: {whole}",
        f"- {figures.kills - figures.idle} kills cut off a part, {figures.idle} did not",
        f"- the killed profile without its parts: {first} KiB after the first job, {last} KiB last",
        f"- {'sound' if run.sound else 'NOT SOUND'}",
    ]


def main() -> int:
    """Run, print, and with --record append to bench/RESULTS.md."""
    parser = argparse.ArgumentParser(prog="python -m tests.transfers.kills")
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--record", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        run = asyncio.run(kill(args.times, args.seed, Path(folder)))
    publish(_report(run, args.seed), record=args.record)
    return 0 if run.sound else 1


if __name__ == "__main__":
    sys.exit(main())
