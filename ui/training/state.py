"""What the band of a training shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from jitclient.training.views import Ready
from ui.errors.cards import ErrorCard


class Task(Enum):
    """What a person can try, in the order in which it is offered."""

    MESSAGE = "message"
    VERIFY = "verify"
    FILE = "file"
    TAG = "tag"
    CUSTODY = "custody"
    CLOSE = "close"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingState:
    """`done` grows only: what was done once stays ticked."""

    ready: Ready
    done: frozenset[Task] = field(default_factory=frozenset)
    listed: bool = True  # the tasks are in sight
    locked: bool = True
    stopped: ErrorCard | None = None  # nobody plays the colleagues any more
