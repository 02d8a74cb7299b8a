"""`make mutants`: take out every check, one at a time; report those that no test misses.

One process holds the libraries and forks for each mutant; the child loads the product with the
check taken out (`hook/wound.py`) and runs the tests of that module until one fails. No file is
changed. Exit status 1 when a check survived.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.mutants.sites import sites

ROOT: Final = Path(__file__).resolve().parents[2]
HOOK: Final = ROOT / "tests/mutants/hook"
TIMEOUT: Final = 600
"""Seconds for one set of tests; a change that never ends has been noticed."""

PURE: Final = (
    "crypto/*.py",
    "centralstore/policy.py",
    "protocol/founding.py",
    "protocol/logrules.py",
)
BESIDE: Final = {
    "centralstore/policy.py": ("tests/centralstore/test_policy.py",),
    "protocol/founding.py": ("tests/protocol/test_logrules.py",),
    "crypto/firstmessage.py": (
        "tests/crypto/test_handshake.py",
        "tests/crypto/test_handshake_refusals.py",
    ),
    "crypto/header.py": ("tests/crypto/test_kem_attacks.py", "tests/crypto/test_ratchet.py"),
    "crypto/ratchet.py": (
        "tests/crypto/test_session.py",
        "tests/crypto/test_ratchet_bounds.py",
        "tests/crypto/test_kem_attacks.py",
        "tests/crypto/test_kem_step.py",
        "tests/crypto/test_ratchet.py",
    ),
    "crypto/sealing.py": ("tests/crypto/test_message.py", "tests/crypto/test_ratchet.py"),
}
"""Tests that have another name than their module's `tests/ROOM/test_MODULE*.py`."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change, and the tests that must notice it."""

    name: str
    what: str
    tests: tuple[str, ...]


def found(paths: Sequence[str]) -> Iterator[Mutant]:
    """The checks of the modules named, each with the tests of its module first."""
    for pattern in paths:
        for file in sorted(ROOT.glob(pattern)):
            path = file.relative_to(ROOT).as_posix()
            own = BESIDE.get(path) or _mirrors(file)
            for site in sites(ROOT, path):
                yield Mutant(site.name, site.what, own)


def _mirrors(file: Path) -> tuple[str, ...]:
    room = ROOT / "tests" / file.parent.name
    return tuple(sorted(p.relative_to(ROOT).as_posix() for p in room.glob(f"test_{file.stem}*.py")))


def wounds() -> Iterator[Mutant]:
    """The checks behind the named attacks, each with the test that plays the attack."""
    for one in json.loads((ROOT / "tests/mutants/wounds.json").read_text("utf-8")):
        yield Mutant(f"text:{one['name']}", one["attack"], (f"tests/{one['test']}",))


def verdict(mutant: Mutant) -> str:
    """`killed`, `survived`, or what went wrong with the trial itself."""
    status = trial(mutant.name, mutant.tests)
    if status in {1, 2, -signal.SIGKILL, -signal.SIGALRM}:
        return "killed"
    return "survived" if status == 0 else f"the trial ended with {status}"


def trial(name: str, tests: Sequence[str]) -> int:
    """Run tests in a fork with one change; pytest's status, or minus the signal that ended it."""
    pid = os.fork()
    if pid == 0:
        os._exit(_child(name, tests))
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


def _child(name: str, tests: Sequence[str]) -> int:
    import pytest

    os.setpgid(0, 0)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(TIMEOUT)
    sys.dont_write_bytecode = True
    if name:
        os.environ["JIT_MUTANT"] = name
        os.environ["PYTHONPATH"] = str(HOOK)
        sys.path.insert(0, str(HOOK))
        import wound  # type: ignore[import-not-found]

        wound.install(name)
    quiet = io.StringIO()
    with contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
        status = int(pytest.main(["-x", "-q", "--no-header", "-p", "no:randomly", *tests]))
    with contextlib.suppress(ProcessLookupError, PermissionError):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.killpg(0, signal.SIGTERM)  # a store that a failing test left behind
    return status


def preload() -> None:
    """Import what every trial needs and the product does not own."""
    import cryptography.hazmat.primitives.asymmetric.mldsa
    import hypothesis
    import msgspec
    import nacl.bindings
    import pytest_asyncio  # noqa: F401

    del cryptography, hypothesis, msgspec, nacl


def main(argv: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__.splitlines()[0])
    parser.add_argument("--paths", nargs="*", default=list(PURE), help="modules, as globs")
    parser.add_argument("--only", default="", help="mutants whose name or text holds this")
    parser.add_argument("--wounds", action="store_true", help="the named attacks instead")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--list", action="store_true")
    asked = parser.parse_args(argv)
    mutants = list(wounds() if asked.wounds else found(asked.paths))
    mutants = [m for m in mutants if asked.only in f"{m.name} {m.what}"]
    if asked.list:
        print("\n".join(f"{m.name}  {m.what}" for m in mutants))
        return 0
    preload()
    started = time.monotonic()
    unfit = [s for s in sorted({m.tests for m in mutants}) if not s or trial("", s) != 0]
    if unfit:
        print("no tests, or they fail with nothing taken out:", *unfit, sep="\n  ")
        return 2
    with ThreadPoolExecutor(asked.jobs) as pool:
        verdicts = list(pool.map(_told, mutants))
    left = [m for m, v in zip(mutants, verdicts, strict=True) if v != "killed"]
    seconds = time.monotonic() - started
    print(f"{len(mutants)} checks taken out, {len(mutants) - len(left)} noticed, {seconds:.0f} s")
    for mutant in left:
        print(f"  SURVIVED {mutant.name}  {mutant.what}")
    print("survivors:", len(left) or "none")
    return 1 if left else 0


def _told(mutant: Mutant) -> str:
    said = verdict(mutant)
    if said != "killed":
        print(f"{said}: {mutant.name}  {mutant.what}", flush=True)
    return said


if __name__ == "__main__":
    sys.exit(main())
