"""What changed, told to whoever shows it. Events carry ids only; the reader asks again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from jitclient.views import AlarmRow, Connection
from protocol.ids import FileId, SpaceId


@dataclass(frozen=True, slots=True)
class SpacesChanged:
    """The list of spaces, or a space's members, changed."""


@dataclass(frozen=True, slots=True)
class MessagesChanged:
    """Messages of a space came, went or changed state."""

    space: SpaceId


@dataclass(frozen=True, slots=True)
class ExhibitsChanged:
    """Exhibits of a space came or changed: `files`, or, where that is None, perhaps any."""

    space: SpaceId
    files: frozenset[FileId] | None = None

    @classmethod
    def of(cls, space: SpaceId, *files: bytes) -> Self:
        """These came or changed, and no others."""
        return cls(space, frozenset(FileId(file) for file in files))

    def joined(self, other: ExhibitsChanged) -> ExhibitsChanged:
        """What this and another one of the same space say together."""
        if self.files is None or other.files is None:
            return ExhibitsChanged(self.space)
        return ExhibitsChanged(self.space, self.files | other.files)


@dataclass(frozen=True, slots=True)
class TransferMoved:
    """Bytes moved: `done` of `total` sealed bytes, `rate` in bytes per second."""

    space: SpaceId
    file: FileId
    done: int
    total: int
    rate: float


@dataclass(frozen=True, slots=True)
class ConnectionChanged:
    """The store came or went; `problem` is a sentence when it is not just offline."""

    connection: Connection
    problem: str = ""


@dataclass(frozen=True, slots=True)
class DiskChanged:
    """The disk of the profile refuses, as the sentence says, or takes writing again (empty)."""

    problem: str


@dataclass(frozen=True, slots=True)
class AlarmRaised:
    """An attack was detected and refused."""

    alarm: AlarmRow


@dataclass(frozen=True, slots=True)
class SpaceWiped:
    """A space's local copies are gone; its screens must go too."""

    space: SpaceId


Event = (
    SpacesChanged
    | MessagesChanged
    | ExhibitsChanged
    | TransferMoved
    | ConnectionChanged
    | DiskChanged
    | AlarmRaised
    | SpaceWiped
)


class Events:
    """A small bus. Subscribers are called on the thread of `publish` (the loop's), in order."""

    def __init__(self) -> None:
        self._subscribers: list[Callable[[Event], None]] = []

    def subscribe(self, subscriber: Callable[[Event], None]) -> Callable[[], None]:
        """Add a subscriber; the returned function removes it."""
        self._subscribers.append(subscriber)

        def unsubscribe() -> None:
            if subscriber in self._subscribers:
                self._subscribers.remove(subscriber)

        return unsubscribe

    def publish(self, event: Event) -> None:
        """Tell everyone."""
        for subscriber in tuple(self._subscribers):
            subscriber(event)
