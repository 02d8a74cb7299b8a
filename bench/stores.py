"""A real store for measuring: its own process, no limits on requests, people and spaces in it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from bench.measuring import cpu_of, cpu_of_tree
from bench.reporting import Options
from bench.storeload import Figures, Spec
from bench.wire import Client, Place
from tests.centralstore.client import Device, enrolled
from tests.centralstore.team import Team, open_space
from tests.support.servers import places
from tests.support.store import StoreHandle, made_store

ROOT = Path(__file__).resolve().parents[1]
_UNLIMITED = {
    "JITSTORE_DEVICE_RATE": "0",
    "JITSTORE_ACCOUNT_RATE": "0",
    "JITSTORE_ADDRESS_RATE": "0",
}


@contextlib.contextmanager
def opened(options: Options) -> Iterator[tuple[StoreHandle, Path]]:
    """A running store, and a folder for everything else; both are gone afterwards."""
    os.environ.update(_UNLIMITED)
    with contextlib.ExitStack() as ends:
        folder = Path(ends.enter_context(tempfile.TemporaryDirectory(prefix="jit-bench-")))
        where = ends.enter_context(places(folder)) if options.postgresql else None
        store = made_store(folder, places=where)
        store.start()
        ends.callback(store.stop)
        yield store, folder


def pid(store: StoreHandle) -> int:
    """The store's process."""
    assert store.process is not None
    return store.process.pid


def cpu(store: StoreHandle) -> float:
    """CPU seconds so far: of the store's process, and of PostgreSQL where it uses that."""
    used = cpu_of(pid(store))
    if store.places is not None:
        main = store.places.postgres.folder / "data" / "postmaster.pid"
        used += cpu_of_tree(int(main.read_text().split()[0]))
    return used


def people(store: StoreHandle, count: int) -> list[Device]:
    """Enrolled and signed-in devices."""
    return [enrolled(store, f"Person {number}") for number in range(count)]


def spaces(devices: Sequence[Device], size: int) -> list[tuple[Team, list[Device]]]:
    """Spaces of `size` members that share nobody."""
    found = []
    for start in range(0, len(devices) - size + 1, size):
        members = list(devices[start : start + size])
        team = open_space(members[0])
        for member in members[1:]:
            answer = team.add(member)
            if not answer.is_success:
                raise SystemExit(f"a member could not be added: {answer.text}")
        found.append((team, members))
    return found


def place_of(store: StoreHandle) -> Place:
    """Where it listens."""
    host, _, port = store.address.rpartition(":")
    return Place(host=host.strip("[]"), port=int(port))


def clients_of(teams: Sequence[tuple[Team, list[Device]]]) -> tuple[Client, ...]:
    """Everybody of these spaces; each writes to everybody else of the space."""
    return tuple(
        Client(
            token=one.token,
            device=one.person.device,
            space=team.space,
            to=tuple(other.person.device for other in members if other is not one),
        )
        for team, members in teams
        for one in members
    )


def play(what: Spec) -> Figures:
    """Let a crowd in a process of its own do it."""
    with tempfile.NamedTemporaryFile(prefix="jit-figures-") as out:
        command = [sys.executable, "-m", "bench.storeload", out.name]
        subprocess.run(command, input=msgspec.json.encode(what), cwd=ROOT, check=True)
        return msgspec.json.decode(Path(out.name).read_bytes(), type=Figures)


def say(text: str) -> None:
    """What is being done, for whoever watches."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)
