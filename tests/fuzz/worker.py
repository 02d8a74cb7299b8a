"""One group of targets for some seconds: with atheris by coverage, without it by mutation alone.

    python -m tests.fuzz.worker GROUP SECONDS FOLDER

The first byte of an input says which target of the group it is for. FOLDER/corpus grows,
FOLDER/counts.json says how many inputs each target had, FOLDER/crash-* is what was found.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import random
import sys
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from tests.fuzz.target import Target

OURS: Final = ["protocol", "crypto", "sync", "centralstore", "jitclient"]
_MAX_SECONDS_PER_INPUT: Final = 10
_MAX_MEMORY_MIB: Final = 2_048
_COUNT_EVERY: Final = 20


class Harness:
    """Feeds inputs to the targets of a group, and counts."""

    def __init__(self, targets: list[Target], folder: Path) -> None:
        self._targets, self._folder = targets, folder
        self._counts: Counter[str] = Counter()
        self._total = 0
        self._known = [target.seeds() for target in targets]

    def one(self, data: bytes) -> None:
        """Run one input; raises what is a finding."""
        target = self._targets[data[0] % len(self._targets)] if data else self._targets[0]
        self._counts[target.name] += 1
        self._total += 1
        if self._total % _COUNT_EVERY == 1:
            self.count()
        accepts(target, data[1:])

    def change(self, data: bytes, rng: random.Random) -> bytes:
        """Another input: of the same target, or, half of the time, from a seed of any."""
        if data and rng.random() < 0.5:
            index = data[0] % len(self._targets)
            base = data[1:]
        else:
            index = rng.randrange(len(self._targets))
            base = rng.choice(self._known[index])
        target = self._targets[index]
        changed: bytes = mutate(base, target.form, rng, target.limit)
        return bytes([index]) + changed

    def count(self) -> None:
        """Write the counts; libFuzzer ends the process without a farewell."""
        (self._folder / "counts.json").write_text(json.dumps(self._counts))


def main(group: str, seconds: int, folder: Path) -> None:
    """Run; libFuzzer never returns."""
    global accepts, mutate  # noqa: PLW0603 - imported late, so that they can be instrumented
    try:
        atheris: Any = importlib.import_module("atheris")
    except ImportError:
        atheris = None
    if atheris is None:
        table: Any = importlib.import_module("tests.fuzz.table")
    else:
        with atheris.instrument_imports(include=OURS):
            table = importlib.import_module("tests.fuzz.table")
    accepts = importlib.import_module("tests.fuzz.target").accepts
    mutate = importlib.import_module("tests.fuzz.mutate").mutate
    harness = Harness(table.GROUPS[group], folder)
    if atheris is None:
        _mutate(harness, seconds, folder)
    else:
        _search(atheris, harness, seconds, folder)


accepts: Any
mutate: Any


def _search(atheris: Any, harness: Harness, seconds: int, folder: Path) -> None:
    def change(data: bytes, most: int, seed: int) -> bytes:
        rng = random.Random(seed)
        if data and rng.random() < 0.2:
            return data[:1] + bytes(atheris.Mutate(data[1:], most - 1))
        return harness.change(data, rng)[:most]

    options = [
        f"-max_total_time={seconds}",
        "-max_len=80000",
        "-len_control=0",
        f"-timeout={_MAX_SECONDS_PER_INPUT}",
        f"-rss_limit_mb={_MAX_MEMORY_MIB}",
        f"-artifact_prefix={folder}/",
        "-print_final_stats=1",
    ]
    words = [sys.argv[0], *options, str(folder / "corpus")]
    atheris.Setup(words, harness.one, custom_mutator=change)
    atheris.Fuzz()


def _mutate(harness: Harness, seconds: int, folder: Path) -> None:
    rng = random.Random()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        data = harness.change(b"", rng)
        try:
            harness.one(data)
        except Exception:  # noqa: BLE001 - whatever it is, it is a finding
            traceback.print_exc()
            (folder / f"crash-{hashlib.sha256(data).hexdigest()[:16]}").write_bytes(data)
            break
    harness.count()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
