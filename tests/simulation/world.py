"""A team, its devices and its store, moved by one seed; `run.py` plays it, `oracle.py` judges."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Awaitable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

from protocol.errors import BugError, JitError, RefusedError
from protocol.ids import DeviceId, SpaceId, UserId
from protocol.roles import Party
from tests.simulation.clocks import DeskClock, Time
from tests.simulation.device import Device, pick_skew, small_stocks
from tests.simulation.disk import CrashedError, Machine
from tests.simulation.storeside import SimStore, seeded_secrets
from tests.simulation.truth import Truth
from tests.simulation.weather import CALM, Climate, Weather

if TYPE_CHECKING:
    from tests.simulation.owndevices import Change

NAMES = ("ana", "bruno", "carla", "dario", "elena", "filip", "greta", "hugo")
_PARTIES = (
    Party.MEMBER_STATE,
    Party.MEMBER_STATE,
    Party.EPPO,
    Party.UNION_BODY,
    Party.THIRD_COUNTRY,
)


class ViolationError(AssertionError):
    """A law does not hold; the text begins with its name."""

    def __init__(self, law: str, what: str) -> None:
        super().__init__(f"{law}: {what}")
        self.law = law


@dataclass
class Person:
    """Somebody of the team, and his devices, the first one first."""

    name: str
    party: Party
    devices: list[Device] = field(default_factory=list)

    @property
    def user(self) -> UserId:
        return self.devices[0].user

    def live(self) -> list[Device]:
        """The devices the store lets in."""
        return [device for device in self.devices if not device.revoked]


class World:
    """Everything of one seed. Use it as a context manager: it patches what it plays."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.seed, self.folder = seed, folder
        self.dice = random.Random(f"choices {seed}")
        self.time, self.machine = Time(), Machine()
        self.people: dict[str, Person] = {}
        self.spaces: list[SpaceId] = []
        self.changes: list[Change] = []
        self.trace: list[str] = []
        self.counts: dict[str, int] = {}
        self.crash_chance = 0.0
        self.lost: set[DeviceId] = set()  # by somebody who lost all; the store hands out no keys
        self._patches = ExitStack()
        self.store: SimStore
        self.weather: Weather
        self.truth: Truth

    def __enter__(self) -> Self:
        self._patches.enter_context(self.machine.installed())
        self._patches.enter_context(seeded_secrets(self.seed))
        self._patches.enter_context(small_stocks())
        return self

    def __exit__(self, *_: object) -> None:
        for device in self.devices() + [c.comes for c in self.changes if c.comes]:
            device.close()
        self.store.facts.close()
        self._patches.close()

    async def begin(self) -> None:
        """Enrol 2 to 8 people under a clear sky."""
        self.store = SimStore(self.folder / "store", self.time)
        self.weather = Weather(self.store, random.Random(f"weather {self.seed}"))
        self.truth = Truth(self.store)
        count = self.dice.choice((2, 2, 3, 3, 3, 4, 4, 5, 6, 8))
        for name in NAMES[:count]:
            party = Party.MEMBER_STATE if name == "ana" else self.dice.choice(_PARTIES)
            person = self.people[name] = Person(name, party)
            device = self.new_device(name, 1)
            await device.enrol(self.store.invite(name.title(), party))
            person.devices.append(device)
        for device in self.devices():
            await device.desk.people()

    def new_device(self, name: str, number: int) -> Device:
        """A fresh machine on somebody's desk, not enrolled yet."""
        clock = DeskClock(self.time, self.dice, pick_skew(self.dice))
        folder = self.folder / f"{name}.{number}"
        return Device(f"{name}.{number}", folder, self.machine, self.weather, clock)

    def devices(self) -> list[Device]:
        """Every device that was ever enrolled."""
        return [device for person in self.people.values() for device in person.devices]

    def owner(self, user: bytes) -> Person:
        """Whose user id it is."""
        return next(person for person in self.people.values() if person.user == user)

    def lost_everything(self, user: bytes) -> bool:
        """Whether somebody lost every device and was invited again."""
        return any(device.device in self.lost for device in self.owner(user).devices)

    def name_of(self, user: bytes) -> str:
        """For the trace: never an id, which only the seed knows."""
        return self.owner(user).name

    # --- doing -------------------------------------------------------------------------------

    async def on(self, device: Device, work: Awaitable[object]) -> str:
        """Let a device do something; it may crash at any write. How it ended, in a word.

        Raises:
            ViolationError: honest code refused honest work, or has a bug.
        """
        if self.dice.random() < self.crash_chance:
            device.disk.crash_at = device.disk.writes + self.dice.randint(1, 30)
        try:
            await work
        except CrashedError:
            self.weather.note("crash")
            self._start_again(device)
            return "crashed"
        except BugError as error:
            raise ViolationError("no-bug", f"{device.name}: {error.sentence}") from error
        except RefusedError as error:
            if error.reason == "key-substituted" and self.weather.counts.get("lost everything"):
                return error.reason  # who adds somebody with a new key cannot know it is honest
            raise ViolationError(
                "no-accusation", f"{device.name}: {error.reason}: {error.sentence}"
            ) from error
        except JitError as error:
            return error.reason
        finally:
            device.disk.crash_at = None
        return "done"

    def _start_again(self, device: Device) -> None:
        """A person opens the program again; it may die once more while it starts."""
        device.close()
        if self.dice.random() < self.crash_chance:
            device.disk.crash_at = self.dice.randint(1, 12)
            try:
                device.open()
            except CrashedError:
                self.weather.note("crash while starting")
                device.close()
        if device.running:
            device.disk.crash_at = None
        else:
            device.open()

    def say(self, line: str) -> None:
        """Write one line of the trace."""
        self.trace.append(f"{self.weather.step} {line}")

    def fingerprint(self) -> str:
        """A hash over everything that happened, in order."""
        return hashlib.sha256("\n".join(self.trace).encode()).hexdigest()

    # --- weather -----------------------------------------------------------------------------

    def change_weather(self) -> str:
        """Another climate, drawn."""
        kind = self.dice.choice(("calm", "lossy", "slow", "stormy", "stormy", "lazy store"))
        self.weather.climate = {
            "calm": CALM,
            "lossy": Climate(lost=0.1, answer_lost=0.1),
            "slow": Climate(delayed=0.1, repeated=0.1),
            "stormy": Climate(lost=0.1, answer_lost=0.15, repeated=0.1, delayed=0.1, withheld=0.3),
            "lazy store": Climate(withheld=0.7, answer_lost=0.05),
        }[kind]
        self.crash_chance = self.dice.choice((0.0, 0.1, 0.3, 0.5))
        return kind

    def clear_sky(self) -> None:
        """Nothing is lost, delayed or withheld, nobody crashes, the store answers."""
        self.weather.climate, self.weather.down, self.crash_chance = CALM, False, 0.0
