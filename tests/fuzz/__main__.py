"""`make fuzz SECONDS=600`: every group of targets for its share of the time, figures at the end.

Each group runs in a process of its own (`worker.py`) and starts from the kept corpus and from
fresh seeds. `--keep` writes what was new back into the corpus; `--record` writes the table of
docs/protocol/91-fuzzing.md anew. The exit status is 1 when anything was found.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import random
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.fuzz import corpus
from tests.fuzz.mutate import mutate
from tests.fuzz.table import GROUPS
from tests.fuzz.target import Target

WORK: Final = corpus.ROOT / "build" / "fuzz"
PAGE: Final = corpus.ROOT / "docs" / "protocol" / "91-fuzzing.md"
_BEGIN, _END = "<!-- figures -->\n", "<!-- end of figures -->\n"
_START_SECONDS: Final = 300
_CHANGED: Final = 150
_FINDINGS: Final = ("crash-", "timeout-", "oom-")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one group's turn gave: inputs by target, findings as (target, file)."""

    group: str
    seconds: int
    inputs: dict[str, int]
    found: list[tuple[str, Path]]


def main() -> int:
    """Run the campaign."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=int, default=600, help="for all groups together")
    parser.add_argument("--group", choices=list(GROUPS), help="only this one")
    parser.add_argument("--keep", action="store_true", help="write new inputs into the corpus")
    parser.add_argument("--record", action="store_true", help="write the figures into the docs")
    given = parser.parse_args()
    chosen = [given.group] if given.group else list(GROUPS)
    weight = {group: sum(target.weight for target in GROUPS[group]) for group in chosen}
    outcomes = []
    for group in chosen:
        share = given.seconds * weight[group] / sum(weight.values())
        outcomes.append(_run(group, max(1, round(share))))
        if given.keep:
            _keep(group)
    table = _table(outcomes)
    print(table)
    if given.record:
        _record(table)
    return 1 if any(outcome.found for outcome in outcomes) else 0


def _run(group: str, seconds: int) -> Outcome:
    folder = WORK / group
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "corpus").mkdir(parents=True)
    for index, target in enumerate(GROUPS[group]):
        for data in (*target.seeds(), *corpus.kept(target)):
            name = hashlib.sha256(bytes([index]) + data).hexdigest()[:16]
            (folder / "corpus" / name).write_bytes(bytes([index]) + data)
    words = [sys.executable, "-m", "tests.fuzz.worker", group, str(seconds), str(folder)]
    log = folder / "log"
    with log.open("w") as out:
        limit = seconds + _START_SECONDS
        subprocess.run(words, cwd=corpus.ROOT, stdout=out, stderr=out, check=False, timeout=limit)
    counts = folder / "counts.json"
    found = [
        (_target(group, path.read_bytes()).name, path)
        for path in folder.iterdir()
        if path.name.startswith(_FINDINGS)
    ]
    for name, path in found:
        print(f"FOUND {name}: {path}\n{_tail(log)}", flush=True)
    if not counts.exists():
        raise RuntimeError(f"{group} did not run:\n{_tail(log)}")
    return Outcome(group, seconds, json.loads(counts.read_text()), found)


def _target(group: str, data: bytes) -> Target:
    """For which target of a group an input is: its first byte says."""
    return GROUPS[group][data[0] % len(GROUPS[group])] if data else GROUPS[group][0]


def _keep(group: str) -> None:
    inputs: dict[str, set[bytes]] = {target.name: set() for target in GROUPS[group]}
    for path in (WORK / group / "corpus").iterdir():
        data = path.read_bytes()
        inputs[_target(group, data).name].add(data[1:])
    for target in GROUPS[group]:
        known = inputs[target.name] | set(target.seeds()) | set(corpus.kept(target))
        corpus.write(target, corpus.minimise(target, known | _changed(target)))


def _changed(target: Target) -> set[bytes]:
    """Mutations that coverage does not keep: msgspec is compiled, its checks are told by words."""
    rng, seeds = random.Random(target.name), target.seeds()
    return {mutate(rng.choice(seeds), target.form, rng, 4_000) for _ in range(_CHANGED)}


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-40:])


def _table(outcomes: list[Outcome]) -> str:
    engine = "atheris" if importlib.util.find_spec("atheris") else "mutation alone"
    inputs = sum(sum(outcome.inputs.values()) for outcome in outcomes)
    seconds = sum(outcome.seconds for outcome in outcomes)
    targets = sum(len(GROUPS[outcome.group]) for outcome in outcomes)
    found = sum(len(outcome.found) for outcome in outcomes)
    lines = [
        f"{targets} targets, {inputs:,} inputs in {seconds:,} s with {engine}; {found} found.",
        "",
        "| group | target | inputs | kept |",
        "|---|---|---|---|",
    ]
    for outcome in outcomes:
        for target in GROUPS[outcome.group]:
            count, kept = outcome.inputs.get(target.name, 0), len(corpus.kept(target))
            lines.append(f"| {outcome.group} | `{target.name}` | {count:,} | {kept} |")
    return "\n".join([*lines, ""])


def _record(table: str) -> None:
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(_BEGIN)
    _, after = rest.split(_END)
    PAGE.write_text(f"{before}{_BEGIN}{table}{_END}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
