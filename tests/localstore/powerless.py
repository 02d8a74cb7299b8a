"""What a disk holds after the power went away in the middle of an act, and what the act says of it.

`python -m tests.localstore.powerless ACT FOLDER` lets an act run once and writes down what it does
(`traced.py`). Then, for every moment: bytes that no fsync of their file came after are there or
not, each write for itself, and one of them only up to a sector; names that no fsync of their folder
came after are there up to some point (file systems keep the order of names, not that of names and
bytes). Each such disk is judged as after a kill. Prints JSON.
"""

from __future__ import annotations

import json
import random
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.localstore.acts import ACTS
from tests.localstore.traced import Event, traced, tree

SECTOR: Final = 512
_CASES: Final = 2
"""Disks for every moment, besides the one that kept nothing it did not have to keep."""


@dataclass
class _File:
    """One file whatever its name: what is surely there, and what may be."""

    sure: bytes = b""
    since: list[tuple[int, bytes | None]] = field(default_factory=list)

    def settle(self) -> None:
        self.sure = _applied(self.sure, self.since)
        self.since = []


def _applied(data: bytes, changes: Sequence[tuple[int, bytes | None]]) -> bytes:
    found = bytearray(data)
    for at, new in changes:
        if new is None:  # cut, or made longer
            found = found[:at].ljust(at, b"\0")
        else:
            found[len(found) :] = bytes(max(0, at - len(found)))
            found[at : at + len(new)] = new
    return bytes(found)


Names = dict[str, int | None]
"""What stands where: the number of a file, or None for a folder."""


class Disk:
    """A disk with a cache, and what was acknowledged so far."""

    def __init__(self, files: dict[str, bytes], folders: set[str]) -> None:
        self.files: dict[int, _File] = {}
        self.now: Names = dict.fromkeys(folders)
        self.open: dict[int, int | str] = {}
        self.acknowledged = 0
        for name, data in files.items():
            self.files[len(self.files)] = _File(data)
            self.now[name] = len(self.files) - 1
        self.history: list[tuple[str, Names]] = [("", dict(self.now))]
        self._kept = 0

    def do(self, event: Event) -> None:
        """Take one change into the cache."""
        match event.kind:
            case "ack":
                self.acknowledged += 1
            case "open":
                self._open(event)
            case "write" | "cut":
                target = self.open[event.handle]
                assert isinstance(target, int)
                new = event.data if event.kind == "write" else None
                self.files[target].since.append((event.at, new))
            case "sync":
                self._sync(self.open[event.handle])
            case "folder":
                self._named(event.path, {**self.now, event.path: None})
            case "gone":
                rest = {name: one for name, one in self.now.items() if name != event.path}
                self._named(event.path, rest)
            case "move":
                self._move(event)

    def _open(self, event: Event) -> None:
        known = self.now.get(event.path, -1)
        if event.path == "." or known is None:
            self.open[event.handle] = event.path
            return
        if known < 0:
            known = len(self.files)
            self.files[known] = _File()
            self._named(event.path, {**self.now, event.path: known})
        elif event.cut:
            self.files[known].since.append((0, None))
        self.open[event.handle] = known

    def _move(self, event: Event) -> None:
        below = event.path + "/"
        moved: Names = {}
        for name, one in self.now.items():
            if name == event.path or name.startswith(below):
                moved[event.to + name[len(event.path) :]] = one
        rest = {
            n: one for n, one in self.now.items() if n != event.path and not n.startswith(below)
        }
        self._named(event.to, {**rest, **moved})

    def _named(self, path: str, names: Names) -> None:
        self.now = names
        self.history.append((str(Path(path).parent), names))

    def _sync(self, target: int | str) -> None:
        if isinstance(target, int):
            self.files[target].settle()
            return
        last = [at for at, (folder, _) in enumerate(self.history) if folder == target]
        self._kept = max([self._kept, *last])

    def after_power_loss(self, dice: random.Random | None) -> dict[str, bytes | None]:
        """One way in which it may be found; without dice, with nothing it need not have."""
        least, most = self._kept, len(self.history) - 1
        names = self.history[dice.randint(least, most) if dice else least][1]
        return {
            name: None if one is None else self._content(self.files[one], dice)
            for name, one in names.items()
        }

    @staticmethod
    def _content(file: _File, dice: random.Random | None) -> bytes:
        if dice is None:
            return file.sure
        kept: list[tuple[int, bytes | None]] = []
        torn = dice.randrange(len(file.since)) if file.since else 0
        for number, (at, new) in enumerate(file.since):
            if dice.random() < 0.5:
                whole = number != torn or new is None
                kept.append((at, new if whole else _torn(new, dice)))
        return _applied(file.sure, kept)


def _torn(data: bytes | None, dice: random.Random) -> bytes:
    sectors = -(-len(data or b"") // SECTOR)  # all of them as well
    return (data or b"")[: SECTOR * dice.randint(0, sectors)]


def disks(
    events: Sequence[Event], disk: Disk
) -> Iterator[tuple[str, int, dict[str, bytes | None]]]:
    """(which, how much was acknowledged, what is found) for every moment of an act."""
    for moment, event in enumerate(events, start=1):
        disk.do(event)
        yield f"{moment}", disk.acknowledged, disk.after_power_loss(None)
        for case in range(_CASES):
            dice = random.Random(1_000 * moment + case)
            yield f"{moment}.{case}", disk.acknowledged, disk.after_power_loss(dice)


def put_down(found: dict[str, bytes | None], place: Path) -> None:
    """Make a disk real."""
    place.mkdir(mode=0o700)
    for name in sorted(found):
        data = found[name]
        if data is None:
            (place / name).mkdir(mode=0o700, exist_ok=True)
        else:
            (place / name).write_bytes(data)
            (place / name).chmod(0o600)


def main(act: str, folder: Path) -> None:
    """Let one act run, and judge every disk it may leave."""
    prepare, run, judge = ACTS[act]
    template, place = folder / f"{act}-prepared", folder / act
    prepare(template)
    shutil.copytree(template, place)
    events = traced(run, place)
    problems: list[str] = []
    judged: set[int] = set()
    for which, acknowledged, found in disks(events, Disk(*tree(template))):
        seen = hash((acknowledged, tuple(sorted(found.items()))))
        if seen in judged:
            continue
        judged.add(seen)
        shutil.rmtree(place)
        put_down(found, place)
        try:
            problems += [f"{which}: {one}" for one in judge(place, acknowledged)]
        except Exception as error:  # noqa: BLE001 - an act that cannot be judged has a problem
            problems.append(f"{which}: {type(error).__name__}: {error}")
    print(json.dumps({"events": len(events), "disks": len(judged), "problems": problems}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
